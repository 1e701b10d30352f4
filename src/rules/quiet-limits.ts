import type { Signal } from '../model/signals.ts';
import type { Limit, Rule } from './rule.ts';
import { signalsOf } from './rule-index.ts';

/**
 * The limits that a value of this signal must pass for the rule to take notice, where it has nothing to remember: most readings are within
 * them. Undefined where the rule learns from every value.
 */
export function quietLimits(rule: Rule, signal: Signal): readonly Limit[] | undefined {
  if (rule.ignoreWhile?.some((said) => said.signal === signal)) return undefined;
  const limits: Limit[] = [];
  for (const part of rule.parts) {
    const watched = signalsOf(part);
    if (!watched.includes(signal) && !watched.includes('any')) continue;
    if (part.type === 'threshold' && !part.smooth && !part.personal)
      limits.push(part.soft, ...(part.hard ? [part.hard.limit] : []));
    else if (part.type === 'count' && 'limit' in part.match) limits.push(part.match.limit);
    else return undefined;
  }
  return limits;
}
