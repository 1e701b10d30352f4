/** Fields that each bring their own time: `{voltage: {value: 220.1, time: 1700000000000}, switch: true}`. */
import type { Origin } from '../src/model/readings.ts';
import { readModel } from './cloud-payload.ts';
import { purposeOf } from './field-match.ts';
import type { Purpose } from './field-names.ts';
import type { FieldOptions } from './field-values.ts';
import { at } from './json-frame.ts';
import { isObject, type JsonObject, type Sink } from './sink.ts';
import { looseTime } from './time.ts';

const MAX_FIELDS = 300;
const MAX_MOMENTS = 64;

interface Timed {
  name: string;
  value: unknown;
  time: number | undefined;
}

function timeIn({ time, timestamp, t, v, value }: JsonObject): unknown {
  return time ?? timestamp ?? (v !== undefined || value !== undefined ? t : undefined);
}

/** One field: a plain value, `{value, time}`, `{v, t}`, or a list of such moments. */
function momentsOf(name: string, given: unknown): Timed[] {
  const one = (entry: unknown): Timed => {
    if (!isObject(entry) || (entry.value === undefined && entry.v === undefined))
      return { name, value: entry, time: undefined };
    const { unit } = entry;
    const value = entry.value ?? entry.v;
    const told = typeof unit === 'string' && typeof value === 'number' ? { value, unit } : value;
    return { name, value: told, time: looseTime(timeIn(entry)) };
  };
  const listed =
    Array.isArray(given) && given.some((entry) => isObject(entry) && (entry.value ?? entry.v) !== undefined);
  return listed ? given.slice(0, MAX_MOMENTS).map(one) : [one(given)];
}

/**
 * Reads fields into `sink`, those of one moment together, in the order in which their moments first appear. Returns what the device
 * seems to be.
 */
export function readTimed(
  sink: Sink,
  fields: JsonObject,
  { origin, ...options }: FieldOptions & { origin?: Origin } = {},
): Purpose | undefined {
  const timed = Object.entries(fields)
    .slice(0, MAX_FIELDS)
    .flatMap(([name, given]) => momentsOf(name, given))
    .slice(0, 1000);
  const plain = Object.fromEntries(timed.map(({ name, value }) => [name, value]));
  const purpose = purposeOf(plain) ?? options.purpose;
  const moments = new Map<number | undefined, Record<string, unknown>>();
  for (const { name, value, time } of timed) {
    const moment = moments.get(time) ?? {};
    moments.set(time, { ...moment, [name]: value });
  }
  for (const [time, object] of moments) {
    const into = at(sink, { observedAt: time ?? sink.observedAt, ...(origin ? { origin } : {}) });
    readModel(into, object, { ...options, purpose });
    if (into.misunderstood) sink.misunderstood = true;
  }
  return purpose;
}
