/** What comes out of a sandbox before it is believed. */

export const MAX_OUTPUT_CHARACTERS = 64 * 1024;
const MAX_DEPTH = 8;

/** Why a value may not leave the sandbox; undefined where it may. */
export function faultOfShape(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_DEPTH) return `nested deeper than ${MAX_DEPTH}`;
  if (Object.hasOwn(value, '__proto__')) return 'a key named __proto__';
  for (const inner of Object.values(value)) {
    const fault = faultOfShape(inner, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** `passing` is no fault of the codec's: it may be asked again. */
export type CodecResult = { data: unknown } | { error: string; passing?: true };

/** Reads `{data, errors}` as the codec's wrapper wrote it. Numbers are finite: JSON knows no other. */
export function readOutput(text: string): CodecResult {
  let output: unknown;
  try {
    output = JSON.parse(text);
  } catch {
    return { error: 'it did not return JSON' };
  }
  if (typeof output !== 'object' || output === null) return { error: 'it returned nothing' };
  const { data, errors } = output as { data?: unknown; errors?: unknown };
  const told = Array.isArray(errors)
    ? errors.slice(0, 5).map(String)
    : typeof errors === 'string'
      ? [errors]
      : [];
  const complaint = told.join('; ').slice(0, 300);
  if (complaint !== '') return { error: complaint };
  if (typeof data !== 'object' || data === null) return { error: 'it returned no data' };
  const fault = faultOfShape(data);
  return fault === undefined ? { data } : { error: `its data is refused: ${fault}` };
}
