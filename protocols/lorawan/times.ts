import type { JsonObject } from '../sink.ts';
import { momentFrom, parseTime } from '../time.ts';

const KEYS = [
  'timestamp',
  'ts',
  'time',
  'datetime',
  'date_time',
  'dateTime',
  'Timestamp',
  'TimeStamp',
  'measured_at',
  'recvTime',
];
const AHEAD_MS = 86_400_000;
/** Network servers and codecs write nanoseconds, which JavaScript reads no further than milliseconds. */
const FRACTION = /(\.\d{3})\d+/;

function read(value: unknown): number | undefined {
  if (typeof value === 'number') return parseTime(value < 1e11 ? value * 1000 : value);
  if (typeof value !== 'string') return undefined;
  if (/^\d{10}(?:\d{3})?$/.test(value)) return read(Number(value));
  return parseTime(value.replace(FRACTION, '$1')) ?? momentFrom(value.trim().slice(0, 20));
}

/** Milliseconds since 1970 from an ISO time with any number of digits, seconds or milliseconds; undefined for anything else. */
export function readTime(value: unknown): number | undefined {
  return read(value);
}

/** When an object says that it was measured; undefined for a clock that was never set or is ahead of ours. */
export function timeOf(object: JsonObject, receivedAt: number): number | undefined {
  for (const key of KEYS) {
    const at = Object.hasOwn(object, key) ? read(object[key]) : undefined;
    if (at !== undefined && at <= receivedAt + AHEAD_MS) return at;
  }
  return undefined;
}
