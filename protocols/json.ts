/** Loose reading of JSON whose keys and kinds of values differ from firmware to firmware. */
import { numberFrom } from './measure.ts';
import type { JsonObject } from './sink.ts';

/** A string, or a number as one; undefined for anything else and for blanks. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A number, or a string that is one. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? numberFrom(value) : undefined;
}

/** The first of several spellings of a key that has a value. */
export function pick(object: JsonObject, keys: readonly string[]): unknown {
  const key = keys.find(
    (name) => Object.hasOwn(object, name) && object[name] !== null && object[name] !== '',
  );
  return key === undefined ? undefined : object[key];
}
