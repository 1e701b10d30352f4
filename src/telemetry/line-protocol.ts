import type { Reading } from '../model/readings.ts';
import { storedValue } from './telemetry.ts';

/** One measurement for every signal: a query names the signal as a tag, and no signal's field type can clash with another's. */
export const MEASUREMENT = 'reading';

/**
 * A reading in InfluxDB line protocol, milliseconds. Tags `device`, `signal`, `channel` (absent for none) and the time make the point; `origin` and
 * `received` are fields, so that a repeat with another origin is still the same point. `number` is always a float.
 * Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function toLine(reading: Reading): string {
  const channel = reading.channel ? `,channel=${escapeTag(reading.channel)}` : '';
  const { number, json } = storedValue(reading.value);
  const fields = [
    number === null ? '' : `number=${number}`,
    json === null ? '' : `text="${json.replace(/["\\]/g, '\\$&')}"`,
    `origin="${reading.origin}"`,
    `received=${reading.receivedAt}i`,
  ].filter((field) => field !== '');
  return `${MEASUREMENT},device=${reading.deviceId},signal=${reading.signal}${channel} ${fields.join(',')} ${reading.observedAt}`;
}

/** Line protocol knows no way to write a line break or a trailing backslash in a tag. */
export function escapeTag(value: string): string {
  return value.replace(/[\p{Cc}\\]/gu, '_').replace(/[,= ]/g, '\\$&');
}
