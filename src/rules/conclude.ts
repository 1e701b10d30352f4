import type { Circumstances } from './evaluate.ts';
import { joined } from './joined.ts';
import type { Rule } from './rule.ts';
import { type Cause, changeOf, type RuleChange } from './rule-change.ts';
import { isPartIdle, type Level, type PartStates, type RuleState, type StandingAlert } from './rule-state.ts';

export interface Evaluation {
  state: RuleState | undefined;
  changes: RuleChange[];
  /** When time alone changed something, by the device's clock. */
  passedAt?: number;
}

export const NONE: RuleChange[] = [];

/** What was held back is looked at again after this. */
const LOOK_AGAIN_MS = 60_000;

/** What came late and stands is told when nothing newer said otherwise for this long. */
export const TELL_LATE_MS = 60_000;

type Why = Cause & Circumstances & { isTick?: boolean };

interface Step {
  rule: Rule;
  before: RuleState | undefined;
  /** The next state without its alert. */
  rest: Omit<RuleState, 'alert'>;
  why: Why;
}

interface Top {
  part: number;
  level: Level;
}

/** Compares what the parts say now with the alert that stands. */
export function conclude(
  rule: Rule,
  {
    before,
    next,
    device,
  }: { before: RuleState | undefined; next: RuleState; device: PartStates | undefined },
  why: Why,
): Evaluation {
  const { alert: _before, ...rest } = next;
  const alert = before?.alert;
  const top = foremost(rule, next.parts, device);
  const step = { rule, before, rest, why };
  if (!top) return alert ? ending(step, alert) : { state: withoutLook(rest), changes: NONE };
  return alert ? standing(step, alert, top) : beginning(step, top);
}

function withoutLook(state: RuleState): RuleState {
  if (state.lookAt === undefined) return state;
  const { lookAt: _none, ...rest } = state;
  return rest;
}

function beginning({ rule, rest, why }: Step, top: Top): Evaluation {
  const { at, knownAt } = why;
  if (why.isScheduled?.(at) === false || why.isInhibited?.())
    return { state: { ...rest, lookAt: knownAt + LOOK_AGAIN_MS }, changes: NONE };
  const lag = why.isStale ? (why.behindMs ?? 0) : knownAt - at;
  const alert: StandingAlert = { at, ...top, raisedAt: at, lag };
  const state = withRaise(rule, withoutLook(rest), at);
  if (why.isStale && !why.isKnown)
    return {
      state: { ...state, alert: { ...alert, untoldSince: knownAt }, lookAt: knownAt + TELL_LATE_MS },
      changes: NONE,
    };
  const change = changeOf(rule, 'firing', alert, { parts: rest.parts, cause: why });
  return { state: { ...state, alert }, changes: [change] };
}

function withRaise(rule: Rule, state: RuleState, at: number): RuleState {
  const { flap } = rule;
  if (!flap) return state;
  const lately = (state.raises ?? []).filter((raised) => raised > at - flap.withinMs);
  return { ...state, raises: [...lately, at].slice(-flap.times) };
}

function standing({ rule, rest, why }: Step, was: StandingAlert, top: Top): Evaluation {
  const { endsAt: _none, ...going } = rest;
  const changes: RuleChange[] = [];
  let alert = was;
  let state: RuleState = going;
  const facts = { parts: rest.parts, cause: why };
  if (alert.untoldSince !== undefined) {
    const isTold =
      (!why.isStale || why.isKnown) && (!why.isTick || why.knownAt >= alert.untoldSince + TELL_LATE_MS);
    if (!isTold)
      return { state: { ...going, alert: { ...alert, level: top.level, part: top.part } }, changes: NONE };
    const { untoldSince: _told, ...told } = alert;
    alert = { ...told, level: top.level, part: top.part, raisedAt: why.at, lag: why.knownAt - why.at };
    state = withoutLook(going);
    changes.push({ ...changeOf(rule, 'firing', alert, facts), at: alert.at, late: true });
  } else if (top.level !== alert.level) {
    const rises = top.level > alert.level;
    alert = { ...alert, level: top.level, part: top.part };
    changes.push({
      ...changeOf(rule, 'firing', alert, facts),
      ...(rises ? { rise: true } : { eased: true }),
    });
  }
  if (rule.againAfterMs !== undefined && why.at - alert.raisedAt >= rule.againAfterMs) {
    alert = { ...alert, raisedAt: why.at };
    changes.push({ ...changeOf(rule, 'firing', alert, facts), again: true });
  }
  return { state: { ...state, alert }, changes };
}

function ending({ rule, before, rest, why }: Step, alert: StandingAlert): Evaluation {
  const quietMs = quietAfter(rule, before, why.at);
  const endsAt = rest.endsAt ?? why.at + quietMs;
  if (quietMs > 0 && why.at < endsAt) return { state: { ...rest, alert, endsAt }, changes: NONE };
  const { endsAt: _over, ...over } = withoutLook(rest);
  const lapsed = !why.reading && before !== undefined && hasLapsed(rule, before.parts, rest.parts);
  const at = Math.max(why.at, alert.at);
  const change = changeOf(rule, 'resolved', alert, { parts: rest.parts, cause: { ...why, at, lapsed } });
  const state = rearmed(rule, over, why.at);
  if (alert.untoldSince === undefined) return { state, changes: [change] };
  return { state, changes: [{ ...change, history: { firedAt: alert.at } }] };
}

function quietAfter(rule: Rule, before: RuleState | undefined, at: number): number {
  const { flap, keepFiringMs = 0 } = rule;
  if (!flap) return keepFiringMs;
  const lately = (before?.raises ?? []).filter((raised) => raised > at - flap.withinMs);
  return lately.length >= flap.times ? Math.max(flap.quietMs, keepFiringMs) : keepFiringMs;
}

/** Whether an event ended only because it was not said again: nobody said that it is over. */
const hasLapsed = (rule: Rule, before: PartStates, parts: PartStates): boolean =>
  rule.parts.some((part, index) => {
    const was = before[index];
    return part.type === 'event' && was?.level && was.clearSince === undefined && !parts[index]?.level;
  });

/** A drop that outlived its alert counts for a while longer, not for ever. */
function rearmed(rule: Rule, state: RuleState, at: number): RuleState {
  const rearm = (parts: PartStates): PartStates =>
    parts.map((part, index) => {
      const of = rule.parts[index];
      return of?.type === 'drop' && part?.level ? { ...part, due: at + of.holdsMs } : part;
    });
  if (!rule.parts.some((part) => part.type === 'drop')) return state;
  if (!state.points) return { ...state, parts: rearm(state.parts) };
  const points = Object.fromEntries(
    Object.entries(state.points).map(([key, parts]) => [key, rearm(parts)] as const),
  );
  return joined(rule, state, points);
}

/** The highest level of a set that is true as a whole, and the part behind it. */
function foremost(rule: Rule, parts: PartStates, device: PartStates | undefined): Top | undefined {
  let top: Top | undefined;
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
function highest(set: readonly number[], parts: PartStates, device: PartStates | undefined): Top | undefined {
  let top: Top | undefined;
  for (const part of set) {
    const own = parts[part] ?? null;
    const lent = set.length > 1 && isPartIdle(own) ? (device?.[part] ?? null) : null;
    const level = (own?.level ? own : lent)?.level;
    if (!level) return undefined;
    if (own?.level && (!top || level > top.level)) top = { part, level };
  }
  return top;
}
