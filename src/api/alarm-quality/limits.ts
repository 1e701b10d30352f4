/**
 * What the report measures against: ISA-18.2-2016 (table 7) and EEMUA 191; chattering and fleeting, which the standards describe in words
 * only, as operators count them; non-actionable alarms in 120 min after Bonafide et al. 2015 (nurses answer slower from 30 on).
 */

export const TEN_MINUTES_MS = 600_000;
/** A flood begins with more than so many alarms in ten minutes … */
export const FLOOD_BEGINS_ABOVE = 10;
/** … and ends when there are fewer than so many. */
export const FLOOD_ENDS_BELOW = 5;
/** An hour with more alarms than this is too busy. */
export const BUSY_HOUR_ABOVE = 30;

export const CHATTER_TIMES = 3;
export const CHATTER_WITHIN_MS = 60_000;
export const FLEETING_BELOW_MS = 5_000;
export const STALE_ABOVE_MS = 24 * 3_600_000;

export const FATIGUE_WITHIN_MS = 120 * 60_000;
