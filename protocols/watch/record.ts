import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Location } from '../../src/model/signals.ts';
import { type Measured, measure, numberFrom } from '../measure.ts';
import { networkScan } from '../network.ts';
import { moment } from '../time.ts';
import { readStatus, statusFacts } from './status.ts';
import { parseTail } from './tail.ts';

export interface RecordOptions {
  isAlarm: boolean;
  origin: Origin;
  /** State bits that this device was seen to use. */
  knownStates: number;
}

/** What a position record says, and the state bits that it set. */
export interface DecodedRecord extends Measured {
  states: number;
}

/** Two digits each of three parts; undefined for anything else. */
function threeParts(text = ''): [number, number, number] | undefined {
  const digits = text.trim();
  if (!/^\d{6}$/.test(digits)) return undefined;
  return [Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4))];
}

/** `ddmmyy` and `hhmmss` in UTC as milliseconds; undefined where they name no moment. */
function deviceTime(date: string | undefined, time: string | undefined): number | undefined {
  const day = threeParts(date);
  const clock = threeParts(time);
  return day && clock && moment([day[2], day[1], day[0], ...clock]);
}

/** Degrees with an optional hemisphere letter; `S` and `W` are negative whatever the sign of the number. */
function degrees(text: string | undefined, letter: string | undefined): number | undefined {
  const value = numberFrom(text);
  if (value === undefined) return undefined;
  const signed = /^\s*[SW]\s*$/i.test(letter ?? '') ? -Math.abs(value) : value;
  return Math.round(signed * 1e6) / 1e6;
}

/** A field behind which another begins: the last one of a record may have been cut. */
function followed(fields: readonly string[], at: number): string | undefined {
  return at + 1 < fields.length ? fields[at] : undefined;
}

/** The fix of a record that is marked valid; `V`, 0,0 and what is outside the globe are none. */
function parseFix(fields: readonly string[]): Location | undefined {
  if (fields[2]?.trim().toUpperCase() !== 'A') return undefined;
  const latitude = degrees(fields[3], fields[4]);
  const longitude = degrees(followed(fields, 5), fields[6]);
  if (latitude === undefined || longitude === undefined) return undefined;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || (latitude === 0 && longitude === 0))
    return undefined;
  const speedKmh = numberFrom(fields[7]);
  const altitude = numberFrom(fields[9]);
  const satellites = numberFrom(fields[10]);
  return {
    latitude,
    longitude,
    ...(altitude === undefined ? {} : { altitude }),
    source: 'gps',
    ...(satellites === undefined || satellites < 0 ? {} : { satellites }),
    ...(speedKmh === undefined || speedKmh < 0 ? {} : { speedKmh }),
  };
}

/**
 * Reads `ddmmyy, hhmmss, A|V, lat, N|S, lon, E|W, speed, course, altitude, satellites, gsm, battery, steps, rolls, status,
 * network tail`, or as much of it as is there: alarms first, then states, counters, the fix, and last the fragile tail.
 */
export function decodeRecord(fields: readonly string[], options: RecordOptions): DecodedRecord {
  const observedAt = deviceTime(fields[0], fields[1]);
  const base = { ...(observedAt === undefined ? {} : { observedAt }), origin: options.origin };
  const { status, index } = readStatus(fields);
  const lastField = fields.length > index + 1 ? fields.at(-1)?.trim() : undefined;
  const facts = statusFacts(status, options.isAlarm, options.knownStates, lastField);
  const readings: DecodedReading[] = facts.map((fact) => ({ ...fact, ...base }));
  const reasons: string[] = [];
  if (status.states === undefined) reasons.push(`no status word in ${fields.length} fields`);
  else if (status.alarms === undefined && options.isAlarm) reasons.push('the status word has no alarm half');
  for (const [signal, at] of [
    ['battery', 12],
    ['steps', 13],
  ] as const) {
    const measured = measure(signal, index === 15 ? followed(fields, at) : undefined, base);
    readings.push(...measured.readings);
    reasons.push(...measured.reasons);
  }
  const tail = parseTail(fields.slice(index + 1));
  const fix = parseFix(fields);
  if (fix) {
    const value = tail.accuracyM === undefined ? fix : { ...fix, accuracyM: tail.accuracyM };
    readings.push({ signal: 'location', value, ...base });
  }
  const scan = networkScan(tail.scan.cells, tail.scan.wifi);
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { readings, reasons, states: status.states ?? 0 };
}
