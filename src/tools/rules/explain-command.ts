import { readFile } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import type { Queryable } from '../../platform/database.ts';
import { readKeptRule } from '../../rules/kept-rule.ts';
import { type FoundAlert, findAlert, findDeviceIds } from '../../rules/lab/lab-devices-store.ts';
import { storedWhy } from '../../rules/lab/stored-why.ts';
import { type Why, why } from '../../rules/lab/why.ts';
import { whyLines } from '../../rules/lab/why-words.ts';
import { readRecording } from '../../rules/recording.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Workdays } from '../../rules/schedule.ts';
import { AskedWrongly, unknownName } from './asked-wrongly.ts';
import { type Language, note, print } from './say.ts';
import { withStored } from './stored.ts';

export interface ExplainOptions {
  rule: string | undefined;
  at: string | undefined;
  /** Id of an alert, whose rule, device and time are then taken. */
  alert: string | undefined;
  readings: readonly string[];
  device: readonly string[];
  language: Language;
  config: Config;
  calendar: Workdays | undefined;
}

/** Says why a rule fired at a moment, or why it did not. */
export async function explainCommand(rules: readonly Rule[], options: ExplainOptions): Promise<number> {
  const { readings, language, config, alert } = options;
  const [file] = readings;
  const told =
    alert !== undefined
      ? await ofAlert(rules, Number(alert), options)
      : file !== undefined
        ? await ofRecording(rules, file, options)
        : await ofDevice(rules, options);
  for (const line of whyLines(told, language, config.timeZone)) print(line);
  return 0;
}

function ruleNamed(rules: readonly Rule[], name: string | undefined): Rule {
  const rule = rules.find((each) => each.name === name);
  if (rule) return rule;
  const known = rules.map((each) => each.name);
  throw unknownName({ zh: '规则', en: 'rule' }, name ?? '', known);
}

/** Throws AskedWrongly. */
function momentOf(text: string | undefined): number {
  const ms = Date.parse(text ?? '');
  if (Number.isFinite(ms)) return ms;
  throw new AskedWrongly({
    zh: `看不懂时间“${text}”，要写成 2026-11-22T08:00:00+08:00`,
    en: `${text}: a time is written like 2026-11-22T08:00:00+08:00`,
  });
}

async function ofRecording(
  rules: readonly Rule[],
  file: string,
  { rule, at, calendar }: ExplainOptions,
): Promise<Why> {
  const readings = readRecording(file, await readFile(file, 'utf8'));
  const never = Number.POSITIVE_INFINITY;
  return why(ruleNamed(rules, rule), rules, readings, { at: momentOf(at), expectedEveryMs: never, calendar });
}

function ofDevice(rules: readonly Rule[], options: ExplainOptions): Promise<Why> {
  const [native = ''] = options.device;
  return withStored(options, async (deps) => {
    const deviceId = (await findDeviceIds(deps.database.db, [native])).get(native);
    if (deviceId === undefined)
      throw new AskedWrongly({ zh: `没有设备 ${native}`, en: `no such device: ${native}` });
    return storedWhy(deps, {
      rule: ruleNamed(rules, options.rule),
      rules,
      deviceId,
      at: momentOf(options.at),
    });
  });
}

/** By the version that raised it, where that is kept; else by the rule of now, which is said. */
function ofAlert(rules: readonly Rule[], id: number, options: ExplainOptions): Promise<Why> {
  return withStored(options, async (deps) => {
    const alert = await findAlert(deps.database.db, id);
    if (!alert || alert.deviceId === null)
      throw new AskedWrongly({
        zh: `没有编号为 ${id} 的设备报警`,
        en: `there is no alert ${id} of a device`,
      });
    const rule = await ruleOf(alert, rules, { db: deps.database.db, language: options.language });
    const zh = options.language === 'zh';
    note(
      zh
        ? `报警 ${id} 的依据：${JSON.stringify(alert.evidence)}`
        : `evidence of alert ${id}: ${JSON.stringify(alert.evidence)}`,
    );
    const at = Math.max(alert.firedAt, alert.evidence.receivedAt ?? alert.firedAt);
    return storedWhy(deps, { rule, rules, deviceId: alert.deviceId, at });
  });
}

async function ruleOf(
  { rule: name, version }: FoundAlert,
  rules: readonly Rule[],
  { db, language }: { db: Queryable; language: Language },
): Promise<Rule> {
  const zh = language === 'zh';
  const current = rules.find((rule) => rule.name === name);
  if (version === null || version === current?.version) return ruleNamed(rules, name);
  const kept = await readKeptRule(db, name, (one) => one.version === version);
  if (kept) {
    note(
      zh
        ? `当时的规则版本是 ${version}，现在已不同：以下按当时的规则说明。`
        : `the rule was version ${version} then and is another now: this is what the rule of then says.`,
    );
    return kept;
  }
  const now = ruleNamed(rules, name);
  note(
    zh
      ? `当时的规则版本 ${version} 没有留存，现在是 ${now.version}：以下按现在的规则说明。`
      : `the rule was version ${version} then, which was not kept, and is ${now.version} now: this is what the rule of now says.`,
  );
  return now;
}
