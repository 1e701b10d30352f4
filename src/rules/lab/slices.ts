import type { ReadSeries } from './day-file.ts';

/** A day is looked at by the half hour: what cannot move a rule is not played to it. */
export const SLICE_MS = 1_800_000;
export const SLICES = 48;

/** Of a day of a series, slice by slice: where its readings begin, and between which values they lie (NaN where they are no numbers). */
export interface SlicedSeries {
  series: ReadSeries;
  /** One more than there are slices. */
  starts: Uint32Array;
  least: Float64Array;
  greatest: Float64Array;
}

/** Readings in order of observation. */
export function sliced(series: ReadSeries): SlicedSeries {
  const { count, observed, values, texts } = series;
  const starts = new Uint32Array(SLICES + 1);
  const least = new Float64Array(SLICES).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(SLICES).fill(Number.NEGATIVE_INFINITY);
  let row = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    starts[slice] = row;
    const end = slice === SLICES - 1 ? Number.POSITIVE_INFINITY : (slice + 1) * SLICE_MS;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (; row < count && (observed[row] as number) < end; row++) {
      const value = values[row] as number;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    least[slice] = texts ? Number.NaN : low;
    greatest[slice] = texts ? Number.NaN : high;
  }
  starts[SLICES] = count;
  return { series, starts, least, greatest };
}
