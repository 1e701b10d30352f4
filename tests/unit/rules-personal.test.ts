import { describe, expect, it } from 'vitest';
import { memoFits } from '../../src/rules/parts/memo-fits.ts';
import { learn, type PersonalMemo, personalPart } from '../../src/rules/parts/personal.ts';
import { type ThresholdMemo, thresholdInput } from '../../src/rules/parts/threshold-input.ts';
import type { Personal, ThresholdPart } from '../../src/rules/rule.ts';
import { unevenTimes } from '../harness/part-play.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight in Shanghai. */
const START = Date.UTC(2026, 10, 1, 16);

const personal: Personal = {
  from: 60,
  to: 300,
  timeZone: 'Asia/Shanghai',
  nights: 5,
  margin: 40,
  between: [100, 130],
};
const part: ThresholdPart = {
  type: 'threshold',
  signal: 'heart_rate',
  soft: { op: 'above', value: 120 },
  forMs: 5 * MINUTE,
  minSamples: 2,
  maxGapMs: HOUR,
  clear: { op: 'at_most', value: 110 },
  clearForMs: 0,
  personal,
};

/** Days with one pulse at night and another by day. */
function live(
  of: Personal,
  days: number,
  {
    night,
    day,
    everyMs = 10 * MINUTE,
    memo,
  }: { night: number[]; day: number; everyMs?: number; memo?: PersonalMemo },
): PersonalMemo | undefined {
  let known = memo;
  for (const at of unevenTimes(everyMs, { from: START, to: START + days * DAY - 1 })) {
    const hour = ((at - START) % DAY) / HOUR;
    const usual = night[Math.floor((at - START + 2 * HOUR) / DAY)] ?? night.at(-1) ?? 0;
    known = learn(of, known, { at, value: hour < 6 || hour >= 22 ? usual : day });
  }
  expect(memoFits(part, known && { personal: known })).toBe(true);
  return known;
}

describe('what is usual for a wearer', () => {
  it.each([MINUTE, 10 * MINUTE])(
    'is learned from the quiet hours of the last nights, one value in %d ms',
    (everyMs) => {
      const four = live(personal, 4, { night: [70], day: 95, everyMs });
      expect(personalPart(part, four)).toBe(part);
      const memo = live(personal, 5, { night: [70], day: 95, everyMs });
      expect(memo?.nights).toEqual([70, 70, 70, 70, 70]);
      expect(personalPart(part, memo)).toMatchObject({
        soft: { op: 'above', value: 110 },
        clear: { op: 'at_most', value: 100 },
      });
    },
  );

  it('is a median: one feverish night moves nothing, a new habit does', () => {
    expect(
      personalPart(part, live(personal, 6.5, { night: [70, 70, 70, 110, 70, 70], day: 80 })).soft.value,
    ).toBe(110);
    expect(
      personalPart(part, live(personal, 9, { night: [70, 70, 70, 70, 70, 80, 80, 80], day: 80 })).soft.value,
    ).toBe(120);
  });

  it('moves a limit never beyond what is reasonable', () => {
    expect(personalPart(part, live(personal, 6, { night: [50], day: 80 })).soft.value).toBe(100);
    expect(personalPart(part, live(personal, 6, { night: [99], day: 99 })).soft.value).toBe(130);
  });

  it('lowers a lower limit by its margin', () => {
    const low: ThresholdPart = {
      ...part,
      soft: { op: 'below', value: 50 },
      clear: { op: 'at_least', value: 53 },
      personal: { ...personal, margin: 12, between: [35, 50] },
    };
    const memo = live(personal, 6, { night: [52], day: 70 });
    expect(personalPart(low, memo)).toMatchObject({
      soft: { op: 'below', value: 40 },
      clear: { op: 'at_least', value: 43 },
    });
  });

  it('knows quiet hours that pass midnight as one night', () => {
    const late = { ...personal, from: 22 * 60, to: 5 * 60 };
    expect(live(late, 5.5, { night: [60, 61, 62, 63, 64, 65], day: 90 })?.nights).toEqual([
      61, 62, 63, 64, 65,
    ]);
  });

  it('does not count a night of which there is too little', () => {
    const worn = (at: number) => at % DAY < (START % DAY) + 1.5 * HOUR;
    let memo: PersonalMemo | undefined;
    for (let at = START; at < START + 8 * DAY; at += 10 * MINUTE)
      if (worn(at)) memo = learn(personal, memo, { at, value: 70 });
    expect(memo?.nights).toEqual([]);
  });

  it('is forgotten when the band lay in a drawer for a month', () => {
    const memo = live(personal, 6, { night: [70], day: 80 });
    const later = START + 45 * DAY;
    let after = memo;
    for (let at = later; at < later + 12 * HOUR; at += 10 * MINUTE)
      after = learn(personal, after, { at, value: 85 });
    expect(after?.nights).toEqual([85]);
  });

  it('is of one wearer: of the next one nothing is known', () => {
    const memo = live(personal, 6, { night: [70], day: 80 });
    expect(personalPart(part, memo)).not.toBe(part);
    const noon = { at: START + 6.5 * DAY, value: 80 };
    expect(thresholdInput(part, { personal: memo as PersonalMemo }, { ...noon, wearer: 7 }).part).toBe(part);
    const night = learn(personal, memo, { at: START + 7 * DAY + 2 * HOUR, value: 66, wearer: 7 });
    expect(night).toMatchObject({ wearer: 7, nights: [], night: { sum: 66, count: 1 } });
    expect(
      learn(personal, night, { at: START + 7 * DAY + 3 * HOUR, value: 66, wearer: 7 })?.night?.count,
    ).toBe(2);
  });

  it('costs nothing by day: the same memory', () => {
    const memo: ThresholdMemo = { personal: { nights: [70], day: 1 } };
    const input = thresholdInput(part, memo, { at: START + 12 * HOUR, value: 90 });
    expect(input.memo).toBe(memo);
    expect(input.value).toBe(90);
  });
});

describe('the input of a threshold', () => {
  it('is both smoothed and held against what is usual', () => {
    const both: ThresholdPart = { ...part, smooth: { kind: 'median', overMs: 30 * MINUTE, atLeast: 3 } };
    let memo: ThresholdMemo | undefined;
    const values: (number | undefined)[] = [];
    for (const [index, value] of [70, 200, 72].entries()) {
      const input = thresholdInput(both, memo, { at: START + HOUR + index * 10 * MINUTE, value });
      memo = input.memo;
      values.push(input.value);
      expect(memoFits(both, memo)).toBe(true);
    }
    expect(values).toEqual([undefined, undefined, 72]);
    expect(memo?.personal?.night?.count).toBe(3);
    expect(memoFits(both, memo?.smooth)).toBe(false);
    expect(memoFits({ type: 'count' }, memo)).toBe(false);
  });
});
