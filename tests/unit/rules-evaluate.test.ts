import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Origin, Reading, ReadingValue } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import type { Part, Rule, ThresholdPart } from '../../src/rules/rule.ts';
import type { RuleChange } from '../../src/rules/rule-change.ts';
import { isIdle, parseState, type RuleState } from '../../src/rules/rule-state.ts';

const MINUTE = 60_000;
const expectedEveryMs = 15 * MINUTE;

const threshold: ThresholdPart = {
  type: 'threshold',
  signal: 'heart_rate',
  soft: { op: 'above', value: 120 },
  forMs: MINUTE,
  minSamples: 2,
  maxGapMs: 5 * MINUTE,
  clear: { op: 'below', value: 110 },
  clearForMs: MINUTE,
  hard: {
    limit: { op: 'above', value: 150 },
    severity: 'critical',
    consequence: 'incident',
    forMs: 0,
    minSamples: 1,
  },
};
const worn: Part = { type: 'state', signal: 'worn', is: false, forMs: 10 * MINUTE, clearForMs: 0 };
const silent: Part = { type: 'no_data', afterMs: 'device_default' };

const ruleOf = (...parts: Part[]): Rule => ({
  name: 'rule',
  version: '1',
  title: { zh: '规则', en: 'Rule' },
  kind: 'rule',
  severity: 'warning',
  consequence: 'notice',
  parts,
});

interface Sample {
  at: number;
  value: ReadingValue;
  signal?: Signal;
  origin?: Origin;
  receivedAt?: number;
}

function reading({ at, value, signal = 'heart_rate', origin = 'live', receivedAt = at }: Sample): Reading {
  return {
    deviceId: 1,
    protocol: 'native',
    nativeId: 'a',
    signal,
    value,
    origin,
    observedAt: at,
    receivedAt,
  };
}

/** Plays samples, and ticks where a number stands. */
function play(rule: Rule, steps: readonly (Sample | number)[], from?: RuleState) {
  let state = from;
  const changes: RuleChange[] = [];
  for (const step of steps) {
    const result =
      typeof step === 'number'
        ? evaluate(rule, state, { type: 'tick', expectedEveryMs }, step)
        : evaluate(rule, state, { type: 'reading', reading: reading(step), expectedEveryMs }, step.at);
    state = result.state;
    changes.push(...result.changes);
  }
  return { state, changes, told: changes.map((c) => `${c.rise ? 'risen' : c.state}@${c.at}`) };
}

const every = (seconds: number, values: readonly number[], start = 0): Sample[] =>
  values.map((value, index) => ({ at: start + index * seconds * 1000, value }));

describe('a threshold', () => {
  const rule = ruleOf(threshold);

  it('is late for nobody who held it, and early for nobody who did not', () => {
    expect(play(rule, every(10, Array(6).fill(130))).told).toEqual([]);
    expect(play(rule, every(10, Array(7).fill(130))).told).toEqual(['firing@60000']);
  });

  it('never fires on missing data, however much time passes', () => {
    expect(play(rule, [...every(10, [130, 130]), 10 * MINUTE, 60 * MINUTE]).told).toEqual([]);
  });

  it('does not count across a gap', () => {
    expect(
      play(rule, [
        { at: 0, value: 130 },
        { at: 6 * MINUTE, value: 130 },
      ]).told,
    ).toEqual([]);
    expect(
      play(rule, [
        { at: 0, value: 130 },
        { at: 5 * MINUTE, value: 130 },
      ]).told,
    ).toHaveLength(1);
  });

  it('does not clear across a gap', () => {
    const firing = play(rule, every(10, [160]));
    const calm = [
      { at: MINUTE, value: 90 },
      { at: 10 * MINUTE, value: 90 },
    ];
    expect(play(rule, calm, firing.state).told).toEqual([]);
    expect(play(rule, [...calm, { at: 11 * MINUTE, value: 90 }], firing.state).told).toEqual([
      'resolved@660000',
    ]);
  });

  it('follows a device whose clock was set back', () => {
    const before: Sample[] = [{ at: 3_600_000, value: 80, receivedAt: 3_600_000 }];
    const after: Sample[] = [{ at: 600_000, value: 170, receivedAt: 3_600_000 + 6 * MINUTE }];
    expect(play(rule, [...before, ...after]).told).toEqual(['firing@600000']);
  });

  it('rises once from the soft limit to the hard one, as the same alert', () => {
    const { changes, told } = play(rule, every(10, [...Array(7).fill(130), 155, 160, 130]));
    expect(told).toEqual(['firing@60000', 'risen@70000']);
    expect(changes.map((c) => [c.severity, c.consequence])).toEqual([
      ['warning', 'notice'],
      ['critical', 'incident'],
    ]);
  });
});

describe('a state', () => {
  it('comes true when its time has passed, though the device said it only once', () => {
    const off = { at: 0, value: false, signal: 'worn' } as const;
    expect(play(ruleOf(worn), [off, 9 * MINUTE]).told).toEqual([]);
    expect(play(ruleOf(worn), [off, 10 * MINUTE]).told).toEqual([`firing@${10 * MINUTE}`]);
    expect(play(ruleOf(worn), [off, { ...off, at: MINUTE, value: true }, 20 * MINUTE]).told).toEqual([]);
  });
});

describe('no data', () => {
  it('is put off by any uplink of the device', () => {
    const rule = ruleOf(silent);
    const { state } = play(rule, [{ at: 0, value: 80 }]);
    const tick = { type: 'tick', expectedEveryMs } as const;
    expect(evaluate(rule, state, { ...tick, heardAt: 5 * MINUTE }, 15 * MINUTE).changes).toEqual([]);
    expect(evaluate(rule, state, tick, 15 * MINUTE).changes).toHaveLength(1);
  });

  it('takes what the broker says of an absent device for no sign of life', () => {
    const gone = { at: MINUTE, value: false, signal: 'online' } as const;
    expect(play(ruleOf(silent), [{ at: 0, value: 80 }, gone, 15 * MINUTE]).told).toHaveLength(1);
  });
});

const anyRule = fc.constantFrom(
  ruleOf(threshold),
  ruleOf(worn),
  ruleOf(silent),
  ruleOf(threshold, worn),
  ruleOf({ ...threshold, forMs: 0, minSamples: 1, clearForMs: 0 }),
);
const anySample = fc.record({
  gap: fc.integer({ min: -30_000, max: 8 * MINUTE }),
  late: fc.integer({ min: 0, max: 20_000 }),
  kind: fc.constantFrom('heart_rate', 'worn', 'steps', 'tick'),
  number: fc.integer({ min: 60, max: 180 }),
  yes: fc.boolean(),
});
type AnySample = typeof anySample extends fc.Arbitrary<infer T> ? T : never;

function steps(samples: readonly AnySample[], origin: Origin = 'live'): (Sample | number)[] {
  let now = 1_000_000;
  return samples.map(({ gap, late, kind, number, yes }) => {
    now += Math.max(gap, 0);
    if (kind === 'tick') return now;
    const value = kind === 'worn' ? yes : number;
    return { at: now + Math.min(gap, 0) - late, receivedAt: now, signal: kind as Signal, value, origin };
  });
}

describe('whatever comes', () => {
  it('nothing fires twice without resolving, or resolves without having fired', () => {
    fc.assert(
      fc.property(anyRule, fc.array(anySample, { maxLength: 60 }), (rule, samples) => {
        let firing = false;
        for (const change of play(rule, steps(samples)).changes) {
          expect(change.rise || change.eased || change.state === 'resolved').toBe(firing);
          firing = change.state === 'firing';
        }
      }),
    );
  });

  it('a value that is not live changes nothing', () => {
    const origins = fc.constantFrom<Origin>('history', 'retained', 'replay', 'simulated', 'test');
    fc.assert(
      fc.property(anyRule, fc.array(anySample, { maxLength: 30 }), origins, (rule, samples, origin) => {
        const before = play(rule, every(10, [130, 130])).state;
        const played = steps(samples, origin).filter((step) => typeof step !== 'number');
        expect(play(rule, played, before)).toMatchObject({ state: before, changes: [] });
      }),
    );
  });

  it('time alone never fires or clears a threshold', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 60, max: 180 })), fc.array(fc.nat()), (values, ticks) => {
        const { state } = play(ruleOf(threshold), every(10, values));
        expect(play(ruleOf(threshold), ticks, state).changes).toEqual([]);
      }),
    );
  });

  it('a state that went through the database goes on as if it had not', () => {
    fc.assert(
      fc.property(anyRule, fc.array(anySample, { maxLength: 40 }), fc.nat(40), (rule, samples, cut) => {
        const all = steps(samples);
        const first = play(rule, all.slice(0, cut));
        const parsed = parseState(JSON.parse(JSON.stringify(first.state ?? null)), rule);
        expect(parsed).toEqual(first.state);
        const rest = play(rule, all.slice(cut), parsed);
        expect([...first.told, ...rest.told]).toEqual(play(rule, all).told);
      }),
    );
  });

  it('an idle state has no alert, nothing pending and nothing due', () => {
    expect(isIdle(play(ruleOf(threshold), every(10, [80, 90])).state ?? { parts: [] })).toBe(true);
    expect(isIdle(play(ruleOf(threshold), every(10, [80, 130])).state ?? { parts: [] })).toBe(false);
  });
});
