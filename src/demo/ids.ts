/** Row ids by what the demo's tables call a row: a code, or a login. */
export type Ids = ReadonlyMap<string, number>;

export function idOf(ids: Ids, key: string): number {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`the demo names ${key}, which it does not have`);
  return id;
}
