/** What the uploads of Wonlex watches measure. The value stands in `date` or `data`; several values of one upload are parted by slashes. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { textOf } from '../json-frame.ts';
import { measure } from '../measure.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { looseTime } from '../time.ts';
import { pick } from './pick.ts';

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

/** Where the value of an upload may stand. */
export function valueIn(data: JsonObject, type: string): string | undefined {
  const name = type.replace(/^up/, '');
  const spellings = ['date', 'data', 'value', name, name.charAt(0).toLowerCase() + name.slice(1)];
  const found = pick(data, spellings);
  return isObject(found) ? textOf(pick(found, ['value', 'data'])) : textOf(found);
}

const MAX_SAMPLES = 1_000;

function partsOf(value: unknown): string[] {
  return typeof value === 'string'
    ? value.split(',', MAX_SAMPLES)
    : typeof value === 'number'
      ? [String(value)]
      : [];
}

/** `dataType` with values and their times parted by commas. */
export function batchIn(data: JsonObject): { type: string; samples: Sample[] } | undefined {
  const type = textOf(pick(data, ['dataType', 'type']));
  const list = pick(data, ['data', 'date', 'value']);
  const values = Array.isArray(list) ? list.map((one) => textOf(one)) : partsOf(list);
  const times = pick(data, ['dataTime', 'time', 'times']);
  const moments: unknown[] = Array.isArray(times) ? times : partsOf(times);
  if (type === undefined) return undefined;
  const samples = values
    .slice(0, MAX_SAMPLES)
    .flatMap((text, at) =>
      text === undefined ? [] : [{ text: text.trim(), observedAt: looseTime(moments[at]) }],
    );
  return { type, samples };
}
