/** Topic prefixes of gateways, each with whose it is: none may stand above or below that of another. */
export interface TopicPrefixes {
  add(prefix: string, holder: number): void;
  /** Whether somebody but `own` speaks there, above it or below it. */
  isTaken(prefix: string, own: number | undefined): boolean;
}

/** Looks up instead of comparing each with each: a file may bring thousands. */
export function topicPrefixes(known: ReadonlyMap<string, number>): TopicPrefixes {
  const holders = new Map<string, number>();
  const below = new Map<string, Set<number>>();
  const add = (prefix: string, holder: number): void => {
    holders.set(prefix, holder);
    for (const level of levelsAbove(prefix)) below.set(level, (below.get(level) ?? new Set()).add(holder));
  };
  for (const [prefix, holder] of known) add(prefix, holder);
  return {
    add,
    isTaken: (prefix, own) =>
      [prefix, ...levelsAbove(prefix)].some((level) => (holders.get(level) ?? own) !== own) ||
      [...(below.get(prefix) ?? [])].some((holder) => holder !== own),
  };
}

function levelsAbove(prefix: string): string[] {
  const levels = prefix.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join('/'));
}
