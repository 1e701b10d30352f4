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
