/** The one of the known names that was probably meant: at most a third of it is written otherwise, or one contains the other. */
export function nearestOf(written: string, known: readonly string[]): string | undefined {
  const plain = written.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (plain === '') return undefined;
  const ranked = known
    .map((name) => ({ name, far: distance(plain, name.toLowerCase().replace(/[^a-z0-9]/g, '')) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  if (best && best.far <= Math.max(1, Math.floor(best.name.length / 3))) return best.name;
  return known.find((name) => name.includes(written) || written.includes(name));
}

/** How many letters must be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries())
      next.push(
        Math.min(
          (next[column] ?? 0) + 1,
          (row[column + 1] ?? 0) + 1,
          (row[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
