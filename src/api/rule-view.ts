import type { Bilingual, Problem } from '../platform/problem.ts';
import { explainRule } from '../rules/explain.ts';
import type { Rule } from '../rules/rule.ts';
import { readText, shadowName } from '../rules/rule-set.ts';
import type { RuleVersion } from '../rules/rule-version-store.ts';
import type { RuleProblem, RuleRow, RuleVersionView } from './rule-schemas.ts';
import type { Locale } from './schemas.ts';

export const inWords = (message: Bilingual, locale: Locale): string =>
  locale === 'en' ? message.en : message.zh;

export const explain = (rule: Rule, locale: Locale): string[] =>
  explainRule(rule, locale === 'en' ? 'en' : 'zh');

export function problemView({ message, ...problem }: Problem, locale: Locale): RuleProblem {
  return { ...problem, message: inWords(message, locale) };
}

/** What a rule has in each lane. */
export interface Lanes {
  live: RuleVersion | undefined;
  trial: RuleVersion | undefined;
}

/** By rule, in the order of their names. */
export function lanesOf(heads: readonly RuleVersion[]): Map<string, Lanes> {
  const lanes = new Map<string, Lanes>();
  for (const head of heads) {
    const known = lanes.get(head.rule) ?? { live: undefined, trial: undefined };
    lanes.set(head.rule, head.shadow ? { ...known, trial: head } : { ...known, live: head });
  }
  return lanes;
}

export const isHere = (version: RuleVersion | undefined): version is RuleVersion & { body: string } =>
  version !== undefined && version.body !== null;

/**
 * A rule as the list shows it: as it runs, else as its version on trial says, else (`earlier`) as it last was. Undefined where nothing
 * of it can be read.
 */
export function ruleRow(
  name: string,
  of: { lanes: Lanes; running: readonly Rule[]; earlier: readonly RuleVersion[] },
  locale: Locale,
): RuleRow | undefined {
  const { live, trial } = of.lanes;
  const inForce = of.running.find((rule) => rule.name === name);
  const onTrial = of.running.find((rule) => rule.name === shadowName(name));
  const rule = inForce ?? onTrial ?? lastReadable(of.earlier);
  if (!rule) return undefined;
  const { kind, title, severity, consequence, faultClass = null, version } = rule;
  return {
    name,
    kind,
    title,
    severity,
    consequence,
    faultClass,
    version,
    text: explain(rule, locale).join('\n'),
    state: inForce ? (inForce.shadow ? 'shadow' : 'running') : onTrial ? 'trial' : 'removed',
    revision: live?.revision ?? null,
    origin: live?.origin ?? 'page',
    changedAt: live?.createdAt ?? null,
    onTrial: isHere(trial),
  };
}

function lastReadable(versions: readonly RuleVersion[]): Rule | undefined {
  for (const { rule, body } of versions) {
    if (body === null) continue;
    const read = readText({ rule, shadow: false, body });
    if ('rule' in read) return read.rule;
  }
  return undefined;
}

export function versionView(version: RuleVersion, lanes: Lanes): RuleVersionView {
  const { id, shadow, revision, origin, action, author, note, createdAt } = version;
  const head = shadow ? lanes.trial : lanes.live;
  return {
    id,
    shadow,
    revision,
    origin,
    action,
    note,
    version: version.version,
    author: author?.name ?? null,
    at: createdAt,
    inForce: head?.id === id && version.body !== null,
  };
}
