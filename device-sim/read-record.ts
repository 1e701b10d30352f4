/** Reading of what a person wrote into a JSON file. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function nameOf({ name }: Record<string, unknown>): { name?: string } {
  return typeof name === 'string' ? { name } : {};
}

/** Throws an Error with a sentence where the text is missing. */
export function textOf(value: Record<string, unknown>, key: string, where: string): string {
  const text = value[key];
  if (typeof text !== 'string' || text === '') throw new Error(`${where}: ${key} is missing`);
  return text;
}

/** Throws an Error with a sentence where the part is none of these. */
export function partOf<Part extends string>(
  { part }: Record<string, unknown>,
  parts: readonly Part[],
  where: string,
): { part?: Part } {
  if (part === undefined) return {};
  const known = parts.find((each) => each === part);
  if (!known) throw new Error(`${where}: part is one of ${parts.join(', ')}`);
  return { part: known };
}
