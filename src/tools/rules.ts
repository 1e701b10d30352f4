import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatProblem, type Problem } from '../platform/problem.ts';
import { explainRule } from '../rules/explain.ts';
import { loadRules } from '../rules/load-rules.ts';
import { readRecording } from '../rules/recording.ts';
import { replay } from '../rules/replay.ts';
import type { Rule } from '../rules/rule.ts';
import { ruleJsonSchema } from '../rules/rule-json-schema.ts';
import { runRuleTests } from '../rules/rule-tests.ts';

const usage = `usage: rules check | test | explain | schema [--rules DIR] [--lang zh|en]
       rules backtest --readings FILE.csv… [--rules DIR] [--record NAME]`;

/** A recording knows no protocol, so that a rule which leaves the time to the protocol says nothing of it. */
const NEVER = Number.POSITIVE_INFINITY;

type Language = 'zh' | 'en';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rules: { type: 'string', default: 'alert-rules' },
      readings: { type: 'string', multiple: true, default: [] },
      record: { type: 'string' },
      lang: { type: 'string', default: process.stdout.isTTY ? 'zh' : 'en' },
    },
  });
  const [command, ...files] = positionals;
  const language: Language = values.lang === 'zh' ? 'zh' : 'en';
  if (command === 'schema') {
    print(JSON.stringify(ruleJsonSchema(), null, 2));
    return 0;
  }
  const { rules, problems } = await loadRules(values.rules);
  if (problems.length > 0) return tell(problems, language);
  switch (command) {
    case 'check':
      print(language === 'zh' ? `${rules.length} 条规则，没有问题` : `${rules.length} rules, no problem`);
      return 0;
    case 'test':
      return test(values.rules, rules, language);
    case 'explain':
      for (const rule of rules) print(`${explainRule(rule, language).join('\n  ')}\n`);
      return 0;
    case 'backtest':
      return backtest(rules, [...values.readings, ...files], values.record);
    default:
      process.stderr.write(`${usage}\n`);
      return 2;
  }
}

async function test(directory: string, rules: readonly Rule[], language: Language): Promise<number> {
  const { results, problems } = await runRuleTests(directory, rules);
  const failed = results.filter((result) => !result.passed);
  for (const { file, name, expected, happened } of failed)
    print(failure(language, { place: `${file}: ${name}`, expected, happened }));
  const passed = results.length - failed.length;
  print(
    language === 'zh'
      ? `${results.length} 个用例，通过 ${passed} 个`
      : `${passed} of ${results.length} cases passed`,
  );
  if (problems.length > 0) return tell(problems, language);
  return failed.length > 0 ? 1 : 0;
}

function failure(
  language: Language,
  failed: { place: string; expected: readonly string[]; happened: readonly string[] },
): string {
  const isZh = language === 'zh';
  const list = (changes: readonly string[]) => changes.join(' · ') || (isZh ? '不报警' : 'nothing');
  const [head, expected, happened] = isZh ? ['未通过', '应为', '实为'] : ['FAILED', 'expected', 'happened'];
  return `${head} ${failed.place}\n  ${expected}: ${list(failed.expected)}\n  ${happened}: ${list(failed.happened)}`;
}

async function backtest(
  rules: readonly Rule[],
  files: readonly string[],
  record: string | undefined,
): Promise<number> {
  if (files.length === 0 || (record !== undefined && files.length > 1)) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  for (const file of files) {
    const name = record ?? join(basename(dirname(resolve(file))), basename(file, extname(file)));
    const readings = readRecording(name, await readFile(file, 'utf8'));
    const last = readings.at(-1)?.receivedAt;
    const options = { expectedEveryMs: NEVER, ...(last === undefined ? {} : { untilMs: last }) };
    for (const { rule, state, rise, at, evidence } of replay(rules, readings, options)) {
      if (rise) continue;
      const line = { record: name, rule: rule.name, kind: rule.kind, state, at: new Date(at).toISOString() };
      print(JSON.stringify({ ...line, evidence }));
    }
  }
  return 0;
}

function tell(problems: readonly Problem[], language: Language): number {
  for (const problem of problems) process.stderr.write(`${formatProblem(problem, language)}\n`);
  return 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whoever reads only the first lines closes the pipe. */
process.stdout.on('error', () => process.exit());
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
