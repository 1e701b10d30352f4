/** Statistics of a window of samples; each takes at least one number. They are asked for every reading, so they do not allocate. */

const SORTED_AT_ONCE = 20;

let scratch = new Float64Array(256);

/** Of an even count the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const count = values.length;
  if (count > scratch.length) scratch = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) scratch[i] = values[i] as number;
  const middle = count >> 1;
  const isSorted = count <= SORTED_AT_ONCE;
  if (isSorted) insertionSort(count);
  else select(middle, count);
  const upper = scratch[middle] as number;
  if (count % 2 === 1) return upper;
  let lower = scratch[isSorted ? middle - 1 : 0] as number;
  if (!isSorted) for (let i = 1; i < middle; i++) lower = Math.max(lower, scratch[i] as number);
  return (lower + upper) / 2;
}

function insertionSort(count: number): void {
  for (let i = 1; i < count; i++) {
    const value = scratch[i] as number;
    let place = i;
    while (place > 0 && (scratch[place - 1] as number) > value) {
      scratch[place] = scratch[place - 1] as number;
      place--;
    }
    scratch[place] = value;
  }
}

/** Brings the number of this rank to its place, with none that is greater before it (Hoare's quickselect). */
function select(rank: number, count: number): void {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = scratch[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((scratch[left] as number) < pivot) left++;
      while ((scratch[right] as number) > pivot) right--;
      if (left > right) break;
      const value = scratch[left] as number;
      scratch[left++] = scratch[right] as number;
      scratch[right--] = value;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

/** Within what it is of, however sums are rounded: six times 37.3 is no more than 37.3. */
export function meanOf(values: readonly number[]): number {
  let [sum, low, high] = [0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return within(sum / values.length, low, high);
}

export const within = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);

/** The standard deviation of all there is, not an estimate from a part of it. */
export function deviationOf(values: readonly number[], mean: number): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

export function lowestOf(values: readonly number[]): number {
  let lowest = Infinity;
  for (let i = 0; i < values.length; i++) lowest = Math.min(lowest, values[i] as number);
  return lowest;
}

export function highestOf(values: readonly number[]): number {
  let highest = -Infinity;
  for (let i = 0; i < values.length; i++) highest = Math.max(highest, values[i] as number);
  return highest;
}

/** Of the straight line with the least squares of deviations, per millisecond; undefined where all samples are of one moment. */
export function slopeOf(at: readonly number[], values: readonly number[]): number | undefined {
  const [origin = 0] = at;
  const count = at.length;
  let [sumX, sumY] = [0, 0];
  for (let i = 0; i < count; i++) {
    sumX += (at[i] as number) - origin;
    sumY += values[i] as number;
  }
  let [over, under] = [0, 0];
  for (let i = 0; i < count; i++) {
    const x = (at[i] as number) - origin - sumX / count;
    over += x * ((values[i] as number) - sumY / count);
    under += x * x;
  }
  return under > 0 ? over / under : undefined;
}
