import { z } from 'zod';
import type { Smoothing } from '../rule.ts';
import { MOST_SAMPLES } from './sample.ts';
import { highestOf, lowestOf, meanOf, medianOf, slopeOf } from './statistics.ts';

/** An exponential mean begins anew after so many of its times without a sample. */
const FORGOTTEN_AFTER = 5;

/** Of a window: its samples, the oldest first. Of an exponential mean: when it was last moved, and of how many samples it is. */
export type SmoothingMemo =
  | { at: readonly number[]; values: readonly number[] }
  | { at: number; mean: number; count: number };

type Window = Extract<SmoothingMemo, { values: readonly number[] }>;
type Mean = Extract<SmoothingMemo, { mean: number }>;

const samples = z.array(z.number()).max(MOST_SAMPLES);

/** What a stored memo must look like. */
export const smoothingMemo = z.union([
  z.strictObject({ at: samples, values: samples }).refine(({ at, values }) => at.length === values.length),
  z.strictObject({ at: z.number(), mean: z.number(), count: z.int().positive() }),
]);

/**
 * Takes in a sample, `at` in device time, and says what the limit is to be held against: nothing until the window, which begins `overMs`
 * before the sample and does not include that moment, has enough samples. A sample at the time of the last one takes its place.
 */
export function smoothed(
  smoothing: Smoothing,
  memo: SmoothingMemo | undefined,
  { at, value }: { at: number; value: number },
): { memo: SmoothingMemo; value: number | undefined } {
  if (smoothing.kind === 'ewma') {
    const mean = moved(smoothing.overMs, memo && 'mean' in memo ? memo : undefined, { at, value });
    return { memo: mean, value: mean.count >= smoothing.atLeast ? mean.mean : undefined };
  }
  const window = extended(smoothing, memo && 'values' in memo ? memo : undefined, { at, value });
  const isEnough = window.values.length >= smoothing.atLeast;
  return { memo: window, value: isEnough ? summary(smoothing, window) : undefined };
}

/** The older a mean is, the more a sample moves it. */
function moved(overMs: number, memo: Mean | undefined, { at, value }: { at: number; value: number }): Mean {
  if (!memo || at < memo.at || at - memo.at > FORGOTTEN_AFTER * overMs) return { at, mean: value, count: 1 };
  if (at === memo.at) return memo;
  const mean = memo.mean + (1 - Math.exp((memo.at - at) / overMs)) * (value - memo.mean);
  return { at, mean, count: memo.count + 1 };
}

function extended(
  { kind, overMs }: Smoothing,
  memo: Window | undefined,
  { at, value }: { at: number; value: number },
): Window {
  let first = 0;
  let end = memo?.at.length ?? 0;
  while (first < end && (memo?.at[first] as number) <= at - overMs) first++;
  while (end > first && (memo?.at[end - 1] as number) >= at) end--;
  if (!memo || first === end) return { at: [at], values: [value] };
  const times = memo.at.slice(first, end);
  const values = memo.values.slice(first, end);
  const replaced = placeOf(kind, { at: times, values }, { at, value, overMs });
  if (replaced === 'none') return end === memo.at.length && first === 0 ? memo : { at: times, values };
  if (replaced === undefined) {
    times.push(at);
    values.push(value);
  } else {
    times[replaced] = at;
    values[replaced] = value;
  }
  return { at: times, values };
}

/** Which sample of the same slot this one takes the place of; undefined: it is added; `none`: the slot has its samples. */
function placeOf(
  kind: Smoothing['kind'],
  window: Window,
  { at, value, overMs }: { at: number; value: number; overMs: number },
): number | 'none' | undefined {
  const slotMs = (kind === 'range' ? 2 : 1) * (overMs / (MOST_SAMPLES - 2));
  const slot = Math.floor(at / slotMs);
  const isInSlot = (index: number): boolean =>
    index >= 0 && Math.floor((window.at[index] as number) / slotMs) === slot;
  const last = window.at.length - 1;
  if (!isInSlot(last)) return undefined;
  const newest = window.values[last] as number;
  if (kind === 'min') return value < newest ? last : 'none';
  if (kind === 'max') return value > newest ? last : 'none';
  if (kind !== 'range') return 'none';
  if (!isInSlot(last - 1)) return undefined;
  const other = window.values[last - 1] as number;
  const [low, high] = newest < other ? [last, last - 1] : [last - 1, last];
  if (value < (window.values[low] as number)) return low;
  return value > (window.values[high] as number) ? high : 'none';
}

function summary(smoothing: Smoothing, { at, values }: Window): number | undefined {
  switch (smoothing.kind) {
    case 'median':
      return medianOf(values);
    case 'mean':
      return meanOf(values);
    case 'min':
      return lowestOf(values);
    case 'max':
      return highestOf(values);
    case 'range':
      return highestOf(values) - lowestOf(values);
    case 'rate': {
      const slope = slopeOf(at, values);
      return slope === undefined ? undefined : slope * smoothing.perMs;
    }
    case 'ewma':
      return undefined;
  }
}
