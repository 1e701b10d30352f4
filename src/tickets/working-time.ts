import type { ClockUnit } from '../model/tickets.ts';
import { dateOf, localTime, weekdayOf } from '../platform/local-time.ts';

/** Working time as a calendar file says it. Days are `2026-11-22`, minutes those of the local day. */
export interface WorkingWeek {
  hours: readonly { fromMinute: number; toMinute: number }[];
  /** 1 is Monday. */
  weekend: ReadonlySet<number>;
  holidays: ReadonlySet<string>;
  /** Days of a weekend or holiday on which people work after all. */
  workdays: ReadonlySet<string>;
}

/** Counts time in one of the units. Both functions take and give milliseconds since 1970 or of counted time. */
export interface Calendar {
  /** The first moment at which `countedMs` have been counted since `from`. */
  advance(unit: ClockUnit, from: number, countedMs: number): number;
  /** What was counted between the two; 0 where `to` does not come after `from`. */
  measure(unit: ClockUnit, from: number, to: number): number;
  /** Whether people work on this day, counted since 1970-01-01. */
  isWorkday(day: number): boolean;
}

/** So many days on end without any work are a fault of the calendar. */
const MOST_IDLE_DAYS = 366;
const MOST_CACHED_DAYS = 10_000;

type Stretch = readonly [from: number, to: number];

/**
 * Hours count while people work, working days as the whole of every day on which they work (from noon to the next working day's noon is
 * one); natural days and round the clock count always. Throws RangeError for a time zone that does not exist.
 */
export function createCalendar(week: WorkingWeek, timeZone: string): Calendar {
  const local = localTime(timeZone);
  const cache = new Map<string, readonly Stretch[]>();
  const stretchesOf = (unit: ClockUnit, day: number): readonly Stretch[] => {
    const key = `${unit} ${day}`;
    const known = cache.get(key);
    if (known) return known;
    if (cache.size >= MOST_CACHED_DAYS) cache.clear();
    const stretches = isWorkday(week, day) ? workOf(unit, day) : [];
    cache.set(key, stretches);
    return stretches;
  };
  const workOf = (unit: ClockUnit, day: number): readonly Stretch[] =>
    unit === 'working_days'
      ? [[local.at(day, 0), local.at(day + 1, 0)]]
      : week.hours.map(({ fromMinute, toMinute }) => [local.at(day, fromMinute), local.at(day, toMinute)]);

  return {
    advance(unit, from, countedMs) {
      if (!isWork(unit) || countedMs <= 0) return from + Math.max(countedMs, 0);
      let rest = countedMs;
      let idle = 0;
      for (let day = local.dayOf(from); idle <= MOST_IDLE_DAYS; day++, idle++) {
        for (const [start, end] of stretchesOf(unit, day)) {
          const begin = Math.max(start, from);
          if (end <= begin) continue;
          idle = 0;
          if (rest <= end - begin) return begin + rest;
          rest -= end - begin;
        }
      }
      throw new RangeError('the calendar has no working time');
    },
    measure(unit, from, to) {
      if (to <= from) return 0;
      if (!isWork(unit)) return to - from;
      let counted = 0;
      for (let day = local.dayOf(from); day <= local.dayOf(to); day++) {
        for (const [start, end] of stretchesOf(unit, day)) {
          counted += Math.max(0, Math.min(end, to) - Math.max(start, from));
        }
      }
      return counted;
    },
    isWorkday: (day) => isWorkday(week, day),
  };
}

const isWork = (unit: ClockUnit): boolean => unit === 'working_hours' || unit === 'working_days';

function isWorkday(week: WorkingWeek, day: number): boolean {
  const date = dateOf(day);
  if (week.workdays.has(date)) return true;
  return !week.holidays.has(date) && !week.weekend.has(weekdayOf(day));
}
