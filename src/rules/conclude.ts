import type { Rule } from './rule.ts';
import { type Cause, changeOf, type RuleChange } from './rule-change.ts';
import { isPartIdle, type Level, type PartState, type PartStates, type RuleState } from './rule-state.ts';

export interface Evaluation {
  state: RuleState | undefined;
  changes: RuleChange[];
}

export const NONE: RuleChange[] = [];

/** Compares what the parts say now with the alert that stands. */
export function conclude(
  rule: Rule,
  {
    before,
    next,
    device,
  }: { before: RuleState | undefined; next: RuleState; device: PartStates | undefined },
  cause: Cause,
): Evaluation {
  const { alert: _before, ...rest } = next;
  const alert = before?.alert;
  const { parts } = next;
  const top = foremost(rule, parts, device);
  if (!top) {
    if (!alert) return { state: rest, changes: NONE };
    const lapsed = !cause.reading && before !== undefined && hasLapsed(rule, before.parts, parts);
    const change = changeOf(rule, 'resolved', alert, { parts, cause: { ...cause, lapsed }, rise: false });
    return { state: rearmed(rule, rest, cause.knownAt), changes: [change] };
  }
  if (alert && alert.level >= top.level) return { state: { ...rest, alert }, changes: NONE };
  const risen = { at: alert?.at ?? cause.at, level: top.level, part: top.part };
  return {
    state: { ...rest, alert: alert?.id === undefined ? risen : { ...risen, id: alert.id } },
    changes: [changeOf(rule, 'firing', risen, { parts, cause, rise: alert !== undefined })],
  };
}

/** Whether an event ended only because it was not said again: nobody said that it is over. */
const hasLapsed = (rule: Rule, before: PartStates, parts: PartStates): boolean =>
  rule.parts.some((part, index) => {
    const was = before[index];
    return part.type === 'event' && was?.level && was.clearSince === undefined && !parts[index]?.level;
  });

/** A drop that outlived its alert counts for a while longer, not for ever. */
function rearmed(rule: Rule, state: RuleState, now: number): RuleState {
  const rearm = (parts: PartStates): PartStates =>
    parts.map((part, index) => {
      const of = rule.parts[index];
      return of?.type === 'drop' && part?.level ? { ...part, due: now + of.holdsMs } : part;
    });
  if (!rule.parts.some((part) => part.type === 'drop')) return state;
  if (!state.points) return { ...state, parts: rearm(state.parts) };
  const points = Object.fromEntries(
    Object.entries(state.points).map(([key, parts]) => [key, rearm(parts)] as const),
  );
  return joined(rule, state, points);
}

/** The highest level of a set that is true as a whole, and the part behind it. */
function foremost(
  rule: Rule,
  parts: PartStates,
  device: PartStates | undefined,
): { part: number; level: Level } | undefined {
  let top: { part: number; level: Level } | undefined;
  const { sets } = rule;
  if (sets)
    for (const set of sets) {
      const found = highest(set, parts, device);
      if (found && (!top || found.level > top.level)) top = found;
    }
  else
    for (const [part, state] of parts.entries())
      if (state?.level && (!top || state.level > top.level)) top = { part, level: state.level };
  return top;
}

/** True where every part is; what the channel does not know its device may, but not all of it. */
function highest(
  set: readonly number[],
  parts: PartStates,
  device: PartStates | undefined,
): { part: number; level: Level } | undefined {
  let top: { part: number; level: Level } | undefined;
  for (const part of set) {
    const own = parts[part] ?? null;
    const lent = set.length > 1 && isPartIdle(own) ? (device?.[part] ?? null) : null;
    const level = (own?.level ? own : lent)?.level;
    if (!level) return undefined;
    if (own?.level && (!top || level > top.level)) top = { part, level };
  }
  return top;
}

/** What all points of an asset say together: of each part the one that is true, else the one heard last. */
export function joined(
  rule: Rule,
  state: RuleState | undefined,
  points: Readonly<Record<string, PartStates>>,
): RuleState {
  const all = Object.values(points);
  const parts = rule.parts.map((_, index) => {
    let top: PartState | null = null;
    for (const point of all) {
      const part = point[index];
      if (part && (!top || rank(part) > rank(top) || (rank(part) === rank(top) && part.last > top.last)))
        top = part;
    }
    return top;
  });
  return { ...state, points, parts };
}

const rank = (part: PartState): number => part.level ?? 0;
