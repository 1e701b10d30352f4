import { nearestOf } from '../platform/nearest.ts';
import type { Finding } from '../platform/yaml-source.ts';
import { finding } from './findings.ts';
import type { Rule } from './rule.ts';

type SetFinding = Finding & { rule: Rule };

/** Which rules inhibit which: each must be there, have something that lasts, and no two may silence each other. */
export function checkInhibition(rules: readonly Rule[]): SetFinding[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return rules.flatMap((rule) =>
    (rule.inhibitedBy ?? []).flatMap((name, index): SetFinding[] => {
      const message = faultOf(rule, name, byName);
      return message ? [{ rule, ...finding(['inhibited_by', index], ...message) }] : [];
    }),
  );
}

function faultOf(
  rule: Rule,
  name: string,
  byName: ReadonlyMap<string, Rule>,
): [zh: string, en: string] | undefined {
  const other = byName.get(name);
  if (!other) {
    const near = nearestOf(name, [...byName.keys()]);
    return [
      `没有名为 ${name} 的规则${near ? `，是不是 ${near}？` : '，请改正或删去'}`,
      `no rule is called ${name}${near ? `: did you mean ${near}?` : ': mend the name or leave it out'}`,
    ];
  }
  if (other.shadow)
    return [
      `${name} 只是试运行，不能抑制别的规则，请删去`,
      `${name} only records and inhibits nothing: leave it out`,
    ];
  if (other.parts.every((part) => part.type === 'event' && !part.stands))
    return [
      `${name} 是单次事件，随即结束，不能抑制，请删去`,
      `${name} is a single event that ends at once and inhibits nothing: leave it out`,
    ];
  if (reaches(other, rule.name, byName))
    return [
      `${name} 也被 ${rule.name} 抑制，会互相压住，请删去其中一处`,
      `${name} is inhibited by ${rule.name} in turn and they would silence each other: leave one of them out`,
    ];
  return undefined;
}

/** Whether following what inhibits `from` leads to the rule of this name. */
function reaches(from: Rule, name: string, byName: ReadonlyMap<string, Rule>): boolean {
  const seen = new Set<string>();
  const open = [...(from.inhibitedBy ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(byName.get(next)?.inhibitedBy ?? []));
  }
  return false;
}
