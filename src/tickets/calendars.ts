import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { dateOf } from '../platform/local-time.ts';
import type { Problem } from '../platform/problem.ts';
import { refuse } from '../platform/refuse.ts';
import { parseYaml, readWith } from '../platform/yaml-source.ts';
import { type Calendar, createCalendar, type WorkingWeek } from './working-time.ts';

const DAY_MS = 86_400_000;
const MOST_HOLIDAY_DAYS = 31;

const clockTime = z.string().transform((value, context): number => {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(value);
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (minute <= 1440) return minute;
  return refuse(context, { zh: '时刻要写成 "08:30"', en: 'a time of day is written like "08:30"' });
});
/** Days since 1970. */
const date = z.string().transform((value, context): number => {
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) / DAY_MS : Number.NaN;
  if (Number.isInteger(day) && dateOf(day) === value) return day;
  return refuse(context, {
    zh: '日期要写成 2026-10-01，且必须存在',
    en: 'a date is written like 2026-10-01 and must exist',
  });
});
const holiday = z.strictObject({ name: z.string().min(1), from: date, to: date });
const year = z.strictObject({ holidays: z.array(holiday), workdays: z.array(date).optional() });
const calendarFile = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/),
    working_hours: z.array(z.strictObject({ from: clockTime, to: clockTime })).min(1),
    weekend: z.array(z.int().min(1).max(7)).max(6),
    years: z.record(z.string().regex(/^\d{4}$/), year),
  })
  .superRefine((file, context) => {
    checkHours(file.working_hours, context);
    for (const [name, each] of Object.entries(file.years)) checkYear(name, each, { file, context });
  });
type CalendarFile = z.output<typeof calendarFile>;

/** Reads a calendar file. Faults are collected with their places, never thrown; the file system's are. */
export async function loadCalendar(
  file: string,
  timeZone: string,
): Promise<{ calendar: Calendar; problems: [] } | { calendar?: undefined; problems: Problem[] }> {
  const read = readCalendar(file, await readFile(file, 'utf8'));
  return 'problems' in read ? read : { calendar: createCalendar(read.week, timeZone), problems: [] };
}

/** One calendar; `file` is only named in messages. */
export function readCalendar(file: string, text: string): { week: WorkingWeek } | { problems: Problem[] } {
  const parsed = parseYaml(file, text);
  if ('problems' in parsed) return parsed;
  const read = readWith(parsed.source, calendarFile);
  return 'problems' in read ? read : { week: toWeek(read.value) };
}

function toWeek(file: CalendarFile): WorkingWeek {
  const years = Object.values(file.years);
  const days = years.flatMap(({ holidays }) => holidays.flatMap(({ from, to }) => daysBetween(from, to)));
  return {
    hours: file.working_hours.map(({ from, to }) => ({ fromMinute: from, toMinute: to })),
    weekend: new Set(file.weekend),
    holidays: new Set(days.map(dateOf)),
    workdays: new Set(years.flatMap(({ workdays }) => (workdays ?? []).map(dateOf))),
  };
}

const daysBetween = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

function checkHours(hours: CalendarFile['working_hours'], context: z.RefinementCtx): void {
  for (const [i, { from, to }] of hours.entries()) {
    const before = hours[i - 1];
    if (to <= from) {
      refuse(context, { zh: '必须晚于 from', en: 'must come after from' }, ['working_hours', i, 'to']);
    } else if (before && from < before.to) {
      const message = { zh: '与上一段重叠', en: 'overlaps the stretch before' };
      refuse(context, message, ['working_hours', i, 'from']);
    }
  }
}

function checkYear(
  name: string,
  { holidays, workdays = [] }: z.output<typeof year>,
  { file, context }: { file: CalendarFile; context: z.RefinementCtx },
): void {
  const isOf = (day: number): boolean => dateOf(day).startsWith(`${name}-`);
  const seen = new Set<number>();
  for (const [i, { from, to }] of holidays.entries()) {
    const path = ['years', name, 'holidays', i];
    if (to < from) refuse(context, { zh: '不得早于 from', en: 'must not come before from' }, [...path, 'to']);
    else if (to - from >= MOST_HOLIDAY_DAYS) {
      refuse(context, { zh: '假期不得超过 31 天', en: 'a holiday has at most 31 days' }, [...path, 'to']);
      continue;
    }
    if (!isOf(from)) refuse(context, { zh: `不在 ${name} 年`, en: `is not in ${name}` }, [...path, 'from']);
    const days = daysBetween(from, to);
    if (days.some((day) => seen.has(day))) {
      refuse(context, { zh: '与另一假期重叠', en: 'overlaps another holiday' }, [...path, 'from']);
    }
    for (const day of days) seen.add(day);
  }
  for (const [i, day] of workdays.entries()) {
    const path = ['years', name, 'workdays', i];
    const weekday = new Date(day * DAY_MS).getUTCDay() || 7;
    if (!isOf(day)) refuse(context, { zh: `不在 ${name} 年`, en: `is not in ${name}` }, path);
    else if (seen.has(day)) refuse(context, { zh: '这一天已列为假日', en: 'is a holiday as well' }, path);
    else if (!file.weekend.includes(weekday)) {
      refuse(context, { zh: '这一天本来就上班', en: 'is no day of the weekend' }, path);
    }
  }
}
