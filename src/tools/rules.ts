import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../config.ts';
import { AppError } from '../platform/errors.ts';
import { explainRule } from '../rules/explain.ts';
import { loadRules } from '../rules/load-rules.ts';
import type { Rule } from '../rules/rule.ts';
import { ruleJsonSchema } from '../rules/rule-json-schema.ts';
import { loadCalendar } from '../tickets/calendars.ts';
import { explainCommand } from './rules/explain-command.ts';
import { recordingsCommand } from './rules/recordings-command.ts';
import { type Language, note, print, tell } from './rules/say.ts';
import { storedCommand } from './rules/stored-command.ts';
import { testCommand } from './rules/test-command.ts';

const usage = `usage: rules check | test | explain | schema [--rules DIR] [--lang zh|en]
       rules backtest --readings FILE.csv… [--rules DIR] [--record NAME] [--against DIR]
       rules backtest --from DAY --to DAY (--all | --subject ID… | --device ID…) [--rules DIR] [--against DIR]
                      what is stored, in the database of DATABASE_URL or DATA_DIR; days like 2026-11-01, UTC
       rules explain --rule NAME --at TIME (--readings FILE.csv | --device ID)
       rules explain --alert ID
                      why it fired then, or why it did not`;

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      rules: { type: 'string', default: 'alert-rules' },
      readings: { type: 'string', multiple: true, default: [] },
      record: { type: 'string' },
      against: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      all: { type: 'boolean', default: false },
      subject: { type: 'string', multiple: true, default: [] },
      device: { type: 'string', multiple: true, default: [] },
      rule: { type: 'string' },
      at: { type: 'string' },
      alert: { type: 'string' },
      lang: { type: 'string', default: process.stdout.isTTY ? 'zh' : 'en' },
    },
  });
}
type Values = ReturnType<typeof parse>['values'];

async function main(): Promise<number> {
  const { values, positionals } = parse();
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
      return testCommand(values.rules, rules, language);
    case 'explain':
      return explain(rules, values, language);
    case 'backtest':
      return backtest(rules, { values, language, files: [...values.readings, ...files] });
    default:
      return misused();
  }
}

function misused(): number {
  note(usage);
  return 2;
}

async function explain(rules: readonly Rule[], values: Values, language: Language): Promise<number> {
  const { rule, at, alert, readings, device } = values;
  if (alert !== undefined || at !== undefined) {
    if (alert === undefined && (rule === undefined || readings.length + device.length !== 1))
      return misused();
    const config = loadConfig();
    const calendar = await calendarOf(values.rules, config);
    return explainCommand(rules, { rule, at, alert, readings, device, language, config, calendar });
  }
  const known = rules.filter(({ name }) => rule === undefined || name === rule);
  if (known.length === 0) throw new AppError('RULES_UNKNOWN', `there is no rule ${rule}`);
  for (const each of known) print(`${explainRule(each, language).join('\n  ')}\n`);
  return 0;
}

async function backtest(
  rules: readonly Rule[],
  { values, language, files }: { values: Values; language: Language; files: readonly string[] },
): Promise<number> {
  const { record, from, to, all, subject: subjects, device: devices } = values;
  const against = values.against === undefined ? undefined : await rulesOf(values.against);
  const config = loadConfig();
  const calendar = await calendarOf(values.rules, config);
  const common = { language, calendar, against };
  if (from !== undefined || to !== undefined) {
    if (files.length > 0 || all === subjects.length + devices.length > 0) return misused();
    return storedCommand(rules, {
      ...common,
      config,
      from: from ?? to ?? '',
      to: to ?? from ?? '',
      subjects,
      devices,
    });
  }
  if (files.length === 0 || (record !== undefined && files.length > 1)) return misused();
  return recordingsCommand(rules, { ...common, files, record, timeZone: config.timeZone });
}

/** Another folder of rules. */
async function rulesOf(directory: string): Promise<Rule[]> {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new AppError('RULES_UNREADABLE', `${directory} is no folder of rules`);
  const { rules, problems } = await loadRules(directory);
  if (problems.length > 0)
    throw new AppError(
      'RULES_INVALID',
      `${directory}: ${problems.length} problems; see rules check --rules ${directory}`,
    );
  return rules;
}

/** Holidays, where the folder has them. */
async function calendarOf(directory: string, { timeZone }: Config) {
  const file = join(directory, 'calendars', 'cn.yaml');
  return existsSync(file) ? (await loadCalendar(file, timeZone)).calendar : undefined;
}

/** Whoever reads only the first lines closes the pipe. */
process.stdout.on('error', () => process.exit());
try {
  process.exitCode = await main();
} catch (error) {
  note(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
