import type { Reading } from '../model/readings.ts';
import { storedChannel, storedValue } from './telemetry.ts';

/** One measurement for every signal: a query names the signal as a tag, and no signal's field type can clash with another's. */
export const MEASUREMENT = 'reading';

/**
 * A reading in InfluxDB line protocol, milliseconds. Tags `device`, `signal`, `channel` (absent for none) and the time make the point; `origin` and
 * `received` are fields, so that a repeat with another origin is still the same point; so are the cause, stage and code of a fault. `number` is
 * always a float.
 * Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function toLine(reading: Reading): string {
  const point = storedChannel(reading);
  const channel = point ? `,channel=${escapeTag(point)}` : '';
  const { number, json } = storedValue(reading);
  const fields = [
    number === null ? '' : `number=${number}`,
    json === null ? '' : `text=${quoted(json)}`,
    ...faultFields(reading),
    `origin="${reading.origin}"`,
    `received=${reading.receivedAt}i`,
  ].filter((field) => field !== '');
  return `${MEASUREMENT},device=${reading.deviceId},signal=${reading.signal}${channel} ${fields.join(',')} ${reading.observedAt}`;
}

function faultFields({ signal, cause, stage, code }: Reading): string[] {
  if (signal !== 'breaker_fault') return [];
  return Object.entries({ cause, stage, code }).map(([name, text]) =>
    text ? `${name}=${quoted(text)}` : '',
  );
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Line protocol knows no way to write a line break or a trailing backslash in a tag: so a tag reads back. */
export function tagValue(value: string): string {
  return value.replace(/[\p{Cc}\\]/gu, '_');
}

const escapeTag = (value: string) => tagValue(value).replace(/[,= ]/g, '\\$&');
