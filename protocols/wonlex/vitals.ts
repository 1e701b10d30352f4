/** What the uploads of Wonlex watches measure. The value stands in `date` or `data`; several values of one upload are parted by slashes. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { numberIn, pick, textIn } from '../json.ts';
import { measure } from '../measure.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { momentFrom, parseTime } from '../time.ts';

/** A value with its own moment, where the message told one. */
export interface Sample {
  text: string;
  observedAt?: number | undefined;
}

type Base = Pick<DecodedReading, 'origin'>;

/** The signals in the parts of a value, in their order. */
const VALUES: ReadonlyMap<string, readonly (Signal | undefined)[]> = new Map<string, (Signal | undefined)[]>([
  ['heartrate', ['heart_rate']],
  ['hr', ['heart_rate']],
  ['bp', ['systolic', 'diastolic', 'heart_rate']],
  ['bloodpressure', ['systolic', 'diastolic', 'heart_rate']],
  ['bo', ['spo2']],
  ['bloodoxygen', ['spo2']],
  ['spo2', ['spo2']],
  ['bodytemperature', ['body_temperature']],
  ['temperature', ['body_temperature']],
  ['bs', ['blood_glucose']],
  ['breathe', ['respiratory_rate']],
  ['step', ['steps']],
  ['steps', ['steps']],
]);

function nameOf(type: string): string {
  return type.toLowerCase().replace(/^up(?=[a-z])/, '');
}

/** Whether an upload of this type is a value that we know. */
export function isValue(type: string): boolean {
  return VALUES.has(nameOf(type));
}

/** The readings of a value. */
export function readValue(type: string, { text, observedAt }: Sample, { origin }: Base) {
  const base = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  const parts = text.split('/');
  const measured = (VALUES.get(nameOf(type)) ?? []).map((signal, at) =>
    signal === undefined ? { readings: [], reasons: [] } : measure(signal, parts[at], base),
  );
  return {
    readings: measured.flatMap((one) => one.readings),
    reasons: measured.flatMap((one) => one.reasons),
  };
}

const EARLIEST_MS = 1e11;

/** Seconds or milliseconds since 1970, or digits of a date that the watch keeps in Chinese time. */
export function timeIn(value: unknown): number | undefined {
  const number = numberIn(value);
  if (number !== undefined && number < 1e13) return parseTime(number < EARLIEST_MS ? number * 1000 : number);
  return typeof value === 'string' ? (parseTime(value) ?? momentFrom(value, 8)) : undefined;
}

/** Where the value of an upload may stand. */
export function valueIn(data: JsonObject, type: string): string | undefined {
  const name = type.replace(/^up/, '');
  const spellings = ['date', 'data', 'value', name, name.charAt(0).toLowerCase() + name.slice(1)];
  const found = pick(data, spellings);
  return isObject(found) ? textIn(pick(found, ['value', 'data'])) : textIn(found);
}

const MAX_SAMPLES = 1_000;

/** `dataType` with values and their times parted by commas. */
export function batchIn(data: JsonObject): { type: string; samples: Sample[] } | undefined {
  const type = textIn(pick(data, ['dataType', 'type']));
  const list = pick(data, ['data', 'date', 'value']);
  const values = Array.isArray(list) ? list.map(textIn) : (textIn(list)?.split(',') ?? []);
  const times = pick(data, ['dataTime', 'time', 'times']);
  const moments: unknown[] = Array.isArray(times) ? times : (textIn(times)?.split(',') ?? []);
  if (type === undefined) return undefined;
  const samples = values
    .slice(0, MAX_SAMPLES)
    .flatMap((text, at) =>
      text === undefined ? [] : [{ text: text.trim(), observedAt: timeIn(moments[at]) }],
    );
  return { type, samples };
}
