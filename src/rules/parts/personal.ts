import { z } from 'zod';
import { localTime } from '../../platform/local-time.ts';
import type { Personal, ThresholdPart } from '../rule.ts';
import { MOST_SAMPLES } from './sample.ts';
import { medianOf } from './statistics.ts';

/** A night counts with so many samples … */
const LEAST_SAMPLES = 6;
/** … that span this share of its quiet hours. */
const LEAST_SHARE = 0.25;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** What was usual so many days ago says nothing about today. */
const FORGOTTEN_AFTER_DAYS = 30;

/** The means of the last nights that counted, the oldest first, and the night that is going on. Days are local, since 1970. */
export type PersonalMemo = {
  /** Whose; absent: of a device that nobody wears. */
  wearer?: number;
  nights: readonly number[];
  /** Of the newest of them. */
  day?: number;
  night?: { day: number; from: number; to: number; sum: number; count: number };
};

/** What a stored memo must look like. */
export const personalMemo = z.strictObject({
  wearer: z.int().exactOptional(),
  nights: z.array(z.number()).max(MOST_SAMPLES),
  day: z.int().exactOptional(),
  night: z
    .strictObject({
      day: z.int(),
      from: z.number(),
      to: z.number(),
      sum: z.number(),
      count: z.int().positive(),
    })
    .exactOptional(),
});

/**
 * Takes in a sample; the same memo outside the quiet hours, but for the first sample after a night, which ends it. Of another wearer nothing
 * is known.
 */
export function learn(
  personal: Personal,
  memo: PersonalMemo | undefined,
  { at, value, wearer }: { at: number; value: number; wearer?: number | undefined },
): PersonalMemo | undefined {
  const known = memo?.wearer === wearer ? memo : undefined;
  const day = nightOf(personal, at);
  const night = known?.night;
  if (night && day === night.day) {
    if (at <= night.to) return known;
    const { from, sum, count } = night;
    return { ...known, night: { day, from, to: at, sum: sum + value, count: count + 1 } };
  }
  const ended = known && night ? withNight(personal, known, night) : known;
  if (day === undefined) return ended;
  const before = ended ?? (wearer === undefined ? { nights: [] } : { wearer, nights: [] });
  return { ...before, night: { day, from: at, to: at, sum: value, count: 1 } };
}

/** The local day on which the quiet hours began that this moment lies in. */
function nightOf({ from, to, timeZone }: Personal, at: number): number | undefined {
  const local = localTime(timeZone);
  const minute = local.minuteOf(at);
  if (from < to) return minute >= from && minute < to ? local.dayOf(at) : undefined;
  if (minute >= from) return local.dayOf(at);
  return minute < to ? local.dayOf(at) - 1 : undefined;
}

function withNight(
  personal: Personal,
  { night: _ended, ...memo }: PersonalMemo,
  night: NonNullable<PersonalMemo['night']>,
): PersonalMemo {
  const quietMs = ((personal.to - personal.from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES) * MINUTE_MS;
  const counts = night.count >= LEAST_SAMPLES && night.to - night.from >= quietMs * LEAST_SHARE;
  if (!counts) return memo;
  const isOld = memo.day === undefined || night.day - memo.day > FORGOTTEN_AFTER_DAYS;
  const nights = [...(isOld ? [] : memo.nights), night.sum / night.count].slice(-personal.nights);
  return { ...memo, nights, day: night.day };
}

/**
 * The part with the limits for this wearer; the same until enough nights are known. The limit at which it clears keeps its distance from
 * the soft one.
 */
export function personalPart(part: ThresholdPart, memo: PersonalMemo | undefined): ThresholdPart {
  const { personal, soft, clear } = part;
  if (!personal || !memo || memo.nights.length < personal.nights) return part;
  const isUpper = soft.op === 'above' || soft.op === 'at_least';
  const usual = medianOf(memo.nights) + (isUpper ? personal.margin : -personal.margin);
  const [least, most] = personal.between;
  const moved = Math.min(Math.max(usual, least), most) - soft.value;
  if (moved === 0) return part;
  return {
    ...part,
    soft: { op: soft.op, value: soft.value + moved },
    clear: { op: clear.op, value: clear.value + moved },
  };
}
