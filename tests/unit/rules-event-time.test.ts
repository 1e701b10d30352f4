import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, ReadingValue } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { REORDER_MS } from '../../src/rules/holder.ts';
import { readRule } from '../../src/rules/load-rules.ts';
import { Player, type ReplayedChange } from '../../src/rules/replay.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { parseState } from '../../src/rules/rule-state.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 22);
const RUNS = Number(process.env.EVENT_TIME_RUNS ?? 60);

const head = (name: string, more = ''): string => `name: ${name}
title: { zh: 规则, en: Rule }
severity: warning
consequence: notice
${more}
`;

const files = [
  `condition:
  threshold: { signal: heart_rate, above: 120, for: 60s, min_samples: 3, max_gap: 3m, clear: { below: 110, for: 45s }, hard: { above: 150, severity: critical, consequence: incident } }`,
  `condition:
  threshold: { signal: heart_rate, below: 100, for: 0s, clear: { above: 105 } }`,
  `condition:
  threshold: { signal: heart_rate, above: 120, for: 40s, smooth: { median: 60s, at_least: 2 }, clear: { below: 110, for: 20s } }`,
  `condition:
  threshold: { signal: heart_rate, above: 130, for: 30s, smooth: { ewma: 60s, at_least: 1 }, clear: { below: 125 } }`,
  `condition:
  state: { signal: worn, is: false, for: 90s, clear_for: 30s }`,
  `keep_firing: 40s
condition:
  state: { signal: worn, is: false }`,
  `flap: { times: 3, within: 5m, quiet: 2m }
condition:
  state: { signal: moving, is: true }`,
  `raise_again_after: 2m
condition:
  state: { signal: moving, is: true }`,
  `condition:
  count: { signal: heart_rate, above: 140, at_least_times: 3, within: 2m }`,
  `condition:
  drop: { signal: heart_rate, by: 50, within: 1m, holds: 2m }`,
  `condition:
  event: { signal: breaker_fault, lapses_after: 90s }`,
  `ignore_while: [ { signal: worn, is: false, max_age: 2m } ]
condition:
  threshold: { signal: heart_rate, above: 120, for: 20s, clear: { below: 115, for: 20s } }`,
  `condition:
  all:
    - threshold: { signal: heart_rate, above: 120, for: 20s, clear: { below: 115, for: 20s } }
    - state: { signal: moving, is: false, for: 30s }`,
  `per: asset
condition:
  all:
    - drop: { signal: heart_rate, by: 40, within: 2m }
    - state: { signal: moving, is: true }`,
  `condition:
  expression: { when: "heart_rate > 120.0 && !moving", for: 20s, clear_for: 20s, max_age: 5m }`,
];

const rules: Rule[] = files.map((body, index) => {
  const read = readRule(`rule_${index}.yaml`, head(`rule_${index}`) + body);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.rule;
});

interface Said {
  signal: Signal;
  value: ReadingValue;
  at: number;
  deviceId?: number;
}

const anySaid = fc.record({
  // What comes within a fraction of a second may share a place in a window.
  gap: fc.integer({ min: 300, max: 45_000 }),
  signal: fc.constantFrom<Signal>(
    'heart_rate',
    'heart_rate',
    'heart_rate',
    'worn',
    'moving',
    'breaker_fault',
  ),
  number: fc.integer({ min: 80, max: 170 }),
  yes: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: REORDER_MS - 5 * SECOND }),
});
type AnySaid = typeof anySaid extends fc.Arbitrary<infer T> ? T : never;
const day = fc.array(anySaid, { minLength: 2, maxLength: 60 });

function sayings(all: readonly AnySaid[]): Said[] {
  let at = START;
  return all.map(({ gap, signal, number, yes }) => {
    at += gap;
    const value = signal === 'heart_rate' ? number : signal === 'breaker_fault' ? true : yes;
    return { at, signal, value };
  });
}

const readingOf = ({ at, signal, value, deviceId = 1 }: Said, receivedAt = at): Reading => ({
  deviceId,
  assetId: 7,
  protocol: 'native',
  nativeId: `d${deviceId}`,
  signal,
  value,
  origin: 'live',
  observedAt: at,
  receivedAt,
});

const lastOf = (said: readonly Said[]): number => (said.at(-1)?.at ?? START) + 20 * MINUTE;

function play(rule: Rule, readings: readonly Reading[], untilMs: number): ReplayedChange[] {
  const player = new Player([rule], { expectedEveryMs: 15 * MINUTE });
  for (const reading of readings) player.hear(reading);
  player.passTime(untilMs);
  return player.changes;
}

interface Episode {
  from: number;
  to?: number;
  severity: string;
  raised: number;
}

/** What stands in the table of alerts after all of it. */
function episodes(changes: readonly ReplayedChange[]): Episode[] {
  const rows = new Map<number, Episode>();
  for (const { alert, state, at, severity, rise, eased, again, history, correction } of changes) {
    const row = rows.get(alert);
    if (history) rows.set(alert, { from: history.firedAt, to: at, severity, raised: 1 });
    else if (!row) rows.set(alert, { from: at, severity, raised: 1 });
    else if (correction === 'withdrawn') rows.delete(alert);
    else if (correction === 'reopened') delete row.to;
    else if (state === 'resolved') row.to = at;
    else if (correction === 'amended') Object.assign(row, { from: at, severity });
    else if (rise || eased) row.severity = severity;
    else if (again) row.raised++;
  }
  return [...rows.values()].sort((a, b) => a.from - b.from);
}

/** Without what the corrections do not put right: how often it was raised again. */
const times = (list: readonly Episode[]) =>
  list.map(({ from, to, severity }) => [from - START, to === undefined ? null : to - START, severity]);

const arrived = (said: readonly Said[], all: readonly AnySaid[]): Reading[] =>
  said
    .map((one, index) => readingOf(one, one.at + (all[index]?.delayMs ?? 0)))
    .sort((a, b) => a.receivedAt - b.receivedAt);

describe.each(
  rules.map((rule) => ({ rule, name: rule.name, body: files[Number(rule.name.slice(5))]?.trim() })),
)('$name: $body', ({ rule }) => {
  it('gives the same alerts for late and shuffled readings as for ordered ones', () => {
    fc.assert(
      fc.property(day, (all) => {
        const said = sayings(all);
        const ordered = play(
          rule,
          said.map((one) => readingOf(one)),
          lastOf(said),
        );
        const shuffled = play(rule, arrived(said, all), lastOf(said));
        expect(times(episodes(shuffled))).toEqual(times(episodes(ordered)));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same alerts for readings that are delivered twice', () => {
    fc.assert(
      fc.property(day, fc.array(fc.nat({ max: 100_000 })), (all, again) => {
        const said = sayings(all);
        const once = arrived(said, all);
        const twice = [...once];
        for (const [index, after] of again.entries()) {
          const one = once[index % once.length];
          if (one && after < REORDER_MS) twice.push({ ...one, receivedAt: one.receivedAt + after });
        }
        twice.sort((a, b) => a.receivedAt - b.receivedAt);
        expect(times(episodes(play(rule, twice, lastOf(said))))).toEqual(
          times(episodes(play(rule, once, lastOf(said)))),
        );
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('goes on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(day, fc.nat(60), (all, cut) => {
        const said = sayings(all);
        const readings = said.map((one) => readingOf(one));
        const whole = play(rule, readings, lastOf(said));
        const first = new Player([rule], { expectedEveryMs: 15 * MINUTE });
        for (const reading of readings.slice(0, cut)) first.hear(reading);
        const second = new Player([rule], { expectedEveryMs: 15 * MINUTE });
        for (const holder of first.holders.values()) {
          holder.takeInAll();
          for (const slot of holder.slots())
            second.restore(slot, parseState(JSON.parse(JSON.stringify(slot.state ?? null)), rule));
        }
        for (const reading of readings.slice(cut)) second.hear(reading);
        second.passTime(lastOf(said));
        expect(times(episodes([...first.changes, ...second.changes]))).toEqual(times(episodes(whole)));
      }),
      { numRuns: RUNS / 2 },
    );
  });
});

/** Every reading concerns somebody, so that the clock of the device is known after a while. */
const silence = readRule('silence.yaml', `${head('silence')}condition:\n  no_data: { after: 25h }`);

describe('the same alerts, by its own time', () => {
  it.each(rules.filter(({ per }) => !per).map((rule) => ({ rule, name: rule.name })))(
    '$name, to a device whose clock is wrong',
    ({ rule }) => {
      fc.assert(
        fc.property(day, fc.integer({ min: -100, max: 6 * 24 * 3600 }), (all, behindS) => {
          const said = sayings(all);
          const playBehind = (behindMs: number) => {
            if ('problems' in silence) throw new Error('no rule');
            const player = new Player([rule, silence.rule], { expectedEveryMs: 15 * MINUTE });
            for (let minute = 15; minute > 1; minute--) {
              const at = START - minute * MINUTE;
              player.hear(readingOf({ at: at - behindMs, signal: 'battery', value: 80 }, at));
            }
            for (const one of said) player.hear(readingOf({ ...one, at: one.at - behindMs }, one.at));
            player.passTime(lastOf(said));
            return times(episodes(player.changes)).map(([from, to, severity]) => [
              Number(from) + behindMs,
              to === null ? null : Number(to) + behindMs,
              severity,
            ]);
          };
          expect(playBehind(behindS * SECOND)).toEqual(playBehind(0));
        }),
        { numRuns: RUNS / 2 },
      );
    },
  );
});

it('an alert stands when the clock of its device is set back', () => {
  const [rule] = rules;
  if (!rule) throw new Error('no rule');
  const before = [0, 10, 20].map((second) =>
    readingOf({ at: START + 3_600_000 + second * SECOND, signal: 'heart_rate', value: 170 }),
  );
  const after = [0, 10, 20].map((second) => {
    const receivedAt = START + 3_600_000 + 6 * MINUTE + second * SECOND;
    return readingOf({ at: START + second * SECOND, signal: 'heart_rate', value: 170 }, receivedAt);
  });
  const changes = play(rule, [...before, ...after], START + 3_600_000 + 10 * MINUTE);
  expect(changes.map(({ state, correction }) => [state, correction])).toEqual([['firing', undefined]]);
});

describe('what happens once', () => {
  const read = readRule('alarm.yaml', `${head('alarm')}condition:\n  event: general_alarm`);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const { rule } = read;
  const alarm = (at: number, receivedAt: number) =>
    readingOf({ at, signal: 'general_alarm', value: true }, receivedAt);
  const now = START + 3_600_000;

  it('is told however late it comes behind newer readings, and once', () => {
    const changes = play(
      rule,
      [
        alarm(now - 1000, now - 1000),
        ...[0, 3, 6].map((minute) => alarm(now + minute * MINUTE, now + minute * MINUTE)),
        alarm(START, now + 6 * MINUTE + SECOND),
        alarm(START, now + 6 * MINUTE + 2 * SECOND),
        alarm(now - 1000, now + 6 * MINUTE + 3 * SECOND),
      ],
      now + 10 * MINUTE,
    );
    expect(changes.map(({ state, at }) => [state, at])).toEqual(
      [now - 1000, now, now + 3 * MINUTE, now + 6 * MINUTE, START].map((at) => ['firing', at]),
    );
  });

  it('is told again where a clock that was set back says the same time anew', () => {
    const before = [START, now, now + 3 * MINUTE].map((at) => alarm(at, at));
    const again = alarm(START, now + 9 * MINUTE);
    const changes = play(rule, [...before, again], now + 10 * MINUTE);
    expect(changes.map(({ knownAt }) => knownAt)).toEqual(
      [...before, again].map(({ receivedAt }) => receivedAt),
    );
  });

  it('keeps its alert whatever comes after it and between', () => {
    const said = [now, now + 3 * MINUTE, now + 6 * MINUTE].map((at) => alarm(at, at));
    const late = [
      alarm(START, now + 6 * MINUTE + SECOND),
      alarm(now + 5 * MINUTE, now + 6 * MINUTE + 2 * SECOND),
    ];
    const changes = play(rule, [...said, ...late], now + 20 * MINUTE);
    expect(changes.map(({ at, correction, alert }) => [at, correction, alert])).toEqual(
      [...said, ...late].map(({ observedAt }, index) => [observedAt, undefined, index + 1]),
    );
  });
});
