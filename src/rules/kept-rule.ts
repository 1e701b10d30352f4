import type { Queryable } from '../platform/database.ts';
import type { Rule } from './rule.ts';
import { readText } from './rule-set.ts';
import { type RuleVersion, readHistory } from './rule-version-store.ts';

/** A rule as it stood in the newest of its kept versions that fits; undefined where none does, or it had no text or one that is not read today. */
export async function readKeptRule(
  db: Queryable,
  name: string,
  fits: (version: RuleVersion) => boolean,
): Promise<Rule | undefined> {
  const kept = (await readHistory(db, name)).find((one) => one.body !== null && fits(one));
  if (!kept?.body) return undefined;
  const read = readText({ rule: name, shadow: false, body: kept.body });
  return 'rule' in read ? read.rule : undefined;
}
