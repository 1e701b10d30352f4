import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { compileExpression } from '../../src/rules/expressions.ts';
import { dueExpression, stepExpression } from '../../src/rules/parts/expression.ts';
import type { ExpressionPart } from '../../src/rules/rule.ts';
import { playPart, unevenTimes } from '../harness/part-play.ts';
import { NOON, reading } from '../harness/readings.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const partOf = (when: string, more: Partial<ExpressionPart> = {}): ExpressionPart => ({
  type: 'expression',
  when,
  reads: compileExpression(when).reads,
  forMs: 0,
  clearForMs: 0,
  maxAgeMs: 15 * MINUTE,
  ...more,
});
const strained = 'heart_rate > 120.0 && spo2 < 92.0';

const play = (part: ExpressionPart, readings: Iterable<Reading>) => {
  const steps = { step: stepExpression, due: dueExpression, until: NOON + 600 * MINUTE };
  const { fires, ends, state } = playPart(part, steps, readings);
  const minutes = (times: number[]) => times.map((at) => (at - NOON) / MINUTE);
  return { fires: minutes(fires), ends: minutes(ends), state };
};
const at = (minute: number, signal: Reading['signal'], value: number | boolean | string, channel?: string) =>
  reading({ signal, observedAt: NOON + minute * MINUTE, value, ...(channel ? { channel } : {}) });

describe('an expression', () => {
  it('joins the latest values of several signals', () => {
    const readings = [
      at(0, 'heart_rate', 130),
      at(1, 'spo2', 95),
      at(2, 'spo2', 90),
      at(3, 'heart_rate', 130),
      at(4, 'heart_rate', 90),
    ];
    expect(play(partOf(strained), readings)).toMatchObject({ fires: [2], ends: [4] });
  });

  it('says nothing while a value is missing or too old', () => {
    expect(play(partOf(strained), [at(0, 'heart_rate', 130), at(1, 'heart_rate', 135)]).fires).toEqual([]);
    expect(play(partOf(strained), [at(0, 'heart_rate', 130), at(16, 'spo2', 80)]).fires).toEqual([]);
    const stale = [at(0, 'heart_rate', 130), at(1, 'spo2', 80), at(30, 'spo2', 99), at(31, 'heart_rate', 80)];
    expect(play(partOf(strained), stale)).toMatchObject({ fires: [1], ends: [31] });
  });

  it('has to be true for a time, and untrue for another, by readings', () => {
    const part = partOf('heart_rate > 120.0', { forMs: 2 * MINUTE, clearForMs: 3 * MINUTE });
    const values = [130, 130, 100, 130, 130, 130, 100, 100, 130, 100, 100, 100, 100];
    const readings = values.map((value, minute) => at(minute, 'heart_rate', value));
    expect(play(part, readings)).toMatchObject({ fires: [5], ends: [12] });
    expect(play(part, [at(0, 'heart_rate', 130)]).fires).toEqual([]);
  });

  it.each([SECOND, 10 * MINUTE])('holds for a device that speaks every %d ms or so', (everyMs) => {
    const part = partOf(strained, { forMs: 2 * MINUTE, clearForMs: MINUTE, maxAgeMs: 45 * MINUTE });
    const [from, to] = everyMs === SECOND ? [5, 15] : [100, 200];
    const readings = function* () {
      for (const time of unevenTimes(everyMs, { from: 0, to: 1.5 * to * MINUTE })) {
        const isBad = time > from * MINUTE && time < to * MINUTE;
        yield at(time / MINUTE, 'heart_rate', isBad ? 130 : 80);
        yield at(time / MINUTE, 'spo2', isBad ? 88 : 97);
      }
    };
    const { fires, ends } = play(part, readings());
    expect(fires).toHaveLength(1);
    expect(ends).toHaveLength(1);
    expect(fires[0]).toBeGreaterThan(from);
    expect(fires[0]).toBeLessThan(from + 2 + (3 * everyMs) / MINUTE);
    expect(ends[0]).toBeLessThan(to + 1 + (3 * everyMs) / MINUTE);
  });

  it('ends by its own condition where it has one', () => {
    const part = partOf('heart_rate > 120.0', { clear: 'heart_rate < 100.0' });
    const readings = [130, 110, 119, 99].map((value, minute) => at(minute, 'heart_rate', value));
    expect(play(part, readings)).toMatchObject({ fires: [0], ends: [3] });
  });

  it('of states alone comes true, and ends, by time: they hold until the device says otherwise', () => {
    const part = partOf('cover_open && breaker_position == "open"', {
      forMs: 5 * MINUTE,
      clearForMs: 2 * MINUTE,
      maxAgeMs: 60 * MINUTE,
    });
    const readings = [
      at(0, 'cover_open', true),
      at(1, 'breaker_position', 'open'),
      at(10, 'cover_open', false),
    ];
    expect(play(part, readings)).toMatchObject({ fires: [6], ends: [12] });
    expect(play({ ...part, maxAgeMs: 3 * MINUTE }, readings).fires).toEqual([]);
    expect(play(part, [...readings.slice(0, 2), at(3, 'cover_open', false)]).fires).toEqual([]);
  });

  it('reads one channel by its name', () => {
    const part = partOf('abs(voltage_a - voltage_b) > 20.0');
    expect(part.reads.map(({ channel }) => channel)).toEqual(['a', 'b']);
    const readings = [at(0, 'voltage', 230, 'a'), at(0, 'voltage', 400, 'c'), at(1, 'voltage', 205, 'b')];
    expect(play(part, readings).fires).toEqual([1]);
  });

  it('changes nothing for what it does not read', () => {
    const state = stepExpression(partOf(strained), null, at(0, 'spo2', 88));
    expect(stepExpression(partOf(strained), state, at(1, 'steps', 5))).toBe(state);
  });
});
