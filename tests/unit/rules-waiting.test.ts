import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, ReadingValue } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { REORDER_MS } from '../../src/rules/holder.ts';
import { mayWaitMs } from '../../src/rules/learners.ts';
import { readRule } from '../../src/rules/load-rules.ts';
import { Player } from '../../src/rules/replay.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 22);
const RUNS = Number(process.env.EVENT_TIME_RUNS ?? 60);

const conditions = {
  'a median':
    'threshold: { signal: heart_rate, above: 120, for: 0s, smooth: { median: 60s, at_least: 2 }, clear: { below: 110 } }',
  'a mean that is ignored beyond a limit':
    'threshold: { signal: heart_rate, above: 120, for: 30s, smooth: { mean: 2m, at_least: 1 }, clear: { below: 110 }, ignore: { above: 160 } }',
  'a lowest with a hard limit':
    'threshold: { signal: heart_rate, above: 110, for: 2m, smooth: { min: 40s, at_least: 1 }, clear: { below: 105 }, hard: { above: 150, severity: critical, consequence: incident } }',
  'a highest of a long window':
    'threshold: { signal: heart_rate, below: 80, for: 0s, smooth: { max: 20m, at_least: 3 }, clear: { above: 90 } }',
  'an exponential mean':
    'threshold: { signal: heart_rate, above: 105, for: 1m, smooth: { ewma: 3m, at_least: 2 }, clear: { below: 104 } }',
  'one beside another signal': `any:
    - state: { signal: moving, is: true, for: 30s }
    - threshold: { signal: heart_rate, above: 110, for: 0s, smooth: { median: 60s, at_least: 1 }, clear: { below: 108 } }`,
  'two that join another signal': `any:
    - all:
        - threshold: { signal: heart_rate, above: 110, for: 20s, smooth: { median: 30s, at_least: 1 }, clear: { below: 108 } }
        - state: { signal: moving, is: false, for: 30s }
    - threshold: { signal: heart_rate, below: 76, for: 0s, smooth: { max: 90s, at_least: 2 }, clear: { above: 78 } }`,
};

function ruleOf(condition: string, more: string) {
  const head = 'name: waiting\ntitle: { zh: 规则, en: Rule }\nseverity: warning\nconsequence: notice\n';
  const read = readRule('waiting.yaml', `${head}${more}condition:\n  ${condition}\n`);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.rule;
}

const pulse = fc.integer({ min: 74, max: 104 });
const anySaid = fc.record({
  gapMs: fc.oneof(fc.integer({ min: 300, max: 20_000 }), fc.constantFrom(0, 4 * MINUTE)),
  signal: fc.constantFrom<Signal>(...Array<Signal>(8).fill('heart_rate'), 'moving', 'worn'),
  number: fc.oneof({ weight: 9, arbitrary: pulse }, { weight: 1, arbitrary: fc.constantFrom(60, 115, 170) }),
  yes: fc.boolean(),
  delayMs: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    fc.integer({ min: 0, max: REORDER_MS + 10 * SECOND }),
  ),
  traits: fc.boolean(),
});
type AnySaid = typeof anySaid extends fc.Arbitrary<infer T> ? T : never;

function readingsOf(all: readonly AnySaid[]): Reading[] {
  let at = START;
  return all.map(({ gapMs, signal, number, yes, delayMs, traits }, index) => {
    at += gapMs;
    const value: ReadingValue = signal === 'heart_rate' ? number : yes;
    const reading: Reading = {
      deviceId: 1,
      protocol: 'native',
      nativeId: 'd1',
      signal,
      value,
      origin: 'live',
      observedAt: at,
      receivedAt: at + delayMs,
    };
    return index % 40 === 39 && traits ? { ...reading, traits: ['athlete'] } : reading;
  });
}

/** What is told, and what is remembered at the end; `eager`: nothing ever waits. */
function play(rule: ReturnType<typeof ruleOf>, readings: readonly Reading[], eager: boolean) {
  const player = new Player([rule], { expectedEveryMs: 15 * MINUTE });
  const takeIn = () => player.holders.forEach((holder) => void holder.takeInAll());
  for (const reading of readings) {
    player.hear(reading);
    if (eager) takeIn();
  }
  player.passTime((readings.at(-1)?.receivedAt ?? START) + MINUTE);
  takeIn();
  const states = [...player.holders.values()].flatMap((holder) =>
    [...holder.slots()].map(({ state }) => state),
  );
  return { changes: player.changes, states };
}

describe.each(Object.entries(conditions))('%s', (_, condition) => {
  it.each(['', 'ignore_while: [ { signal: worn, is: false, max_age: 5m } ]\n'])(
    'tells and remembers the same whether or not numbers wait %s',
    (more) => {
      const rule = ruleOf(condition, more);
      fc.assert(
        fc.property(fc.array(anySaid, { minLength: 2, maxLength: 120 }), (all) => {
          const readings = readingsOf(all);
          readings.sort((a, b) => a.receivedAt - b.receivedAt);
          expect(play(rule, readings, false)).toEqual(play(rule, readings, true));
        }),
        { numRuns: RUNS },
      );
    },
  );
});

it('what counts for long does not wait for ever: a crash would cost it', () => {
  const waits = (smooth: string) =>
    mayWaitMs([
      ruleOf(
        `threshold: { signal: heart_rate, above: 120, for: 0s, smooth: ${smooth}, clear: { below: 110 } }`,
        '',
      ),
    ]);
  expect(waits('{ median: 30m, at_least: 1 }')).toBe(Infinity);
  expect(waits('{ median: 31m, at_least: 1 }')).toBe(5 * MINUTE);
  // An exponential mean is forgotten only after five of its times.
  expect(waits('{ ewma: 6m, at_least: 3 }')).toBe(Infinity);
  expect(waits('{ ewma: 7m, at_least: 3 }')).toBe(5 * MINUTE);
});
