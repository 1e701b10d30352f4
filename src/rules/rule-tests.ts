import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import { formatDuration } from '../platform/duration.ts';
import type { Bilingual, Problem } from '../platform/problem.ts';
import { parseYaml, readWith } from '../platform/yaml-source.ts';
import { yamlFiles } from './load-rules.ts';
import { type ReplayedChange, replay } from './replay.ts';
import type { Rule } from './rule.ts';
import { consequence, duration, refuse, signalOf } from './rule-schema.ts';
import { parseSeries } from './series.ts';

const START_MS = Date.UTC(2026, 10, 22);
const SILENT_AFTER_MS = 15 * 60_000;
const DEVICE = 'test';

/** `signal`, `signal/channel`, and with `name:` before it of another device on the same asset. */
const PLACE = /^(?:([a-z][a-z0-9_]*):)?([a-z_0-9]+)(?:\/(.+))?$/;
const anySignal = signalOf('number', 'boolean', 'event', 'enum');

const series = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((raw, context) =>
    Object.entries(raw).map(([key, words]) => {
      const [, name, signalName = key, channel] = PLACE.exec(key) ?? [];
      const read = anySignal.safeParse(signalName);
      if (!read.success) return refuse(context, `${key}：没有这个信号`, `${key} is no signal`);
      const signal: Signal = read.data;
      try {
        return { name: name ?? DEVICE, signal, channel, samples: parseSeries(signal, String(words)) };
      } catch (error) {
        const word = error instanceof RangeError ? error.message : String(words);
        return refuse(context, `${key}：看不懂“${word}”`, `${key}: cannot read “${word}”`);
      }
    }),
  );

const expectation = z.strictObject({
  at: duration,
  state: z.enum(['firing', 'risen', 'resolved']),
  severity: z.enum(['critical', 'warning', 'info']).optional(),
  consequence: consequence.optional(),
  late: z.boolean().optional(),
  channel: z.string().optional(),
});

const testFile = z.strictObject({
  rule: z.string(),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        every: duration,
        series,
        /** What a selection goes by; by default a device of protocol `native` that nobody wears. */
        device: z
          .strictObject({
            protocol: z.string().optional(),
            with_subject: z.boolean().optional(),
            behind_gateway: z.boolean().optional(),
            gateway: z.literal(true).optional(),
          })
          .optional(),
        origin: z.enum(['live', 'history', 'retained', 'replay', 'simulated', 'test']).optional(),
        /** How long the device may be silent, where the rule leaves that to its protocol. */
        silent_after: duration.optional(),
        /** How long to watch after the start; by default until the last sample. */
        until: duration.optional(),
        expect: z.array(expectation),
      }),
    )
    .min(1),
});
type TestCase = z.output<typeof testFile>['cases'][number];
type Expectation = z.output<typeof expectation>;

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

/**
 * Runs `<directory>/tests/<rule>.yaml` of every rule. A rule without a case that fires or without one that must not is a
 * problem, and so is a test file without a rule.
 */
export async function runRuleTests(
  directory: string,
  rules: readonly Rule[],
): Promise<{ results: CaseResult[]; problems: Problem[] }> {
  const folder = join(directory, 'tests');
  const results: CaseResult[] = [];
  const problems: Problem[] = [];
  for (const rule of rules) {
    const file = join(folder, `${rule.name}.yaml`);
    if (!existsSync(file)) {
      problems.push(untested(file, rule, { zh: '缺少测试文件', en: 'has no test file' }));
      continue;
    }
    const read = await readCases(file, rule);
    problems.push(...read.problems);
    const run = read.cases.map((testCase) => runCase(file, rule, testCase));
    results.push(...run);
    if (read.problems.length === 0) problems.push(...coverage(file, rule, run));
  }
  const files = existsSync(folder) ? await yamlFiles(folder) : { names: [] };
  for (const name of 'names' in files ? files.names : [])
    if (!rules.some((rule) => `${rule.name}.yaml` === name))
      problems.push(at(join(folder, name), { zh: '没有同名的规则', en: 'there is no rule of this name' }));
  return { results, problems };
}

async function readCases(file: string, rule: Rule): Promise<{ cases: TestCase[]; problems: Problem[] }> {
  const parsed = parseYaml(file, await readFile(file, 'utf8'));
  if ('problems' in parsed) return { cases: [], problems: parsed.problems };
  const read = readWith(parsed.source, testFile);
  if ('problems' in read) return { cases: [], problems: read.problems };
  if (read.value.rule === rule.name) return { cases: read.value.cases, problems: [] };
  const message = { zh: `rule：必须是 ${rule.name}`, en: `rule: must be ${rule.name}` };
  return { cases: [], problems: [parsed.source.problem('RULES_INVALID', ['rule'], message)] };
}

function runCase(file: string, rule: Rule, testCase: TestCase): CaseResult {
  const readings = readingsOf(testCase);
  const happened = replay([rule], readings, {
    expectedEveryMs: testCase.silent_after ?? SILENT_AFTER_MS,
    ...(testCase.until === undefined ? {} : { untilMs: START_MS + testCase.until }),
  });
  const expected = testCase.expect.map(describeExpected);
  const described = happened.map((change, index) => describeHappened(change, testCase.expect[index]));
  return {
    file,
    rule: rule.name,
    name: testCase.name,
    fires: testCase.expect.some((expect) => expect.state === 'firing'),
    happened: described,
    expected,
    passed: described.join('\n') === expected.join('\n'),
  };
}

function readingsOf(testCase: TestCase): Reading[] {
  const readings: Reading[] = [];
  const steps = Math.max(0, ...testCase.series.map(({ samples }) => samples.length));
  const names = [...new Set(testCase.series.map(({ name }) => name))];
  for (let step = 0; step < steps; step++)
    for (const { name, signal, channel, samples } of testCase.series) {
      const sample = samples[step];
      if (sample === undefined) continue;
      const observedAt = START_MS + step * testCase.every;
      readings.push({
        ...deviceOf(testCase, name),
        deviceId: names.indexOf(name) + 1,
        signal,
        ...(channel === undefined ? {} : { channel }),
        ...sample,
        origin: testCase.origin ?? 'live',
        observedAt,
        receivedAt: observedAt,
      });
    }
  return readings;
}

function deviceOf({ device = {} }: TestCase, nativeId: string) {
  return {
    protocol: device.protocol ?? 'native',
    nativeId,
    ...(device.with_subject ? { subjectId: 1 } : { assetId: 1 }),
    ...(device.behind_gateway ? { gatewayId: 9 } : {}),
    ...(device.gateway ? { isGateway: true as const } : {}),
  };
}

const describeExpected = (e: Expectation): string =>
  describe({
    ...e,
    at: e.at,
    severity: e.severity,
    consequence: e.consequence,
    late: e.late,
    channel: e.channel,
  });

/** Only what the test names is compared, so a test need not repeat the rule. */
function describeHappened(change: ReplayedChange, expected: Expectation | undefined): string {
  return describe({
    at: (isOccurrence(change.rule) ? change.knownAt : change.at) - START_MS,
    state: change.rise ? 'risen' : change.state,
    severity: !expected || expected.severity ? change.severity : undefined,
    consequence: !expected || expected.consequence ? change.consequence : undefined,
    late: expected?.late === undefined && !change.late ? undefined : change.late,
    channel: expected?.channel === undefined ? undefined : change.channel,
  });
}

const isOccurrence = ({ parts: [first] }: Rule): boolean => first?.type === 'event' && !first.stands;

function describe(change: {
  at: number;
  state: Expectation['state'];
  severity?: string | undefined;
  consequence?: string | undefined;
  late?: boolean | undefined;
  channel?: string | undefined;
}): string {
  const late = change.late === undefined ? undefined : change.late ? 'late' : 'not late';
  const words = [change.state, change.severity, change.consequence, late, change.channel];
  return [formatDuration(change.at, 'en'), ...words].filter((word) => word !== undefined).join(', ');
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
