const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;
/** 2001: a smaller number is seconds, not milliseconds. */
const EARLIEST_MS = 978_307_200_000;
const LATEST_MS = 8_640_000_000_000_000;

export const TIME_FORMAT = 'ISO 8601 with Z or an offset, or milliseconds since 1970';

/** Milliseconds since 1970; undefined for anything else than `TIME_FORMAT`. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value >= EARLIEST_MS && value <= LATEST_MS ? Math.trunc(value) : undefined;
  }
  if (typeof value !== 'string' || !ISO.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : undefined;
}

const HOUR_MS = 3_600_000;

/** The parts of a moment as a device tells them: a year of two or four digits, months from 1. */
export type Parts = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
];

/** Milliseconds since 1970 of a clock that is `zoneHours` ahead of UTC; undefined where the parts name no moment. */
export function moment([year, month, day, hour, minute, second]: Parts, zoneHours = 0): number | undefined {
  const at = Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, hour, minute, second);
  if (!Number.isFinite(at)) return undefined;
  const read = new Date(at);
  const same =
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    read.getUTCHours() === hour &&
    read.getUTCMinutes() === minute &&
    read.getUTCSeconds() === second;
  return same ? at - zoneHours * HOUR_MS : undefined;
}

/** `yyMMddHHmmss` or `yyyyMMddHHmmss`, separators between them or not. */
export function momentFrom(text: string, zoneHours = 0): number | undefined {
  const digits = text.replace(/[-/:. T]/g, '');
  const found = /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return moment([year, month, day, hour, minute, second], zoneHours);
}

/**
 * A time as clouds write it: milliseconds or seconds since 1970 as number or digits, ISO 8601, or date and time of a clock that is
 * `zoneHours` ahead of UTC, fractions of a second cut off. Undefined for anything else.
 */
export function looseTime(value: unknown, zoneHours = 8): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (/^\d{9,10}(?:\.\d{1,9})?$/.test(text)) return parseTime(Math.trunc(Number(text) * 1000));
  if (/^\d{13}$/.test(text)) return parseTime(Number(text));
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text);
  if (compact) return momentFrom(compact.slice(1).join(''), 0);
  return parseTime(text) ?? momentFrom(text.replace(/[.,]\d{1,9}$/, ''), zoneHours);
}
