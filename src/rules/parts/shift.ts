import { z } from 'zod';
import type { Reading } from '../../model/readings.ts';
import type { ShiftPart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { MOST_SAMPLES, memoOf } from './sample.ts';
import { deviationOf, meanOf } from './statistics.ts';

/** Where samples are rare, means are of so many of them instead of a time … */
const SMOOTHED_SAMPLES = 10;
/** … and what is usual moves no faster than over so many times what was needed to learn it. */
const FOLLOWED_TIMES = 10;

/** While it learns: the samples, the oldest first. */
type Learning = { at: readonly number[]; values: readonly number[] };
/** What is usual, the sums of the deviations up and down, and the exponential mean of the deviations. */
type Usual = { mean: number; spread: number; up: number; down: number; trend: number };
export type ShiftMemo = Learning | Usual;

const samples = z.array(z.number()).max(MOST_SAMPLES);
/** What a stored memo must look like. */
export const shiftMemo = z.union([
  z.strictObject({ at: samples, values: samples }).refine(({ at, values }) => at.length === values.length),
  z.strictObject({
    mean: z.number(),
    spread: z.number().positive(),
    up: z.number().nonnegative(),
    down: z.number().nonnegative(),
    trend: z.number(),
  }),
]);

/** A sample of a number: it is learned from, or held against what was learned. */
export function stepShift(part: ShiftPart, state: PartState | null, reading: Reading): PartState | null {
  const { value, observedAt: last, receivedAt: heard } = reading;
  if (reading.signal !== part.signal || typeof value !== 'number' || !Number.isFinite(value)) return state;
  if (state?.last === last) return state;
  const sample = { last, heard };
  const memo = memoOf<ShiftMemo>(state);
  const isNew = !state || last - state.last > part.maxGapMs;
  if (!memo || (isNew && !state?.level)) return { ...sample, memo: { at: [last], values: [value] } };
  if ('values' in memo) return { ...sample, memo: learned(part, memo, { at: last, value }) };
  const elapsedMs = last - (state?.last ?? last);
  const deviation = (value - memo.mean) / memo.spread;
  const trend =
    memo.trend + shareOf(elapsedMs / part.clearSmoothMs, SMOOTHED_SAMPLES) * (deviation - memo.trend);
  if (state?.level) return firing(part, state, { sample, memo: { ...memo, trend }, isNew });
  const clipped = Math.min(Math.max(deviation, -part.clip), part.clip);
  const up = part.direction === 'down' ? 0 : Math.max(0, memo.up + clipped - (part.driftUp ?? part.drift));
  const down = part.direction === 'up' ? 0 : Math.max(0, memo.down - clipped - part.drift);
  const { spread } = memo;
  if (up > part.threshold || down > part.threshold)
    return { ...sample, since: last, level: 1, memo: { mean: memo.mean, spread, up, down, trend } };
  const follows = shareOf(elapsedMs / part.followMs, FOLLOWED_TIMES * part.minSamples);
  const mean = memo.mean + follows * clipped * spread;
  return { ...sample, memo: { mean, spread, up, down, trend } };
}

/** How far an exponential mean moves towards a sample, after `elapsed` of its times, or as one of so many samples if that is less. */
const shareOf = (elapsed: number, ofSamples: number): number =>
  1 - Math.exp(-Math.min(elapsed, 1 / ofSamples));

function learned(part: ShiftPart, memo: Learning, sample: { at: number; value: number }): ShiftMemo {
  const recent = withSample(part, memo, sample);
  const [first = sample.at] = recent.at;
  if (sample.at - first < part.learnMs || recent.at.length < part.minSamples) return recent;
  const mean = meanOf(recent.values);
  const deviation = deviationOf(recent.values, mean);
  if (deviation > Math.max(part.leastSpread, part.steadyShare * Math.abs(mean))) return recent;
  const spread = Math.max(deviation, part.leastSpread, part.leastShare * Math.abs(mean), Number.EPSILON);
  return { mean, spread, up: 0, down: 0, trend: 0 };
}

/** No more than what is needed to learn from, and no more than the memory holds. */
function withSample(
  { learnMs, minSamples }: ShiftPart,
  { at, values }: Learning,
  sample: { at: number; value: number },
): Learning {
  const slotMs = learnMs / (MOST_SAMPLES - 2);
  const newest = at.at(-1) as number;
  if (Math.floor(newest / slotMs) === Math.floor(sample.at / slotMs)) return { at, values };
  let first = 0;
  while ((at[first + 1] ?? Infinity) <= sample.at - learnMs && at.length - first >= minSamples) first++;
  return { at: [...at.slice(first), sample.at], values: [...values.slice(first), sample.value] };
}

/** True until it is back where it was, or has been true for so long that this is usual now. */
function firing(
  part: ShiftPart,
  { since, clearSince, count = 0 }: PartState,
  { sample, memo, isNew }: { sample: { last: number; heard: number }; memo: Usual; isNew: boolean },
): PartState | null {
  const { last } = sample;
  const began = since ?? last;
  if (last - began >= part.acceptAfterMs) return null;
  const next = { ...sample, since: began, level: 1, memo } as const;
  if (Math.abs(memo.trend) > part.clearWithin) return next;
  const quiet =
    isNew || clearSince === undefined ? { clearSince: last, count: 1 } : { clearSince, count: count + 1 };
  if (last - quiet.clearSince < part.clearForMs || quiet.count < SMOOTHED_SAMPLES)
    return { ...next, ...quiet };
  return { ...sample, memo: { ...memo, up: 0, down: 0 } };
}
