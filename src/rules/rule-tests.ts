import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration } from '../platform/duration.ts';
import type { Bilingual, Problem } from '../platform/problem.ts';
import { yamlFiles } from './load-rules.ts';
import { type ReplayedChange, replay } from './replay.ts';
import { isOccurrence, type Rule } from './rule.ts';
import { type Expectation, readCases, readingsOf, startOf, type TestCase } from './rule-test-file.ts';
import { notTried } from './rule-test-gaps.ts';

const SILENT_AFTER_MS = 15 * 60_000;

export interface CaseResult {
  file: string;
  rule: string;
  name: string;
  fires: boolean;
  /** What happened, in the words of the test file; the same as `expected` where the case holds. */
  happened: string[];
  expected: string[];
  passed: boolean;
}

/** Something that a rule does and none of its cases tries. */
export interface TestGap {
  rule: string;
  what: Bilingual;
}

export interface Tested {
  results: CaseResult[];
  problems: Problem[];
  gaps: TestGap[];
}

/**
 * Runs `<directory>/tests/<rule>.yaml` of every rule. A rule without a case that fires or without one that must not is a
 * problem, and so is a test file without a rule. `gaps`: what the cases leave untried, which is no problem.
 */
export async function runRuleTests(directory: string, rules: readonly Rule[]): Promise<Tested> {
  const folder = join(directory, 'tests');
  const results: CaseResult[] = [];
  const problems: Problem[] = [];
  const gaps: TestGap[] = [];
  for (const rule of rules) {
    const file = join(folder, `${rule.name}.yaml`);
    if (!existsSync(file)) {
      problems.push(untested(file, rule, { zh: '缺少测试文件', en: 'has no test file' }));
      continue;
    }
    const tested = testRule(rule, { file, text: await readFile(file, 'utf8') }, rules);
    results.push(...tested.results);
    problems.push(...tested.problems);
    gaps.push(...tested.gaps);
  }
  const files = existsSync(folder) ? await yamlFiles(folder) : { names: [] };
  for (const name of 'names' in files ? files.names : [])
    if (!rules.some((rule) => `${rule.name}.yaml` === name))
      problems.push(at(join(folder, name), { zh: '没有同名的规则', en: 'there is no rule of this name' }));
  return { results, problems, gaps };
}

/** The same of one rule and the text of its test file, which is only named in messages. */
export function testRule(
  rule: Rule,
  source: { file: string; text: string },
  rules: readonly Rule[] = [],
): Tested {
  const { file } = source;
  const { cases, problems } = readCases(source, rule);
  const played = cases.map((testCase) => ({ testCase, changes: playCase(rule, testCase, rules) }));
  const results = played.map(({ testCase, changes }) => resultOf(file, rule, testCase, changes));
  if (problems.length > 0) return { results, problems, gaps: [] };
  const gaps = notTried(rule, played).map((what) => ({ rule: rule.name, what }));
  return { results, problems: coverage(file, rule, results), gaps };
}

/** What the rule does in a case; the rules that inhibit it run beside it. */
export function playCase(rule: Rule, testCase: TestCase, rules: readonly Rule[] = []): ReplayedChange[] {
  const others = rules.filter(({ name }) => name !== rule.name && rule.inhibitedBy?.includes(name));
  const changes = replay([rule, ...others], readingsOf(testCase), {
    expectedEveryMs: testCase.silent_after ?? SILENT_AFTER_MS,
    ...(testCase.until === undefined ? {} : { untilMs: startOf(testCase) + testCase.until }),
  });
  return changes.filter((change) => change.rule.name === rule.name);
}

/** Whether the case holds. */
export const holds = (rule: Rule, testCase: TestCase, rules: readonly Rule[] = []): boolean =>
  resultOf('', rule, testCase, playCase(rule, testCase, rules)).passed;

function resultOf(
  file: string,
  rule: Rule,
  testCase: TestCase,
  changes: readonly ReplayedChange[],
): CaseResult {
  const startMs = startOf(testCase);
  const expected = testCase.expect.map((e) => describe({ ...e, time: timeOf(e.at) }));
  const happened = changes.map((change, index) => happenedAs(change, testCase.expect[index], startMs));
  return {
    file,
    rule: rule.name,
    name: testCase.name,
    fires: testCase.expect.some((expect) => expect.state === 'firing'),
    happened,
    expected,
    passed: happened.join('\n') === expected.join('\n'),
  };
}

/** Only what the test names is compared, so a test need not repeat the rule. */
function happenedAs(change: ReplayedChange, expected: Expectation | undefined, startMs: number): string {
  const at = (isOccurrence(change.rule) ? change.knownAt : change.at) - startMs;
  const fits = expected && expected.at.from <= at && at <= expected.at.to;
  return describe({
    time: fits ? timeOf(expected.at) : timeOf({ from: at, to: at }),
    state: stepOf(change),
    severity: !expected || expected.severity ? change.severity : undefined,
    consequence: !expected || expected.consequence ? change.consequence : undefined,
    late: expected?.late === undefined && !change.late ? undefined : change.late,
    channel: expected?.channel === undefined ? undefined : change.channel,
  });
}

export function stepOf(change: ReplayedChange): Expectation['state'] {
  return change.rise ? 'risen' : change.state;
}

function timeOf({ from, to }: Expectation['at']): string {
  const [first, last] = [formatDuration(from, 'en'), formatDuration(to, 'en')];
  return from === to ? first : `${first} to ${last}`;
}

function describe(change: {
  time: string;
  state: Expectation['state'];
  severity?: string | undefined;
  consequence?: string | undefined;
  late?: boolean | undefined;
  channel?: string | undefined;
}): string {
  const late = change.late === undefined ? undefined : change.late ? 'late' : 'not late';
  const words = [change.time, change.state, change.severity, change.consequence, late, change.channel];
  return words.filter((word) => word !== undefined).join(', ');
}

function coverage(file: string, rule: Rule, cases: readonly CaseResult[]): Problem[] {
  const problems: Problem[] = [];
  if (!cases.some((c) => c.fires))
    problems.push(untested(file, rule, { zh: '缺少会触发的用例', en: 'has no case that fires' }));
  if (!cases.some((c) => c.expected.length === 0))
    problems.push(untested(file, rule, { zh: '缺少不得触发的用例', en: 'has no case that must not fire' }));
  return problems;
}

const untested = (file: string, rule: Rule, message: Bilingual): Problem => ({
  ...at(file, { zh: `${rule.name} ${message.zh}`, en: `${rule.name} ${message.en}` }),
  code: 'RULES_UNTESTED',
});

const at = (file: string, message: Bilingual): Problem => ({
  code: 'RULES_INVALID',
  file,
  line: 1,
  column: 1,
  message,
});
