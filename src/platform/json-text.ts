/** How JSON writes NUL and half of a surrogate pair. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i;

/** As jsonb takes it: without NUL and lone surrogates, which the codes and names of a device may contain. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(value, (_key, inner: unknown) => cleaned(inner)) : text;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), inner]));
}

const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();
