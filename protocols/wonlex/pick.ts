import type { JsonObject } from '../sink.ts';

/** The first of several spellings of a key that has a value. */
export function pick(object: JsonObject, keys: readonly string[]): unknown {
  const key = keys.find(
    (name) => Object.hasOwn(object, name) && object[name] !== null && object[name] !== '',
  );
  return key === undefined ? undefined : object[key];
}
