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
import { readCases, readingsOf, type TestCase } from '../../src/rules/rule-test-file.ts';
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

describe('a rule file', () => {
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

  it.each(rules.filter(({ parts }) => parts.some(({ type }) => type !== 'event')))(
    '$name is tried once a second, and once in ten minutes with jitter and gaps',
    (rule) => {
      const file = `alert-rules/tests/${rule.name}.yaml`;
      const { cases } = readCases({ file, text: readFileSync(file, 'utf8') }, rule);
      const intervals = cases.flatMap(intervalsOf);
      expect(intervals.some(({ usual, longest }) => usual === 1000 && longest === 1000)).toBe(true);
      const isUneven = ({ usual, longest, different }: Intervals): boolean =>
        usual >= 8 * 60_000 && usual <= 12 * 60_000 && different > 2 && longest > 16 * 60_000;
      expect(intervals.some(isUneven)).toBe(true);
    },
  );

  it.each(rules)(
    '$name says in its header what it is for, its source, its delay and its kind',
    ({ name, kind }) => {
      const [header, rest] = readFileSync(`alert-rules/${name}.yaml`, 'utf8').split('\nname:');
      expect(header).toMatch(/^# yaml-language-server: \$schema=rule\.schema\.json\n/);
      for (const word of ['\n# For: ', '\n# Source: ', '\n# Delay: ']) expect(header).toContain(word);
      expect(rest).toContain(`\nkind: ${kind}\n`);
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

interface Intervals {
  usual: number;
  longest: number;
  different: number;
}

/** Between the values of each point. */
function intervalsOf(testCase: TestCase): Intervals[] {
  const points = Map.groupBy(readingsOf(testCase), ({ signal, channel }) => `${signal}/${channel}`);
  return [...points.values()].map((readings) => {
    const gaps = readings
      .slice(1)
      .map(({ observedAt }, index) => observedAt - (readings[index]?.observedAt ?? 0));
    gaps.sort((a, b) => a - b);
    return {
      usual: gaps[gaps.length >> 1] ?? 0,
      longest: gaps.at(-1) ?? 0,
      different: new Set(gaps).size,
    };
  });
}
