import type { Signal } from '../model/signals.ts';
import { HEARD_SHARE } from './conditions.ts';
import type { Slot } from './holder.ts';
import { isLearner } from './learners.ts';
import type { Limit, Part, Rule, ThresholdPart } from './rule.ts';
import { signalsOf } from './rule-index.ts';

/**
 * The limits that a value of this signal must pass for the rule to take notice, where it has nothing to remember: most readings are within
 * them. Undefined where the rule learns from every value.
 */
export const quietLimits = (rule: Rule, signal: Signal): readonly Limit[] | undefined =>
  limitsOf(rule, signal, (part) => !part.smooth && !part.personal);

/**
 * The same for a rule that smooths this signal and no other: while nothing is pending, a value within them changes nothing but what is
 * smoothed, and that can wait.
 */
export function learnerLimits(rule: Rule, signal: Signal): readonly Limit[] | undefined {
  const isElsewhere = (part: Part): boolean =>
    part.type === 'threshold' && part.smooth !== undefined && part.signal !== signal;
  if (rule.parts.some(isElsewhere)) return undefined;
  return limitsOf(rule, signal, (part) => !part.personal && (!part.smooth || isLearner(part, signal)));
}

function limitsOf(
  rule: Rule,
  signal: Signal,
  isLimited: (part: ThresholdPart) => boolean,
): readonly Limit[] | undefined {
  if (rule.ignoreWhile?.some((said) => said.signal === signal)) return undefined;
  const limits: Limit[] = [];
  for (const part of rule.parts) {
    const watched = signalsOf(part);
    if (!watched.includes(signal) && !watched.includes('any')) continue;
    if (part.type === 'threshold' && isLimited(part))
      limits.push(part.soft, ...(part.hard ? [part.hard.limit] : []));
    else if (part.type === 'count' && 'limit' in part.match) limits.push(part.match.limit);
    else return undefined;
  }
  return limits;
}

/** It minds only that the device speaks at all, in no rhythm of its own. */
export function isSleeper({ parts: [part, ...others] }: Rule): boolean {
  return others.length === 0 && part?.type === 'no_data' && !part.signals && !part.byRhythm;
}

/** Until when none of them need hear that the device speaks, by our clock. */
export function wakeAt(sleepers: readonly Slot[]): number {
  let wake = Infinity;
  for (const { state } of sleepers) {
    const part = state?.parts[0];
    if (!part || part.due === undefined || part.level || part.never || state?.alert) return -Infinity;
    wake = Math.min(wake, part.heard + (part.due - part.heard) / HEARD_SHARE);
  }
  return wake;
}

/** Devices have the same limits in thousands; these are kept once, so that they are near at hand. */
const shared = new Map<string, readonly Limit[]>();

/** Of limits on one signal those that say all: what is within these is within every one. */
export function narrowest(limits: readonly Limit[]): readonly Limit[] {
  const kept: Limit[] = [];
  for (const limit of limits) {
    const index = kept.findIndex(({ op }) => op === limit.op);
    const other = kept[index];
    if (!other) kept.push(limit);
    else if (isUp(limit.op) ? limit.value < other.value : limit.value > other.value) kept[index] = limit;
  }
  const key = kept.map(({ op, value }) => `${op} ${value}`).join();
  const known = shared.get(key) ?? kept;
  shared.set(key, known);
  return known;
}

const isUp = (op: Limit['op']): boolean => op === 'above' || op === 'at_least';
