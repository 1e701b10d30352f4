import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/platform/problem.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { loadRules, readRule } from '../../src/rules/load-rules.ts';
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

  it('raise no more than one alert kind for one cause', () => {
    expect(new Set(rules.map((rule) => rule.kind)).size).toBe(rules.length);
  });
});
