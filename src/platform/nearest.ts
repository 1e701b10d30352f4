/** Nobody means a name by so long a word. */
const MOST_LETTERS = 64;

/** The one of the known names that was probably meant: at most a third of it is written otherwise, or one contains the other. */
export function nearestOf(written: string, known: readonly string[]): string | undefined {
  const plain = lettersOf(written);
  if (plain === '' || written.length > MOST_LETTERS) return undefined;
  let best: { name: string; far: number } | undefined;
  for (const name of known) {
    const letters = lettersOf(name);
    // So many letters are put in or left out at least.
    if (Math.abs(letters.length - plain.length) >= (best?.far ?? Infinity)) continue;
    const far = distance(plain, letters);
    if (far < (best?.far ?? Infinity)) best = { name, far };
  }
  if (best && best.far <= Math.max(1, Math.floor(best.name.length / 3))) return best.name;
  return known.find((name) => name.includes(written) || written.includes(name));
}

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** How many letters must be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  const row = Uint16Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let index = 0; index < a.length; index++) {
    const letter = a.charCodeAt(index);
    let diagonal = index;
    row[0] = index + 1;
    for (let column = 0; column < b.length; column++) {
      const above = row[column + 1] ?? 0;
      const changed = diagonal + (letter === b.charCodeAt(column) ? 0 : 1);
      row[column + 1] = Math.min((row[column] ?? 0) + 1, above + 1, changed);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
