import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { dueAbsence, stepAbsence } from '../../src/rules/parts/absence.ts';
import type { AbsencePart } from '../../src/rules/rule.ts';
import { playPart, unevenTimes } from '../harness/part-play.ts';
import { reading } from '../harness/readings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Midnight in Shanghai. */
const START = Date.UTC(2026, 10, 1, 16);

const morning: AbsencePart = {
  type: 'absence',
  signs: [
    { signal: 'steps', match: 'rises' },
    { signal: 'moving', match: { is: true } },
  ],
  from: 5 * 60,
  by: 10 * 60,
  timeZone: 'Asia/Shanghai',
};

const play = (readings: Iterable<Reading>, { part = morning, hours = 24 } = {}) => {
  const steps = { step: stepAbsence, due: dueAbsence, until: START + hours * HOUR };
  const { fires, ends, state } = playPart(part, steps, readings);
  return { fires: fires.map(hoursOf), ends: ends.map(hoursOf), state };
};
const hoursOf = (at: number) => (at - START) / HOUR;
const at = (hour: number, signal: Reading['signal'], value: number | boolean) =>
  reading({ signal, observedAt: START + hour * HOUR, value });
/** Of a band that told movement the evening before. */
const pulse = (...hours: number[]) => [
  at(-4, 'moving', true),
  ...hours.map((hour) => at(hour, 'heart_rate', 70)),
];

describe('an absence', () => {
  it('is told at the time of the day when the device spoke and no sign was seen', () => {
    expect(play(pulse(4, 6, 8)).fires).toEqual([10]);
  });

  it('is not told when a sign was seen in time, by movement or by steps', () => {
    expect(play([...pulse(6), at(9.9, 'moving', true)]).fires).toEqual([]);
    expect(play([at(6, 'steps', 100), at(8, 'steps', 112)]).fires).toEqual([]);
  });

  it('is told when the sign came before the time, or does not rise', () => {
    expect(play([at(4.9, 'moving', true), ...pulse(6)]).fires).toEqual([10]);
    expect(play([at(6, 'steps', 100), at(8, 'steps', 100), at(9, 'moving', false)]).fires).toEqual([10]);
    expect(play([at(4, 'steps', 5_000), at(6, 'steps', 5_200)]).fires).toEqual([10]);
    expect(play([at(6, 'steps', 5_000), at(8, 'steps', 0)]).fires).toEqual([10]);
  });

  it('is not told of a device that knows none of the signs', () => {
    expect(play(pulse(4, 6, 8).slice(1)).fires).toEqual([]);
  });

  it('is not told of a device that did not speak: that is silence', () => {
    expect(play(pulse(1, 4.9, 10.1, 12)).fires).toEqual([]);
  });

  it('ends with the first sign, whenever that comes', () => {
    expect(play([...pulse(6), at(11, 'moving', true)])).toMatchObject({
      fires: [10],
      ends: [11],
    });
    const nextDay = [at(6, 'steps', 10), at(20, 'steps', 10), at(29, 'steps', 10), at(30, 'steps', 11)];
    expect(play(nextDay, { hours: 48 })).toMatchObject({ fires: [10], ends: [30] });
  });

  it('counts a sign that ended it for the day on which it came', () => {
    const two = [...pulse(6), at(30, 'moving', true), ...pulse(31, 33).slice(1)];
    expect(play(two, { hours: 48 })).toMatchObject({ fires: [10], ends: [30] });
  });

  it('looks at every day anew, at one value a minute or in ten', () => {
    for (const everyMs of [MINUTE, 10 * MINUTE]) {
      const days = function* () {
        for (const time of unevenTimes(everyMs, { from: START, to: START + 4 * DAY })) {
          const hour = ((time - START) % DAY) / HOUR;
          const lies = time > START + 2 * DAY && time < START + 3 * DAY;
          yield reading({ signal: 'moving', observedAt: time, value: !lies && hour > 7 && hour < 21 });
        }
      };
      const { fires, ends } = play(days(), { hours: 96 });
      expect(fires).toEqual([58]);
      expect(ends).toHaveLength(1);
      expect(ends[0]).toBeCloseTo(79, 0);
    }
  });

  it('may look at a night', () => {
    const night = { ...morning, from: 22 * 60, by: 2 * 60 };
    expect(play(pulse(23), { part: night, hours: 48 }).fires).toEqual([26]);
    expect(play([...pulse(23), at(25.5, 'moving', true)], { part: night, hours: 48 }).fires).toEqual([]);
  });

  it('costs nothing once a sign was seen, and at other times of the day', () => {
    const state = stepAbsence(morning, null, at(6, 'moving', true));
    expect(stepAbsence(morning, state, at(7, 'steps', 900))).toBe(state);
    const known = stepAbsence(morning, null, at(12, 'steps', 900));
    expect(stepAbsence(morning, known, at(13, 'steps', 950))).toBe(known);
    const still = stepAbsence(morning, null, at(6, 'steps', 900));
    expect(stepAbsence(morning, still, at(7, 'heart_rate', 71))).toBe(still);
  });
});
