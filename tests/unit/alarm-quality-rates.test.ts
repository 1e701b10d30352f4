import { describe, expect, it } from 'vitest';
import { floodsOf, mostWithin, rateOf, windowBuckets } from '../../src/api/alarm-quality/alarm-rate.ts';
import { chatterOf } from '../../src/api/alarm-quality/chatter.ts';
import { alarmScore, percentile, shareOf } from '../../src/api/alarm-quality/figures.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 10, 22);
const every = (ms: number, count: number, from = START) =>
  Array.from({ length: count }, (_, i) => from + i * ms);

describe('the rate of alarms', () => {
  it('is told for ten minutes, on average and at its worst', () => {
    const times = [START, START + MINUTE, START + 2 * MINUTE, START + 5 * HOUR];
    const rate = rateOf(times, { from: START, to: START + 10 * HOUR });
    expect(rate.average).toBeCloseTo(4 / 60);
    expect(rate.most).toBe(3);
    expect(rate.floods).toEqual([]);
  });

  it('counts every window of ten minutes once, the empty ones too', () => {
    const times = [START, ...every(SECOND, 4, START + HOUR), ...every(SECOND, 11, START + 2 * HOUR)];
    const { windows } = rateOf(times, { from: START, to: START + 24 * HOUR });
    expect(windows).toHaveLength(windowBuckets.length);
    expect(windows).toEqual([144 - 3, 1, 0, 1, 0, 1]);
  });

  it('an hour with more than thirty is a busy one', () => {
    const busy = (count: number) =>
      rateOf(every(MINUTE, count), { from: START, to: START + 24 * HOUR }).busyHours;
    expect([busy(30), busy(31)]).toEqual([0, 1]);
  });

  it('looks at spans that slide: nothing hides across the edge of a window', () => {
    const times = [...every(SECOND, 6, START + 9 * MINUTE), ...every(SECOND, 6, START + 11 * MINUTE)];
    expect(mostWithin(times, 10 * MINUTE)).toBe(12);
    expect(floodsOf(times)).toHaveLength(1);
    expect(mostWithin([START, START + 10 * MINUTE], 10 * MINUTE)).toBe(1);
  });
});

describe('a flood', () => {
  it('takes more than ten alarms in ten minutes', () => {
    expect(floodsOf(every(MINUTE, 10))).toEqual([]);
    expect(floodsOf(every(50 * SECOND, 10))).toEqual([]);
    expect(floodsOf(every(50 * SECOND, 11))).toHaveLength(1);
    expect(floodsOf(every(MINUTE, 60))).toEqual([]);
  });

  it('begins with the first of them and ends when fewer than five lie in the last ten minutes', () => {
    const times = every(10 * SECOND, 12);
    const last5th = START + 7 * 10 * SECOND;
    expect(floodsOf(times)).toEqual([{ from: START, to: last5th + 10 * MINUTE, alarms: 12, most: 12 }]);
  });

  it('goes on while five or more keep coming, and is another one after a pause', () => {
    const slow = every(2 * MINUTE - 1, 10, START + 2 * MINUTE);
    const one = floodsOf([...every(10 * SECOND, 11), ...slow]);
    expect(one).toMatchObject([{ from: START, alarms: 21 }]);
    const two = floodsOf([...every(10 * SECOND, 11), ...every(10 * SECOND, 11, START + HOUR)]);
    expect(two.map(({ from, alarms }) => [from, alarms])).toEqual([
      [START, 11],
      [START + HOUR, 11],
    ]);
  });

  it('ends with the period at the latest', () => {
    const end = START + 3 * MINUTE;
    expect(floodsOf(every(10 * SECOND, 12), end)[0]?.to).toBe(end);
    expect(rateOf(every(10 * SECOND, 12), { from: START, to: end }).floodMs).toBe(3 * MINUTE);
  });
});

describe('chattering', () => {
  it('takes three alarms of a point within a minute', () => {
    expect(chatterOf([])).toEqual({ episodes: 0, alarms: 0 });
    expect(chatterOf(every(31 * SECOND, 20))).toEqual({ episodes: 0, alarms: 0 });
    expect(chatterOf(every(30 * SECOND, 3))).toEqual({ episodes: 1, alarms: 3 });
  });

  it('is one run for as long as it goes on', () => {
    expect(chatterOf(every(20 * SECOND, 9))).toEqual({ episodes: 1, alarms: 9 });
    const twice = [...every(SECOND, 4), ...every(SECOND, 3, START + HOUR)];
    expect(chatterOf(twice)).toEqual({ episodes: 2, alarms: 7 });
  });
});

describe('figures', () => {
  it('percentiles lie between the two nearest, and nothing has none', () => {
    expect([percentile([], 0.5), percentile([7], 0.95)]).toEqual([null, 7]);
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([0, 100], 0.95)).toBeCloseTo(95);
  });

  it('a share of nothing is unknown', () => expect([shareOf(0, 0), shareOf(1, 4)]).toEqual([null, 0.25]));

  it('an alarm that was missed weighs five times a false one', () => {
    const of = (
      truePositives: number,
      trueNegatives: number,
      falsePositives: number,
      falseNegatives: number,
    ) => alarmScore({ truePositives, trueNegatives, falsePositives, falseNegatives });
    expect(of(10, 10, 0, 0)).toBe(100);
    expect(of(5, 5, 10, 0)).toBe(50);
    expect(of(5, 5, 0, 2)).toBe(50);
    expect(of(0, 0, 0, 0)).toBeNull();
  });
});
