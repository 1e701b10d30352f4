import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { stepShift } from '../../src/rules/parts/shift.ts';
import type { ShiftPart } from '../../src/rules/rule.ts';
import { normal, playPart, randomNumbers, unevenTimes } from '../harness/part-play.ts';
import { NOON, reading } from '../harness/readings.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const flow: ShiftPart = {
  type: 'shift',
  signal: 'water_flow',
  direction: 'both',
  learnMs: 5 * MINUTE,
  minSamples: 30,
  steadyShare: 0.05,
  drift: 1,
  threshold: 11,
  clip: 4,
  leastSpread: 1,
  leastShare: 0.003,
  followMs: HOUR,
  clearWithin: 0.8,
  clearSmoothMs: 30 * SECOND,
  clearForMs: 80 * SECOND,
  acceptAfterMs: 30 * MINUTE,
  maxGapMs: 45 * MINUTE,
};

/** Flow with some noise, at the times of a device, of a level that depends on how long it has run. */
function* flowAt(times: Iterable<number>, level: (sinceMs: number) => number): Generator<Reading> {
  const random = randomNumbers(7);
  for (const at of times)
    yield reading({
      signal: 'water_flow',
      observedAt: at,
      value: level(at - NOON) + 10 * normal(random),
    });
}

const eachSecond = (forMs: number) => unevenTimes(SECOND, { from: NOON, to: NOON + forMs, lost: 0 });
const play = (part: ShiftPart, readings: Iterable<Reading>) => {
  const { fires, ends, state } = playPart(part, { step: stepShift }, readings);
  const since = (times: number[]) => times.map((at) => at - NOON);
  return { fires: since(fires), ends: since(ends), state };
};

describe('a shift', () => {
  it('is not what scatters about what is usual, for a day', () => {
    const readings = flowAt(unevenTimes(15 * SECOND, { from: NOON, to: NOON + 24 * HOUR }), () => 1_000);
    expect(play(flow, readings).fires).toEqual([]);
  });

  it('upwards counts only beyond a drift of its own, and downwards as before', () => {
    const changed = (level: number) =>
      flowAt(eachSecond(15 * MINUTE), (sinceMs) => (sinceMs > 10 * MINUTE ? level : 1_000));
    const part = { ...flow, driftUp: 3 };
    expect(play(part, changed(1_025)).fires).toEqual([]);
    expect(play(part, changed(1_060)).fires).toHaveLength(1);
    expect(play(flow, changed(1_025)).fires).toHaveLength(1);
    expect(play(part, changed(975)).fires).toEqual(play(flow, changed(975)).fires);
  });

  it.each([
    ['down', 970],
    ['up', 1_030],
  ])('is told %s within half a minute at 1 Hz, and is over when the flow is back', (_name, level) => {
    const of = (sinceMs: number) => (sinceMs > 10 * MINUTE && sinceMs < 15 * MINUTE ? level : 1_000);
    const { fires, ends } = play(flow, flowAt(eachSecond(20 * MINUTE), of));
    expect(fires).toHaveLength(1);
    expect(ends).toHaveLength(1);
    expect(fires[0]).toBeGreaterThan(10 * MINUTE);
    expect(fires[0]).toBeLessThan(10.5 * MINUTE);
    expect(ends[0]).toBeGreaterThan(15 * MINUTE + flow.clearForMs);
    expect(ends[0]).toBeLessThan(19 * MINUTE);
  });

  it('is told, and over, at one value in ten minutes with gaps, in a dozen values', () => {
    const times = unevenTimes(10 * MINUTE, { from: NOON, to: NOON + 40 * HOUR });
    const of = (sinceMs: number) => (sinceMs > 12 * HOUR && sinceMs < 24 * HOUR ? 970 : 1_000);
    const slow = { ...flow, clearForMs: HOUR, acceptAfterMs: 48 * HOUR };
    const { fires, ends } = play(slow, flowAt(times, of));
    expect(fires).toHaveLength(1);
    expect(ends).toHaveLength(1);
    expect(fires[0]).toBeGreaterThan(12 * HOUR);
    expect(fires[0]).toBeLessThan(15 * HOUR);
    expect(ends[0]).toBeGreaterThan(24 * HOUR);
    expect(ends[0]).toBeLessThan(30 * HOUR);
  });

  it('looks only into its direction', () => {
    const rises = (sinceMs: number) => (sinceMs > 10 * MINUTE ? 1_100 : 1_000);
    const readings = () => flowAt(eachSecond(12 * MINUTE), rises);
    expect(play({ ...flow, direction: 'down' }, readings()).fires).toEqual([]);
    expect(play({ ...flow, direction: 'up' }, readings()).fires).toHaveLength(1);
  });

  it('is not one wild value, however far it is off', () => {
    const of = (sinceMs: number) => (sinceMs === 10 * MINUTE ? 90_000 : 1_000);
    const times = Array.from({ length: 900 }, (_, second) => NOON + second * SECOND);
    expect(play(flow, flowAt(times, of)).fires).toEqual([]);
    expect(play({ ...flow, clip: 100 }, flowAt(times, of)).fires).toHaveLength(1);
  });

  it('is not what changes slowly: what is usual follows', () => {
    const of = (sinceMs: number) => 1_000 + (30 * sinceMs) / (12 * HOUR);
    const readings = () => flowAt(unevenTimes(15 * SECOND, { from: NOON, to: NOON + 12 * HOUR }), of);
    expect(play(flow, readings()).fires).toEqual([]);
    expect(play({ ...flow, followMs: 1_000 * HOUR }, readings()).fires).not.toEqual([]);
  });
});

describe('what is usual', () => {
  it('is not learned while it swings', () => {
    const of = (sinceMs: number) =>
      sinceMs < 20 * MINUTE ? 1_000 + 300 * Math.sin(sinceMs / MINUTE) : 1_000;
    const { fires, state } = play(flow, flowAt(eachSecond(21 * MINUTE), of));
    expect(fires).toEqual([]);
    expect(state?.memo).toHaveProperty('values');
    expect(play(flow, flowAt(eachSecond(26 * MINUTE), of)).state?.memo).toHaveProperty('mean');
  });

  it('has at least the least spread: what never moves may move a little', () => {
    const of = (sinceMs: number) => (sinceMs > 10 * MINUTE ? 5 : 4);
    const still = function* () {
      for (const at of eachSecond(15 * MINUTE))
        yield reading({ signal: 'water_flow', observedAt: at, value: of(at - NOON) });
    };
    expect(play({ ...flow, leastSpread: 1 }, still()).fires).toEqual([]);
    expect(play({ ...flow, leastSpread: 0.2 }, still()).fires).toHaveLength(1);
  });

  it('is what has stayed for long enough, and is learned anew then', () => {
    const of = (sinceMs: number) => (sinceMs > 10 * MINUTE ? 900 : 1_000);
    const { fires, ends, state } = play(flow, flowAt(eachSecond(60 * MINUTE), of));
    expect(fires).toHaveLength(1);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toBeGreaterThan(40 * MINUTE);
    const memo = state?.memo as { mean: number };
    expect(memo.mean).toBeGreaterThan(890);
    expect(memo.mean).toBeLessThan(910);
  });

  it('is learned anew after a long silence, but silence ends nothing that is true', () => {
    const of = (sinceMs: number) => (sinceMs > 10 * MINUTE ? 900 : 1_000);
    const before = [...flowAt(eachSecond(10 * MINUTE), of)];
    const after = [
      ...flowAt(unevenTimes(SECOND, { from: NOON + 2 * HOUR, to: NOON + 2.05 * HOUR, lost: 0 }), of),
    ];
    expect(play(flow, [...before, ...after]).fires).toEqual([]);
    const told = [...flowAt(eachSecond(11 * MINUTE), of)];
    const patient = { ...flow, acceptAfterMs: 24 * HOUR };
    const { fires, ends } = play(patient, [...told, ...after]);
    expect(fires).toHaveLength(1);
    expect(ends).toEqual([]);
  });

  it('changes nothing for other signals, repeated moments and what is no number', () => {
    const state = { last: NOON, heard: NOON, memo: { mean: 1_000, spread: 10, up: 0, down: 0, trend: 0 } };
    const given = { signal: 'water_flow', observedAt: NOON + SECOND } as const;
    expect(stepShift(flow, state, reading({ ...given, signal: 'water_pressure', value: 5 }))).toBe(state);
    expect(stepShift(flow, state, reading({ ...given, observedAt: NOON, value: 5 }))).toBe(state);
    expect(stepShift(flow, state, reading({ ...given, value: Number.NaN }))).toBe(state);
  });
});
