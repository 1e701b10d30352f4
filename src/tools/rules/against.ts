import { existsSync, statSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { CleanUp } from '../../platform/clean-up.ts';
import { AppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/logging.ts';
import { readKeptRule } from '../../rules/kept-rule.ts';
import { loadRules } from '../../rules/load-rules.ts';
import type { Rule } from '../../rules/rule.ts';
import type { RuleVersion } from '../../rules/rule-version-store.ts';
import { AskedWrongly } from './asked-wrongly.ts';
import { openToolDatabase } from './tool-database.ts';

/** `spo2_low@3`: its third revision; `spo2_low@1f2e3d`: the version whose hash begins so. */
const KEPT = /^([a-z][a-z0-9_]*)@([0-9a-f]{1,12})$/;
const REVISION = /^\d{1,5}$/;

/** What rules are compared with: another folder, or the same rules with one of them as it was. Throws AskedWrongly. */
export async function rulesAgainst(
  text: string,
  { rules, config }: { rules: readonly Rule[]; config: Config },
): Promise<Rule[]> {
  if (existsSync(text) && statSync(text).isDirectory()) return rulesIn(text);
  const [, name, wanted] = KEPT.exec(text) ?? [];
  if (name === undefined || wanted === undefined)
    throw new AskedWrongly({
      zh: `${text}：没有这个规则目录；留存的版本写成 spo2_low@3（第几版）或 spo2_low@1f2e3d（版本号）`,
      en: `${text}: there is no such folder of rules; a kept version is spo2_low@3 (its revision) or spo2_low@1f2e3d (its version)`,
    });
  const kept = await keptRule(config, name, (one) => isMeant(one, wanted));
  if (!kept)
    throw new AskedWrongly({
      zh: `规则 ${name} 没有留存版本 ${wanted}，规则页列出了所有版本`,
      en: `no version ${wanted} of the rule ${name} is kept; its page lists them all`,
    });
  const isNew = rules.every((rule) => rule.name !== name);
  return [...rules.map((rule) => (rule.name === name ? kept : rule)), ...(isNew ? [kept] : [])];
}

const isMeant = ({ shadow, revision, version }: RuleVersion, wanted: string): boolean =>
  REVISION.test(wanted) ? !shadow && revision === Number(wanted) : version?.startsWith(wanted) === true;

async function keptRule(config: Config, name: string, fits: (version: RuleVersion) => boolean) {
  const log = createLogger('error');
  const cleanUp = new CleanUp(log);
  try {
    const { db } = await openToolDatabase(config, log, cleanUp);
    return await readKeptRule(db, name, fits);
  } finally {
    await cleanUp.run();
  }
}

async function rulesIn(directory: string): Promise<Rule[]> {
  const { rules, problems } = await loadRules(directory);
  if (problems.length > 0)
    throw new AppError(
      'RULES_INVALID',
      `${directory}: ${problems.length} problems; see rules check --rules ${directory}`,
    );
  return rules;
}
