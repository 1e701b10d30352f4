import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { breakerFaultCauses } from '../../src/model/signals.ts';
import { formatProblem } from '../../src/platform/problem.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { loadRules, readRule } from '../../src/rules/load-rules.ts';
import { replay } from '../../src/rules/replay.ts';
import { runRuleTests } from '../../src/rules/rule-tests.ts';

const good = `name: test
title: { zh: 测试, en: Test }
severity: warning
consequence: notice
condition:
  threshold:
    signal: heart_rate
    above: 120
    for: 60s
    clear: { below: 115 }
`;

const alter = (from: string, to: string): string => {
  if (!good.includes(from)) throw new Error(`the good file has no ${from}`);
  return good.replace(from, to);
};

const withCondition = (condition: string): string => `${good.split('  threshold')[0]}  ${condition}\n`;

/** One fault each: what is written, where it must be told, and some of the words. */
const faults: [name: string, text: string, place: string, words: RegExp][] = [
  ['broken YAML', alter('notice', '{ notice'), '5:1', /YAML syntax/],
  ['an unknown key', `${good}grupo: 1\n`, '11:1', /unknown key/],
  ['an unknown key inside', alter('for: 60s', 'far: 60s\n    for: 60s'), '9:5', /unknown key/],
  ['a missing title', alter('title: { zh: 测试, en: Test }\n', ''), '1:1', /title/],
  ['a title in one language', alter(', en: Test', ''), '2:1', /title.en/],
  ['a word for a severity that is none', alter('warning', 'urgent'), '3:11', /severity/],
  ['an unknown signal', alter('heart_rate', 'heartRate'), '7:13', /no signal is called heartRate/],
  ['a signal that is no number', alter('heart_rate', 'worn'), '7:13', /kind boolean/],
  ['a limit outside the range', alter('120', '1200'), '8:12', /plausible range/],
  ['two limits', alter('above: 120', 'above: 120\n    below: 50'), '9:12', /exactly one/],
  ['no limit', alter('    above: 120\n', ''), '7:5', /exactly one/],
  ['a duration without unit', alter('60s', '60'), '9:10', /duration/],
  ['no clear condition', alter('    clear: { below: 115 }\n', ''), '6:3', /clear/],
  ['no deadband', alter('below: 115', 'below: 120'), '10:21', /deadband/],
  ['a clear limit that points the same way', alter('below: 115', 'above: 100'), '10:21', /other way/],
  ['a hard limit inside the soft one', `${good}    hard: { above: 110 }\n`, '11:20', /beyond the soft limit/],
  ['a hard limit that is milder', `${good}    hard: { above: 150, severity: info }\n`, '11:35', /lower/],
  ['two conditions', `${good}  event: fall\n`, '7:5', /exactly one/],
  ['an event that is a state', `${good.split('  threshold')[0]}  event: worn\n`, '6:10', /use state/],
  [
    'a life signal as a state',
    `${good.split('  threshold')[0]}  state: { signal: smoke, is: true }\n`,
    '6:20',
    /use event/,
  ],
  [
    'an enum value that is none',
    `${good.split('  threshold')[0]}  state: { signal: valve_position, is: ajar }\n`,
    '6:40',
    /one of/,
  ],
  [
    'a ticket without a fault class',
    alter('consequence: notice', 'consequence: ticket'),
    '1:1',
    /fault_class/,
  ],
  [
    'a fault class of a notice',
    alter('consequence: notice', 'consequence: notice\nfault_class: water_leak'),
    '5:14',
    /only for rules whose consequence is ticket/,
  ],
  [
    'a switch without a ticket',
    alter('consequence: notice', 'consequence: incident\naction: switch_breaker_off'),
    '5:9',
    /only for rules whose consequence is ticket/,
  ],
  [
    'a fault class that is none',
    alter('consequence: notice', 'consequence: ticket\nfault_class: leak'),
    '5:14',
    /fault_class/,
  ],
  [
    'an incident behind the hard limit of a ticket',
    alter('consequence: notice', 'consequence: ticket\nfault_class: device_fault').concat(
      '    hard: { above: 150, consequence: incident }\n',
    ),
    '12:38',
    /a ticket stays a ticket/,
  ],
  [
    'an ignored range inside the limit',
    `${good}    ignore: { above: 110 }\n`,
    '11:22',
    /beyond the soft limit/,
  ],
  [
    'a cause of an event that has none',
    withCondition('event: { signal: vibration, cause: [overload] }'),
    '6:38',
    /only breaker_fault/,
  ],
  [
    'a cause that is none',
    withCondition('event: { signal: breaker_fault, cause: [old_age] }'),
    '6:43',
    /cause/,
  ],
  [
    'an sos that stands',
    withCondition('event: { signal: sos, lapses_after: 1h }'),
    '6:39',
    /raises each time/,
  ],
  [
    'an end that does not fit its signal',
    withCondition('event: { signal: breaker_fault, until: { signal: breaker_position, above: 3 } }'),
    '6:42',
    /does not fit/,
  ],
  [
    'an end that is no value of its signal',
    withCondition('event: { signal: breaker_fault, until: { signal: breaker_position, is: shut } }'),
    '6:74',
    /one of closed/,
  ],
  [
    'a single event among several conditions',
    withCondition('any: [{ event: vibration }, { state: { signal: worn, is: true } }]'),
    '6:18',
    /until or lapses_after/,
  ],
  [
    'a drop without a size',
    withCondition('drop: { signal: water_pressure, within: 5m }'),
    '6:9',
    /exactly one of by, by_percent/,
  ],
  [
    'silence that must come true with something else',
    withCondition('all: [{ no_data: { after: 5m } }, { state: { signal: worn, is: true } }]'),
    '6:20',
    /inside all/,
  ],
  [
    'a list in a list in a list',
    withCondition(
      'any: [{ all: [{ any: [] }, { state: { signal: worn, is: true } }] }, { no_data: { after: 5m } }]',
    ),
    '6:19',
    /unknown key/,
  ],
  [
    'a condition of a list that is empty',
    withCondition('any: [{}, { state: { signal: worn, is: true } }]'),
    '6:9',
    /exactly one/,
  ],
  ['silence per asset', `${withCondition('no_data: { after: 5m }')}per: asset\n`, '7:6', /not with no_data/],
  [
    'an inhibition of what comes true at once',
    `${good}inhibited_by_gateway: true\n`,
    '11:23',
    /only with no_data/,
  ],
  ['another name than the file', alter('name: test', 'name: other'), '1:7', /file's name/],
  [
    'an alias',
    alter('heart_rate', '&a heart_rate').replace('severity: warning', 'severity: *a'),
    '3:11',
    /aliases/,
  ],
  ['a key twice', alter('above: 120', 'above: 120\n    above: 121'), '9:5', /YAML syntax/],
  [
    'an sos that is muted',
    `name: test\ntitle: { zh: 求救, en: SOS }\nseverity: info\nconsequence: notice\ncondition: { event: sos }\n`,
    '1:1',
    /sos/,
  ],
];

describe('a rule file', () => {
  it.each(faults)('with %s is refused at its place', (_name, text, place, words) => {
    const read = readRule('test.yaml', text);
    const problems = 'problems' in read ? read.problems.map((problem) => formatProblem(problem, 'en')) : [];
    expect(problems).toContainEqual(expect.stringMatching(words));
    expect(problems.filter((line) => words.test(line))[0]).toMatch(new RegExp(`^test.yaml:${place} `));
    if ('problems' in read)
      for (const problem of read.problems) expect(problem.message.zh).toMatch(/[一-鿿]/);
  });

  it('without a fault is read', () => {
    expect(readRule('test.yaml', good)).toMatchObject({ rule: { name: 'test', kind: 'test' } });
  });

  it('tells every fault at once, in their order', () => {
    const text = alter('warning', 'urgent').replace('60s', 'soon').replace('below: 115', 'below: 130');
    const read = readRule('test.yaml', `${text}extra: 1\n`);
    const places = 'problems' in read ? read.problems.map(({ line, column }) => `${line}:${column}`) : [];
    expect(places).toEqual(['3:11', '9:10', '10:21', '11:1']);
  });

  it('cannot unfold into more than was written', () => {
    const bomb = ['a: &a [1, 1]', ...Array.from({ length: 30 }, (_, i) => `b${i}: [*a, *a]`)].join('\n');
    const read = readRule('bomb.yaml', bomb);
    expect('problems' in read && read.problems.every((problem) => problem.code === 'YAML_ALIAS')).toBe(true);
    expect('problems' in readRule('long.yaml', 'a'.repeat(100_000))).toBe(true);
  });
});

describe('a folder of rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gridguard-rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('without a rule for sos is refused', async () => {
    writeFileSync(join(folder, 'test.yaml'), good);
    const { problems } = await loadRules(folder);
    expect(problems.map((problem) => problem.code)).toEqual(['RULES_NO_SOS']);
  });

  it('that is not there is a problem, not an exception', async () => {
    const { problems } = await loadRules(join(folder, 'nowhere'));
    expect(problems.map((problem) => problem.code)).toEqual(['RULES_UNREADABLE']);
  });
});

describe('the shipped rules', async () => {
  const { rules, problems } = await loadRules('alert-rules');
  const tests = await runRuleTests('alert-rules', rules);

  it('have no problem, and each has a case that fires and one that must not', () => {
    expect([...problems, ...tests.problems].map((problem) => formatProblem(problem, 'en'))).toEqual([]);
  });

  it.each(tests.results)('$rule: $name', ({ happened, expected }) => {
    expect(happened).toEqual(expected);
  });

  it.each(rules)('$name is explained in both languages', (rule) => {
    expect(explainRule(rule, 'zh').length).toBeGreaterThan(1);
    expect(explainRule(rule, 'en').length).toBeGreaterThan(1);
  });

  it('raise no more than one alert kind for one cause, unless for other devices', () => {
    const kinds = rules.map(({ kind, only }) => `${kind} ${only?.withSubject ?? ''}`);
    expect(new Set(kinds).size).toBe(rules.length);
  });

  it('lead each fault of a breaker to exactly one alert, but for an empty account', () => {
    const uncovered: string[] = [];
    for (const cause of breakerFaultCauses)
      for (const stage of ['warning', 'trip'] as const) {
        const reading = faultReading({ cause, stage });
        if (replay(rules, [reading], { expectedEveryMs: 1e9 }).length !== 1)
          uncovered.push(`${cause} ${stage}`);
      }
    expect(uncovered).toEqual(['credit warning', 'credit trip']);
    expect(replay(rules, [faultReading({})], { expectedEveryMs: 1e9 }).map(({ rule }) => rule.name)).toEqual([
      'breaker_warning',
    ]);
  });

  it('switch no breaker', () => {
    expect(rules.filter((rule) => rule.switchOff)).toEqual([]);
  });

  it.each(rules.filter((rule) => rule.consequence === 'ticket'))(
    '$name says in its header what it is for, its source and its delay',
    ({ name }) => {
      const header = readFileSync(`alert-rules/${name}.yaml`, 'utf8').split('\nname:')[0];
      for (const word of ['For: ', '\n# Source: ', '\n# Delay: ']) expect(header).toContain(word);
    },
  );
});

const faultReading = (fault: Pick<Reading, 'cause' | 'stage'>): Reading => ({
  deviceId: 1,
  assetId: 1,
  protocol: 'zigbee2mqtt',
  nativeId: '0x1',
  gatewayId: 2,
  signal: 'breaker_fault',
  value: true,
  origin: 'live',
  observedAt: 0,
  receivedAt: 0,
  ...fault,
});
