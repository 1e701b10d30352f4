import { z } from 'zod';
import { isBeyond, type Limit, type Smoothing } from '../rule.ts';
import { MOST_SAMPLES } from './sample.ts';
import { highestOf, lowestOf, meanOf, medianOf, slopeOf, within } from './statistics.ts';

/** An exponential mean begins anew after so many of its times without a sample. */
const FORGOTTEN_AFTER = 5;

/** Of a window: its samples, the oldest first. Of an exponential mean: when it was last moved, and of how many samples it is. */
export type SmoothingMemo =
  | { at: readonly number[]; values: readonly number[] }
  | { at: number; mean: number; count: number };

type Window = Extract<SmoothingMemo, { values: readonly number[] }>;
type Mean = Extract<SmoothingMemo, { mean: number }>;
type MutableWindow = { at: number[]; values: number[] };

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
  const window = memo && 'values' in memo ? memo : undefined;
  const next = { at: window?.at.slice() ?? [], values: window?.values.slice() ?? [] };
  const isAnother = take(smoothing, next, { at, value });
  const isEnough = next.values.length >= smoothing.atLeast;
  return {
    memo: window && !isAnother ? window : next,
    value: isEnough ? summary(smoothing, next) : undefined,
  };
}

/** How long a sample counts: in a window as long as that is, in an exponential mean until it is forgotten. */
export const countsForMs = ({ kind, overMs }: Smoothing): number =>
  kind === 'ewma' ? FORGOTTEN_AFTER * overMs : overMs;

/** Many samples, each as `smoothed` takes it in, without asking what they say. */
export class Smoothed {
  #smoothing: Smoothing;
  #mean: Mean | undefined;
  #window: MutableWindow = { at: [], values: [] };

  constructor(smoothing: Smoothing, memo: SmoothingMemo | undefined) {
    this.#smoothing = smoothing;
    if (memo && 'mean' in memo) this.#mean = memo;
    if (memo && 'values' in memo) this.#window = { at: memo.at.slice(), values: memo.values.slice() };
  }

  /** Whether it changed what is remembered. */
  take(at: number, value: number): boolean {
    if (this.#smoothing.kind !== 'ewma') return take(this.#smoothing, this.#window, { at, value });
    const before = this.#mean;
    this.#mean = moved(this.#smoothing.overMs, before, { at, value });
    return this.#mean !== before;
  }

  get memo(): SmoothingMemo {
    return this.#mean ?? this.#window;
  }
}

/** Whether all that it is made of is within the limits. */
export function isSmoothWithin(memo: SmoothingMemo, limits: readonly Limit[]): boolean {
  const isWithin = (value: number): boolean => limits.every((limit) => !isBeyond(limit, value));
  return 'mean' in memo ? isWithin(memo.mean) : memo.values.every(isWithin);
}

/** The older a mean is, the more a sample moves it. */
function moved(overMs: number, memo: Mean | undefined, { at, value }: { at: number; value: number }): Mean {
  if (!memo || at < memo.at || at - memo.at > FORGOTTEN_AFTER * overMs) return { at, mean: value, count: 1 };
  if (at === memo.at) return memo;
  const { mean: was, count } = memo;
  const mean = was + (1 - Math.exp((memo.at - at) / overMs)) * (value - was);
  return { at, mean: within(mean, Math.min(was, value), Math.max(was, value)), count: count + 1 };
}

/** Puts the sample into the window and takes out what is older; whether that changed it. */
function take(
  { kind, overMs }: Smoothing,
  window: MutableWindow,
  { at, value }: { at: number; value: number },
): boolean {
  const { at: times, values } = window;
  const before = times.length;
  let first = 0;
  while (first < before && (times[first] as number) <= at - overMs) first++;
  let end = before;
  while (end > first && (times[end - 1] as number) >= at) end--;
  times.length = values.length = end;
  if (first > 0) {
    times.splice(0, first);
    values.splice(0, first);
  }
  const replaced = placeOf(kind, window, { at, value, overMs });
  if (replaced === 'none') return times.length !== before;
  const place = replaced ?? times.length;
  times[place] = at;
  values[place] = value;
  return true;
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
