import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { dueCount, stepCount } from '../../src/rules/parts/count.ts';
import type { CountPart } from '../../src/rules/rule.ts';
import { playPart, unevenTimes } from '../harness/part-play.ts';
import { NOON, reading } from '../harness/readings.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const thrice: CountPart = {
  type: 'count',
  signal: 'vibration',
  match: { is: true },
  atLeast: 3,
  withinMs: 10 * MINUTE,
};
const high: CountPart = {
  ...thrice,
  signal: 'conductor_temperature',
  match: { limit: { op: 'at_least', value: 70 } },
};

const play = (part: CountPart, readings: Iterable<Reading>) => {
  const steps = { step: stepCount, due: dueCount, until: NOON + 600 * MINUTE };
  const { fires, ends, state } = playPart(part, steps, readings);
  return { fires: minutes(fires), ends: minutes(ends), state };
};
const minutes = (times: number[]) => times.map((at) => (at - NOON) / MINUTE);
const shakenAt = (...at: number[]) =>
  at.map((minute) => reading({ signal: 'vibration', observedAt: NOON + minute * MINUTE, value: true }));

describe('a count', () => {
  it('is reached by so many within the time, and ends by itself when it was not said for as long', () => {
    expect(play(thrice, shakenAt(0, 4, 9, 11))).toEqual({ fires: [9], ends: [21], state: null });
    expect(play(thrice, shakenAt(0, 5, 10, 16, 22)).fires).toEqual([]);
  });

  it('is reached again after it ended, and goes on as long as it is said', () => {
    expect(play(thrice, shakenAt(0, 1, 2, 30, 31, 32))).toMatchObject({ fires: [2, 32], ends: [12, 42] });
    expect(play(thrice, shakenAt(0, 1, 2, 5, 9, 13, 17))).toMatchObject({ fires: [2], ends: [27] });
  });

  it('counts what came twice once', () => {
    expect(play(thrice, shakenAt(0, 0, 0, 1, 1)).fires).toEqual([]);
  });

  it('counts readings beyond a limit, at 1 Hz as at one in ten minutes', () => {
    const values = function* (everyMs: number, beyond: (at: number) => boolean) {
      for (const at of unevenTimes(everyMs, { from: 0, to: 300 * MINUTE, lost: 0.1 }))
        yield reading({ signal: high.signal, observedAt: NOON + at, value: beyond(at) ? 75 : 40 });
    };
    const { fires, ends } = play(
      high,
      values(SECOND, (at) => at > 60 * MINUTE && at < 61 * MINUTE),
    );
    expect(fires).toHaveLength(1);
    expect(fires[0]).toBeCloseTo(60, 0);
    expect(ends[0]).toBeCloseTo(71, 0);
    const slow = { ...high, withinMs: 60 * MINUTE };
    expect(
      play(
        slow,
        values(10 * MINUTE, (at) => at > 60 * MINUTE && at < 120 * MINUTE),
      ).fires,
    ).toHaveLength(1);
    expect(
      play(
        slow,
        values(10 * MINUTE, () => false),
      ).state,
    ).toBeNull();
  });

  it('costs nothing where it is not said', () => {
    const [said] = shakenAt(0);
    const state = stepCount(thrice, null, said as Reading);
    expect(
      stepCount(thrice, state, reading({ signal: 'vibration', observedAt: NOON + MINUTE, value: false })),
    ).toBe(state);
    expect(
      stepCount(thrice, null, reading({ signal: 'vibration', observedAt: NOON, value: false })),
    ).toBeNull();
    expect(stepCount(thrice, state, reading({ signal: 'tilt', observedAt: NOON, value: 4 }))).toBe(state);
  });
});
