import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoFits } from '../../src/rules/parts/memo-fits.ts';
import { type SmoothingMemo, smoothed } from '../../src/rules/parts/smoothing.ts';
import { medianOf } from '../../src/rules/parts/statistics.ts';
import type { Smoothing } from '../../src/rules/rule.ts';
import { NOON } from '../harness/readings.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Sample = { at: number; value: number };

/** What each sample gives, with the memory written to text and read again in between. */
function smooth(smoothing: Smoothing, samples: readonly Sample[]): (number | undefined)[] {
  let memo: SmoothingMemo | undefined;
  return samples.map((sample) => {
    const next = smoothed(smoothing, memo, sample);
    memo = JSON.parse(JSON.stringify(next.memo));
    expect(memoFits({ type: 'threshold' }, { smooth: memo })).toBe(true);
    return next.value;
  });
}

const every = (stepMs: number, values: readonly number[]): Sample[] =>
  values.map((value, index) => ({ at: NOON + index * stepMs, value }));

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const plain: Record<'median' | 'mean' | 'min' | 'max' | 'range', (values: readonly number[]) => number> = {
  median: (values) => {
    const order = sorted(values);
    return ((order[(order.length - 1) >> 1] ?? 0) + (order[order.length >> 1] ?? 0)) / 2;
  },
  mean,
  min: (values) => sorted(values)[0] ?? 0,
  max: (values) => sorted(values).at(-1) ?? 0,
  range: (values) => (sorted(values).at(-1) ?? 0) - (sorted(values)[0] ?? 0),
};

const samplesWithin = (windowMs: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: windowMs / 3 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    })
    .map((steps) => {
      let at = NOON;
      return steps.map(([stepMs, value]) => {
        at += Math.max(stepMs, windowMs / 50);
        return { at, value };
      });
    });

describe('a median', () => {
  it('is the middle of any numbers, and leaves them as they were', () => {
    const numbers = fc.array(fc.integer({ min: -20, max: 20 }), {
      minLength: 1,
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const before = [...values];
        expect(medianOf(values)).toBe(plain.median(values));
        expect(values).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a smoothed sample', () => {
  it.each(Object.keys(plain) as (keyof typeof plain)[])('is the %s of the window behind it', (kind) => {
    const overMs = 60 * SECOND;
    fc.assert(
      fc.property(samplesWithin(overMs), fc.integer({ min: 1, max: 4 }), (samples, atLeast) => {
        const given = smooth({ kind, overMs, atLeast }, samples);
        const expected = samples.map(({ at }, index) => {
          const window = samples
            .slice(0, index + 1)
            .filter((one) => one.at > at - overMs)
            .map(({ value }) => value);
          return window.length >= atLeast ? plain[kind](window) : undefined;
        });
        for (const [index, value] of expected.entries())
          if (value === undefined) expect(given[index]).toBeUndefined();
          else expect(given[index]).toBeCloseTo(value, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('is the change per time along the straight line through the window', () => {
    const rate: Smoothing = { kind: 'rate', overMs: 10 * MINUTE, atLeast: 3, perMs: MINUTE };
    expect(smooth(rate, every(2 * MINUTE, [5, 9, 13, 17]))).toEqual([undefined, undefined, 2, 2]);
    const restless = smooth(rate, every(2 * MINUTE, [10, 10.5, 9.5, 10.5, 9.5])).at(-1);
    expect(restless).toBeCloseTo(-0.05, 9);
  });

  it('follows a time constant, not a number of samples, as an exponential mean', () => {
    const ewma: Smoothing = { kind: 'ewma', overMs: MINUTE, atLeast: 2 };
    const [first, second] = smooth(ewma, every(MINUTE, [0, 100]));
    expect(first).toBeUndefined();
    expect(second).toBeCloseTo(100 * (1 - Math.exp(-1)), 9);
    const steps = smooth(ewma, every(6 * SECOND, [0, ...Array(10).fill(100)])).at(-1);
    expect(steps).toBeCloseTo(second ?? 0, 9);
  });

  it('begins anew after a gap: an exponential mean after five of its times', () => {
    const ewma: Smoothing = { kind: 'ewma', overMs: MINUTE, atLeast: 1 };
    expect(smooth(ewma, every(6 * MINUTE, [0, 100]))).toEqual([0, 100]);
    const median: Smoothing = { kind: 'median', overMs: 10 * SECOND, atLeast: 2 };
    expect(smooth(median, every(10 * SECOND, [80, 80, 80]))).toEqual([undefined, undefined, undefined]);
    expect(smooth(median, every(10 * SECOND - 1, [80, 82, 84]))).toEqual([undefined, 81, 83]);
  });

  it('takes the place of one of the same moment, and of those after it when the clock is set back', () => {
    const max: Smoothing = { kind: 'max', overMs: MINUTE, atLeast: 1 };
    const twice = [
      { at: NOON, value: 5 },
      { at: NOON + SECOND, value: 90 },
      { at: NOON + SECOND, value: 7 },
    ];
    expect(smooth(max, twice)).toEqual([5, 90, 7]);
    expect(smooth(max, [...twice, { at: NOON - SECOND, value: 1 }]).at(-1)).toBe(1);
    const ewma: Smoothing = { kind: 'ewma', overMs: MINUTE, atLeast: 2 };
    expect(smooth(ewma, twice).at(-1)).toBe(smooth(ewma, twice.slice(0, 2)).at(-1));
  });

  it.each(['min', 'max', 'range'] as const)('is the true %s of more samples than are kept', (kind) => {
    const values = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 300, maxLength: 600 });
    fc.assert(
      fc.property(values, (given) => {
        const last = smooth({ kind, overMs: 10 * MINUTE, atLeast: 1 }, every(SECOND, given)).at(-1);
        expect(last).toBe(plain[kind](given));
      }),
      { numRuns: 5 },
    );
  });

  it.each(['median', 'mean', 'min', 'max', 'range', 'rate'] as const)(
    'keeps few of the %s over an hour at 1 Hz, and none of the extremes is lost',
    (kind) => {
      const smoothing: Smoothing = { kind, overMs: 60 * MINUTE, atLeast: 1, perMs: MINUTE };
      let memo: SmoothingMemo | undefined;
      let value: number | undefined;
      for (let second = 0; second < 3_600; second++) {
        const spike = second === 1_801 ? 500 : second === 2_702 ? -500 : 0;
        ({ memo, value } = smoothed(smoothing, memo, {
          at: NOON + second * SECOND,
          value: second / 60 + spike,
        }));
      }
      if (!memo || !('values' in memo)) throw new Error('no window');
      expect(memo.values.length).toBeLessThanOrEqual(240);
      const expected = { median: 30, mean: 30, min: -455, max: 530, range: 985, rate: 1 }[kind];
      const off = Math.abs((value ?? Number.NaN) - expected);
      expect(off).toBeLessThan(kind === 'rate' ? 0.1 : 2.1);
    },
  );
});

it('of numbers that are all alike no mean is another', () => {
  const alike = every(SECOND, Array(12).fill(37.3));
  for (const kind of ['mean', 'ewma'] as const) {
    const said = smooth({ kind, overMs: MINUTE, atLeast: 1 }, alike);
    expect(new Set(said)).toEqual(new Set([37.3]));
  }
});
