import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import { replay } from '../../src/rules/replay.ts';
import { applies, type DropPart, type Part, type Rule, type Selection } from '../../src/rules/rule.ts';
import { dueAt, isIdle, mustSave, parseState, type RuleState } from '../../src/rules/rule-state.ts';
import { parseSeries } from '../../src/rules/series.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const { rules: shipped } = await loadRules('alert-rules');
const expectedEveryMs = 15 * MINUTE;

const ruleOf = (parts: Part[], more: Partial<Rule> = {}): Rule => ({
  name: 'rule',
  version: '1',
  title: { zh: '规则', en: 'Rule' },
  kind: 'rule',
  severity: 'warning',
  consequence: 'ticket',
  faultClass: 'device_fault',
  parts,
  ...more,
});
const shippedRule = (name: string): Rule => {
  const rule = shipped.find((one) => one.name === name);
  if (!rule) throw new Error(`no rule ${name}`);
  return rule;
};

type Given = Pick<Reading, 'signal' | 'value'> & Partial<Reading>;
const reading = (at: number, given: Given): Reading => ({
  deviceId: 1,
  protocol: 'native',
  nativeId: 'a',
  origin: 'live',
  observedAt: at,
  receivedAt: at,
  ...given,
});

/** Plays numbers of one signal a minute apart, and says after which minutes the rule fired and resolved. */
function playNumbers(rule: Rule, values: readonly number[]) {
  const readings = values.map((value, minute) =>
    reading(minute * MINUTE, { signal: 'water_pressure', value }),
  );
  return replay([rule], readings, { expectedEveryMs }).map(({ state, at }) => `${state}@${at / MINUTE}`);
}

describe('a drop', () => {
  const drop: DropPart = {
    type: 'drop',
    signal: 'water_pressure',
    by: { percent: 30 },
    withinMs: 10 * MINUTE,
    holdsMs: 10 * MINUTE,
  };

  it('is a fall from the highest of its time, and over when half of it is made good', () => {
    expect(playNumbers(ruleOf([drop]), [300, 310, 290, 220, 200, 240, 264])).toEqual([
      'firing@4',
      'resolved@6',
    ]);
  });

  it('can be told in the unit of the signal', () => {
    const by = ruleOf([{ ...drop, by: { amount: 100 } }]);
    expect(playNumbers(by, [300, 201])).toEqual([]);
    expect(playNumbers(by, [300, 200])).toEqual(['firing@1']);
  });

  it('does not look further back than its time', () => {
    const slow = Array.from({ length: 40 }, (_, minute) => 300 - 5 * minute);
    expect(playNumbers(ruleOf([drop]), slow.slice(0, 30))).toEqual([]);
    expect(playNumbers(ruleOf([drop]), [300, ...Array(10).fill(250), 205])).toEqual([]);
  });

  it('finds exactly the falls that a look at all samples finds, but for an eighth of its time at the edge', () => {
    const anyValues = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(anyValues, (values) => {
        const [first] = playNumbers(ruleOf([drop]), values);
        const falls = (back: number) =>
          values.findIndex((value, i) => {
            const highest = Math.max(...values.slice(Math.max(0, i - back), i + 1));
            return highest > value && highest - value >= highest * 0.3;
          });
        const firedAt = first === undefined ? -1 : Number(first.split('@')[1]);
        const [strict, lax] = [falls(8), falls(10)];
        if (strict >= 0) expect(firedAt).toBeLessThanOrEqual(strict);
        if (strict >= 0) expect(firedAt).toBeGreaterThanOrEqual(0);
        if (firedAt >= 0) expect(lax >= 0 && lax <= firedAt).toBe(true);
      }),
    );
  });

  it('remembers few samples, however many come, and writes little', () => {
    let state: RuleState | undefined;
    let stored: RuleState | undefined;
    let writes = 0;
    const rule = ruleOf([drop]);
    for (let second = 0; second < 3_600; second++) {
      const value = 300 + (second % 7);
      const input = {
        type: 'reading',
        reading: reading(second * SECOND, { signal: 'water_pressure', value }),
      } as const;
      ({ state } = evaluate(rule, state, { ...input, expectedEveryMs }, second * SECOND));
      expect(state?.parts[0]?.window?.length).toBeLessThanOrEqual(10);
      if (!state || !mustSave(stored, state)) continue;
      stored = state;
      writes++;
    }
    expect(writes).toBeLessThan(1_800);
  });
});

describe('an event that stands', () => {
  const trip = shippedRule('breaker_tripped');

  it('keeps its cause and stage as evidence', () => {
    const fault = reading(0, {
      signal: 'breaker_fault',
      value: true,
      cause: 'arc_fault',
      stage: 'trip',
      code: 'arc',
    });
    const [change] = replay([trip], [fault], { expectedEveryMs });
    expect(change?.evidence).toMatchObject({ cause: 'arc_fault', stage: 'trip', code: 'arc' });
  });

  it('is not ended by a position that is taken back at once', () => {
    const step = (at: number, given: Given) => reading(at * SECOND, given);
    const fault = { signal: 'breaker_fault', value: true, cause: 'overload', stage: 'trip' } as const;
    const told = replay(
      [trip],
      [
        step(0, fault),
        step(10, { signal: 'breaker_position', value: 'closed' }),
        step(50, { signal: 'breaker_position', value: 'open' }),
      ],
      { expectedEveryMs, untilMs: 60 * MINUTE },
    );
    expect(told.map(({ state }) => state)).toEqual(['firing']);
  });
});

describe('whom a rule is for', () => {
  const device = { protocol: 'zigbee2mqtt', nativeId: 'a', subjectId: undefined, gatewayId: 7 };
  const isFor = (only: Selection, more = {}) => applies({ only }, { ...device, ...more });

  it('is any of its lists, and every condition besides', () => {
    expect(isFor({ protocols: ['native', 'zigbee2mqtt'] })).toBe(true);
    expect(isFor({ protocols: ['native'], devices: ['a'] })).toBe(true);
    expect(isFor({ protocols: ['native'] })).toBe(false);
    expect(isFor({ withSubject: false })).toBe(true);
    expect(isFor({ withSubject: false }, { subjectId: 3 })).toBe(false);
    expect(isFor({ withSubject: true }, { subjectId: 3 })).toBe(true);
    expect(isFor({ protocols: ['zigbee2mqtt'], behindGateway: false })).toBe(false);
    expect(isFor({ protocols: ['zigbee2mqtt'], behindGateway: false }, { gatewayId: undefined })).toBe(true);
  });
});

describe('the state of an asset', () => {
  const burst = shippedRule('burst_suspected');
  const of = (deviceId: number, minute: number, given: Given) =>
    reading(minute * MINUTE, { ...given, deviceId, assetId: 9 });
  const before = [0, 1, 2].flatMap((minute) => [
    of(1, minute, { signal: 'water_pressure', value: 310 }),
    of(2, minute, { signal: 'water_flow', value: 2_000 }),
  ]);
  const broken = [3, 4, 5].flatMap((minute) => [
    of(1, minute, { signal: 'water_pressure', value: 170 }),
    of(2, minute, { signal: 'water_flow', value: 19_000 }),
  ]);

  it('joins the devices of one asset and of no other', () => {
    const fired = replay([burst], [...before, ...broken], { expectedEveryMs });
    expect(fired.map(({ state }) => state)).toEqual(['firing']);
    const apart = [...before, ...broken].map((one) => ({ ...one, assetId: one.deviceId }));
    expect(replay([burst], apart, { expectedEveryMs })).toEqual([]);
  });

  it('goes on after a restart as if there had been none', () => {
    const all = [...before, ...broken];
    fc.assert(
      fc.property(fc.nat(all.length), (cut) => {
        let state: RuleState | undefined;
        const changes: string[] = [];
        for (const [i, one] of all.entries()) {
          if (i === cut) state = parseState(JSON.parse(JSON.stringify(state ?? null)), burst);
          const result = evaluate(
            burst,
            state,
            { type: 'reading', reading: one, expectedEveryMs },
            one.receivedAt,
          );
          state = result.state;
          changes.push(...result.changes.map((change) => `${change.state}@${change.at}`));
        }
        expect(changes).toEqual([`firing@${4 * MINUTE}`]);
      }),
    );
  });

  it('is stored by its points, and one of another shape is not taken for it', () => {
    let state: RuleState | undefined;
    for (const one of before)
      ({ state } = evaluate(
        burst,
        state,
        { type: 'reading', reading: one, expectedEveryMs },
        one.receivedAt,
      ));
    expect(Object.keys(state?.points ?? {})).toEqual(['1', '2']);
    expect(state && isIdle(state)).toBe(false);
    expect(state && dueAt(state, undefined)).toBeUndefined();
    const { points: _points, ...old } = state ?? { parts: [] };
    expect(parseState(old, burst)).toBeUndefined();
    expect(parseState(state, { parts: burst.parts })).toBeUndefined();
  });
});

describe('points of one device', () => {
  const channels = ['a', 'b', 'c'] as const;
  const watched = [
    'water_leak',
    'conductor_hot',
    'over_voltage',
    'under_voltage',
    'breaker_tripped',
    'phase_loss',
  ];
  const rules = watched.map(shippedRule);
  const anyReading = fc.oneof(
    fc.record({ signal: fc.constant('water_leak' as const), value: fc.boolean() }),
    fc.record({ signal: fc.constant('voltage' as const), value: fc.integer({ min: 0, max: 300 }) }),
    fc.record({
      signal: fc.constant('conductor_temperature' as const),
      value: fc.integer({ min: 20, max: 100 }),
    }),
    fc.record({ signal: fc.constant('breaker_position' as const), value: fc.constantFrom('open', 'closed') }),
    fc.record({
      signal: fc.constant('breaker_fault' as const),
      value: fc.constant(true),
      cause: fc.constantFrom('overload' as const, 'surge' as const, 'phase_loss' as const),
      stage: fc.constantFrom('trip' as const, 'warning' as const),
    }),
  );
  const anySeries = fc.array(
    fc.record({
      given: anyReading,
      channel: fc.constantFrom(...channels),
      gap: fc.integer({ min: 0, max: 5 * MINUTE }),
    }),
    { maxLength: 80 },
  );

  it('never mix, however their readings are shuffled together', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        let at = 0;
        const all = series.map(({ given, channel, gap }) => {
          at += gap;
          return reading(at, { ...given, channel });
        });
        const until = { expectedEveryMs, untilMs: at };
        const together = replay(rules, all, until);
        for (const channel of channels) {
          const alone = replay(
            rules,
            all.filter((one) => one.channel === channel),
            until,
          );
          const told = together.filter((change) => change.channel === channel);
          expect(told.map(plain).toSorted()).toEqual(alone.map(plain).toSorted());
        }
      }),
    );
  });

  it('are each ended by what the device says of itself as a whole, where that ends something', () => {
    const trip = (channel: string) =>
      reading(0, { signal: 'breaker_fault', value: true, cause: 'overload', stage: 'trip', channel });
    const closed = reading(MINUTE, { signal: 'breaker_position', value: 'closed' });
    const told = replay([shippedRule('breaker_tripped')], [trip('a'), trip('b'), closed], {
      expectedEveryMs,
      untilMs: 5 * MINUTE,
    });
    expect(told.map(({ state, channel }) => `${state} ${channel}`)).toEqual([
      'firing a',
      'firing b',
      'resolved a',
      'resolved b',
    ]);
  });

  it('are not ended by a reading of the same signal without a channel', () => {
    const leak = (at: number, value: boolean, channel?: string) =>
      reading(at, { signal: 'water_leak', value, ...(channel ? { channel } : {}) });
    const told = replay([shippedRule('water_leak')], [leak(0, true, '1'), leak(MINUTE, false)], {
      expectedEveryMs,
      untilMs: 10 * MINUTE,
    });
    expect(told.map(({ state }) => state)).toEqual(['firing']);
  });
});

const plain = ({ rule, state, at, severity }: ReturnType<typeof replay>[number]): string =>
  `${at} ${rule.name} ${state} ${severity}`;

describe('a series of a test', () => {
  it('can tell the cause and the stage of a fault', () => {
    expect(parseSeries('breaker_fault', '_ overload/trip true')).toEqual([
      undefined,
      { value: true, cause: 'overload', stage: 'trip' },
      { value: true },
    ]);
    expect(() => parseSeries('breaker_fault', 'old_age/trip')).toThrow(RangeError);
    expect(() => parseSeries('breaker_fault', 'overload/maybe')).toThrow(RangeError);
  });
});
