import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../config.ts';
import type { Bilingual } from '../platform/problem.ts';
import { explainRule } from '../rules/explain.ts';
import { loadRules } from '../rules/load-rules.ts';
import type { Rule } from '../rules/rule.ts';
import { ruleJsonSchema } from '../rules/rule-json-schema.ts';
import { loadCalendar } from '../tickets/calendars.ts';
import { rulesAgainst } from './rules/against.ts';
import { AskedWrongly, sentenceOf, unknownName } from './rules/asked-wrongly.ts';
import { explainCommand } from './rules/explain-command.ts';
import { recordingsCommand } from './rules/recordings-command.ts';
import { type Language, note, print, tell } from './rules/say.ts';
import { storedCommand } from './rules/stored-command.ts';
import { testCommand } from './rules/test-command.ts';

const usage = {
  en: `usage: rules check | test | explain | schema [--rules DIR] [--lang zh|en]
       rules backtest --readings FILE.csv… [--rules DIR] [--record NAME] [--against DIR|RULE@VERSION]
       rules backtest --from DAY --to DAY (--all | --subject ID… | --device ID…) [--rules DIR] [--against DIR|RULE@VERSION]
                      what is stored, in the database of DATABASE_URL or DATA_DIR; days like 2026-11-01, UTC
       rules explain --rule NAME
                      what this rule says
       rules explain --rule NAME --at TIME (--readings FILE.csv | --device ID)
       rules explain --alert ID
                      why it fired then, or why it did not`,
  zh: `用法：rules check | test | explain | schema [--rules 目录] [--lang zh|en]
       rules backtest --readings 记录.csv… [--rules 目录] [--record 名称] [--against 另一目录|规则@版本]
       rules backtest --from 日期 --to 日期 (--all | --subject 编号… | --device 编号…) [--rules 目录] [--against 另一目录|规则@版本]
                      回测已存的数据（DATABASE_URL 或 DATA_DIR 的数据库）；日期如 2026-11-01，按 UTC
       rules explain --rule 名称
                      这条规则说什么
       rules explain --rule 名称 --at 时间 (--readings 记录.csv | --device 编号)
       rules explain --alert 编号
                      当时为什么报警，或为什么没有报`,
};
const commands = ['check', 'test', 'explain', 'schema', 'backtest'];
const atTerminal: Language = process.stdout.isTTY ? 'zh' : 'en';

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
      lang: { type: 'string', default: atTerminal },
    },
  });
}
type Values = ReturnType<typeof parse>['values'];

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const [command, ...files] = positionals;
  if (values.lang !== 'zh' && values.lang !== 'en')
    throw new AskedWrongly({ zh: `--lang 只能是 zh 或 en`, en: '--lang is zh or en' });
  const language = values.lang;
  if (command === undefined) return misused(language);
  if (!commands.includes(command)) throw unknownName({ zh: '命令', en: 'command' }, command, commands);
  if (files.length > 0 && command !== 'backtest')
    throw new AskedWrongly({
      zh: `看不懂“${files.join(' ')}”：${command} 处理整个目录，用 --rules 给出目录`,
      en: `“${files.join(' ')}” means nothing here: ${command} takes a whole folder, named by --rules`,
    });
  if (command === 'schema') {
    print(JSON.stringify(ruleJsonSchema(), null, 2));
    return 0;
  }
  if (!existsSync(values.rules) || !statSync(values.rules).isDirectory())
    throw new AskedWrongly({
      zh: `${values.rules}：没有这个规则目录，请检查 --rules`,
      en: `${values.rules}: there is no such folder of rules; check --rules`,
    });
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
      return misused(language);
  }
}

function misused(language: Language, missing?: Bilingual): number {
  if (missing) note(missing[language]);
  note(usage[language]);
  return 2;
}

async function explain(rules: readonly Rule[], values: Values, language: Language): Promise<number> {
  const { rule, at, alert, readings, device } = values;
  if (alert !== undefined || at !== undefined) {
    if (alert !== undefined && !/^[1-9]\d*$/.test(alert))
      throw new AskedWrongly({
        zh: `--alert 要写报警的编号，例如 31`,
        en: '--alert takes the number of an alert, such as 31',
      });
    if (alert === undefined && rule === undefined)
      return misused(language, { zh: '还要用 --rule 给出规则', en: '--rule is missing: which rule?' });
    if (alert === undefined && readings.length + device.length !== 1)
      return misused(language, {
        zh: '还要用 --readings 给出一个记录文件，或用 --device 给出一台设备',
        en: 'one file with --readings or one device with --device is missing',
      });
    const config = loadConfig();
    const calendar = await calendarOf(values.rules, config);
    return explainCommand(rules, { rule, at, alert, readings, device, language, config, calendar });
  }
  const known = rules.filter(({ name }) => rule === undefined || name === rule);
  if (readings.length + device.length > 0)
    return misused(language, { zh: '还要用 --at 给出时间', en: '--at is missing: at what time?' });
  if (known.length === 0)
    throw unknownName(
      { zh: '规则', en: 'rule' },
      rule ?? '',
      rules.map(({ name }) => name),
    );
  for (const each of known) print(`${explainRule(each, language).join('\n  ')}\n`);
  return 0;
}

async function backtest(
  rules: readonly Rule[],
  { values, language, files }: { values: Values; language: Language; files: readonly string[] },
): Promise<number> {
  const { record, from, to, all, subject: subjects, device: devices } = values;
  const config = loadConfig();
  const against =
    values.against === undefined ? undefined : await rulesAgainst(values.against, { rules, config });
  const calendar = await calendarOf(values.rules, config);
  const common = { language, calendar, against };
  if (from !== undefined || to !== undefined) {
    if (files.length > 0)
      return misused(language, {
        zh: '--readings 与 --from、--to 只能用一种',
        en: 'either --readings or --from and --to, not both',
      });
    if (all === subjects.length + devices.length > 0)
      return misused(language, {
        zh: '--all、--subject、--device 选一种：回测哪些设备？',
        en: 'which devices? either --all, or --subject or --device',
      });
    return storedCommand(rules, {
      ...common,
      config,
      from: from ?? to ?? '',
      to: to ?? from ?? '',
      subjects,
      devices,
    });
  }
  if (files.length === 0)
    return misused(language, {
      zh: '还要用 --readings 给出记录文件，或用 --from、--to 给出日期',
      en: 'what to play? --readings with files, or --from and --to with days',
    });
  if (record !== undefined && files.length > 1)
    return misused(language, { zh: '--record 只用于一个记录文件', en: '--record names one recording only' });
  return recordingsCommand(rules, { ...common, files, record, timeZone: config.timeZone });
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
  const at = process.argv.lastIndexOf('--lang');
  const asked = at < 0 ? atTerminal : process.argv[at + 1];
  note(sentenceOf(error, asked === 'zh' || process.argv.includes('--lang=zh') ? 'zh' : 'en'));
  process.exitCode = 2;
}
