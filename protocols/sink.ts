import type { DecodedReading, Origin } from '../src/model/readings.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What one moment of a message has yielded so far. A fault in one key is a reason and costs nothing else. */
export interface Sink {
  readings: DecodedReading[];
  reasons: string[];
  /** Something was not understood, as opposed to understood and carrying no value. */
  misunderstood: boolean;
  observedAt: number | undefined;
  origin: Origin;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A short piece of foreign text that a database and a page can hold. */
export function clean(text: string, length = 64): string {
  return text
    .slice(0, length)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '');
}

/** Names the kind of a JSON value in a reason. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? `the string "${clean(value, 24)}"` : `the number ${value}`;
}

/** Notes that a value was not understood. */
export function refuse(sink: Sink, where: string, expected: string, value: unknown): undefined {
  sink.misunderstood = true;
  sink.reasons.push(`${where}: expected ${expected}, got ${kindOf(value)}`);
}

/** Notes that a value was understood and is no measurement. */
export function discard(sink: Sink, where: string, why: string): undefined {
  sink.reasons.push(`${where}: ${why}`);
}

export function add(
  sink: Sink,
  reading: Omit<DecodedReading, 'origin' | 'observedAt'>,
  observedAt = sink.observedAt,
): void {
  sink.readings.push(
    observedAt === undefined
      ? { ...reading, origin: sink.origin }
      : { ...reading, observedAt, origin: sink.origin },
  );
}
