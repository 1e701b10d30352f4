/**
 * A PostgreSQL array literal (documentation, 8.15.2) of numbers, texts and nulls. The driver would build it element by element through its
 * general serializer, which is what a bulk insert spends most of its time on.
 */
export function arrayLiteral(values: readonly (number | string | null)[]): string {
  return `{${values.map(element).join(',')}}`;
}

const PLAIN = /^[A-Za-z0-9_.:+-]+$/;

function element(value: number | string | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (PLAIN.test(value) && value.toUpperCase() !== 'NULL') return value;
  // A NUL cannot be stored in text at all.
  return `"${value.replaceAll('\0', '').replace(/["\\]/g, '\\$&')}"`;
}
