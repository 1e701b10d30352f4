export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  /** Counted from 1; null on the side where it is not. */
  from: number | null;
  to: number | null;
}

/** Beyond so many pairs of lines the middle is told as replaced altogether. */
const MOST_PAIRS = 4_000_000;

/** How one text becomes another, line by line, by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const from = linesOf(before);
  const to = linesOf(after);
  const head = commonHead(from, to);
  const tail = commonHead(from.slice(head).reverse(), to.slice(head).reverse());
  const middle = { from: from.slice(head, from.length - tail), to: to.slice(head, to.length - tail) };
  const kinds = [
    ...Array<'same'>(head).fill('same'),
    ...kindsOf(middle.from, middle.to),
    ...Array<'same'>(tail).fill('same'),
  ];
  let [left, right] = [0, 0];
  return kinds.map((kind) => {
    const text = kind === 'added' ? to[right] : from[left];
    const line = { kind, text: text ?? '' };
    if (kind === 'added') return { ...line, from: null, to: ++right };
    if (kind === 'removed') return { ...line, from: ++left, to: null };
    return { ...line, from: ++left, to: ++right };
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function commonHead(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count++;
  return count;
}

function kindsOf(from: readonly string[], to: readonly string[]): DiffLine['kind'][] {
  const width = to.length + 1;
  if (from.length * to.length > MOST_PAIRS)
    return [...from.map(() => 'removed' as const), ...to.map(() => 'added' as const)];
  const common = commonLengths(from, to, width);
  const kinds: DiffLine['kind'][] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    if (left < from.length && right < to.length && from[left] === to[right]) {
      kinds.push('same');
      left++;
      right++;
    } else if (
      right === to.length ||
      (left < from.length &&
        (common[(left + 1) * width + right] ?? 0) >= (common[left * width + right + 1] ?? 0))
    ) {
      kinds.push('removed');
      left++;
    } else {
      kinds.push('added');
      right++;
    }
  }
  return kinds;
}

/** At `left * width + right`: how many lines the rests of both have in common, in order. */
function commonLengths(from: readonly string[], to: readonly string[], width: number): Uint32Array {
  const common = new Uint32Array((from.length + 1) * width);
  for (let left = from.length - 1; left >= 0; left--)
    for (let right = to.length - 1; right >= 0; right--)
      common[left * width + right] =
        from[left] === to[right]
          ? (common[(left + 1) * width + right + 1] ?? 0) + 1
          : Math.max(common[(left + 1) * width + right] ?? 0, common[left * width + right + 1] ?? 0);
  return common;
}
