import { localTime, weekdayOf } from '../platform/local-time.ts';
import type { Schedule, ScheduleDay } from './rule.ts';

/** On which days people work, counted since 1970-01-01. */
export interface Workdays {
  isWorkday(day: number): boolean;
}

const WEEKDAYS: readonly ScheduleDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Whether a moment lies in one of the windows; the end of a window does not. A window that ends where it begins is a whole day, and one
 * that passes midnight goes by the day on which it began.
 */
export function isWithin({ timeZone, windows }: Schedule, at: number, calendar: Workdays): boolean {
  const local = localTime(timeZone);
  const minute = local.minuteOf(at);
  const today = local.dayOf(at);
  return windows.some(({ days, from, to }) => {
    if (from < to) return minute >= from && minute < to && isOn(days, today, calendar);
    if (minute >= from) return isOn(days, today, calendar);
    return minute < to && isOn(days, today - 1, calendar);
  });
}

function isOn(days: readonly ScheduleDay[], day: number, calendar: Workdays): boolean {
  if (days.includes(WEEKDAYS[weekdayOf(day) - 1] as ScheduleDay)) return true;
  if (!days.includes('workday') && !days.includes('holiday')) return false;
  return days.includes(calendar.isWorkday(day) ? 'workday' : 'holiday');
}
