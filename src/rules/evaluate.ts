import type { Reading } from '../model/readings.ts';
import type { IntakeGap } from '../platform/intake-times-store.ts';
import { conclude, type Evaluation, NONE } from './conclude.ts';
import { isMeant, stepChildren, stepNoData } from './conditions.ts';
import { isIgnored, noteSaid } from './ignoring.ts';
import { joined } from './joined.ts';
import { graced } from './restart-grace.ts';
import { goesByUs, type Part, type Rule, silenceAllowed } from './rule.ts';
import { changeOfOccurrence, type SilentChildren } from './rule-change.ts';
import { lagIn, type PartState, type PartStates, type RuleState } from './rule-state.ts';
import { stepDue, stepReading } from './steps.ts';

/** What the state of a rule is moved by. */
export type RuleInput =
  | {
      type: 'reading';
      reading: Reading;
      expectedEveryMs: number;
      /** What the device says of all its channels together, for a rule that joins it with one of them. */
      device?: PartStates;
    }
  /** A reading of the device without a channel, for the state of one of its channels: it may end something there. */
  | { type: 'device_reading'; reading: Reading; device: PartStates }
  /**
   * Time passed; `heardAt`: when the device was last heard of by any uplink, even one without readings. `excusedAt`: until then its
   * gateway was dead, so that its silence began only there.
   */
  | TickInput
  /** Of a gateway. */
  | { type: 'children'; children: SilentChildren };

export interface TickInput {
  type: 'tick';
  heardAt?: number;
  expectedEveryMs: number;
  excusedAt?: number;
  /** When nobody of us listened: our own outage is nobody's silence. */
  gaps?: readonly IntakeGap[];
  device?: PartStates;
  /** When we came to look, where that is later than `now`. */
  knownAt?: number;
}

/** What holds an input back or makes it history. */
export interface Circumstances {
  /** The input came so late that it tells of the past. */
  isStale?: boolean;
  /** It is heard again, and what it led to was told before. */
  isKnown?: boolean;
  /** By how much the device's clock is usually behind ours. */
  behindMs?: number;
  /** Whether something else stands that this rule gives way to. */
  isInhibited?: () => boolean;
  /** Whether the rule may fire at this time. */
  isScheduled?: (at: number) => boolean;
}

type ReadingInput = Extract<RuleInput, { reading: Reading }>;

/**
 * The next state of a rule for one scope: a point, or all points of an asset. Pure. Readings come in the order of their times; what time
 * alone brought about before a reading comes first. Only live readings count: anything else and a value of the wrong type change nothing.
 * A tick brings about what is due at `now`, by our clock.
 */
export function evaluate(
  rule: Rule,
  state: RuleState | undefined,
  input: RuleInput,
  now: number,
  circumstances: Circumstances = {},
): Evaluation {
  if (input.type === 'tick') return evaluateTick(rule, state, { input, now, circumstances });
  if (input.type === 'children')
    return evaluateChildren(rule, state, { children: input.children, now, circumstances });
  const { reading } = input;
  if (reading.origin !== 'live') return { state, changes: NONE };
  const [first] = rule.parts;
  if (first?.type === 'event' && !first.stands) {
    const happened = reading.signal === first.signal && isMeant(first, reading);
    return { state, changes: happened ? [changeOfOccurrence(rule, reading)] : NONE };
  }
  if (!state || rule.inhibitedByGateway || (state.alert === undefined && !mayBeDue(state)))
    return evaluateReading(rule, state, { input, circumstances });
  const settled = settle(rule, state, {
    until: reading.observedAt,
    knownAt: reading.receivedAt,
    input,
    circumstances,
  });
  const heard = evaluateReading(rule, settled.state, { input, circumstances });
  return settled.changes.length === 0
    ? heard
    : { state: heard.state, changes: [...settled.changes, ...heard.changes] };
}

/** Cheap, for the usual case: nothing pending. */
function mayBeDue(state: RuleState): boolean {
  if (state.points || state.endsAt !== undefined) return true;
  for (const part of state.parts) if (part?.due !== undefined) return true;
  return false;
}

interface Heard {
  input: ReadingInput;
  circumstances: Circumstances;
}

function evaluateReading(
  rule: Rule,
  before: RuleState | undefined,
  { input, circumstances }: Heard,
): Evaluation {
  const { reading, device } = input;
  const state = rule.ignoreWhile ? noteSaid(rule, before, reading) : before;
  if (rule.ignoreWhile && state?.said && isIgnored(rule.ignoreWhile, state.said, reading))
    return { state, changes: NONE };
  const next = hear(rule, state, { input, circumstances });
  const isUnmoved = next === state && (input.type === 'reading' || !next);
  if (isUnmoved && !isWaiting(next, circumstances)) return { state, changes: NONE };
  if (input.type === 'reading' && next && isNothingToTell(state, next)) return { state: next, changes: NONE };
  const cause = { at: reading.observedAt, knownAt: reading.receivedAt, reading };
  return conclude(
    rule,
    { before: state, next: next ?? { parts: [] }, device },
    { ...circumstances, ...cause },
  );
}

/** It did not fire and no part is true: only what is remembered is another. */
function isNothingToTell(before: RuleState | undefined, next: RuleState): boolean {
  if (before?.alert || next.lookAt !== undefined) return false;
  for (const part of next.parts) if (part?.level) return false;
  return true;
}

/** Something was held back and may be told now. */
const isWaiting = (state: RuleState | undefined, { isStale, isKnown }: Circumstances): state is RuleState =>
  state !== undefined &&
  (state.lookAt !== undefined || ((!isStale || isKnown === true) && state.alert?.untoldSince !== undefined));

/** Moves the parts of the point that speaks. */
function hear(
  rule: Rule,
  state: RuleState | undefined,
  { input, circumstances }: Heard,
): RuleState | undefined {
  const { reading } = input;
  const key = rule.per === undefined ? undefined : pointKey(reading);
  const was = key === undefined ? state?.parts : state?.points?.[key];
  const moved = stepParts(rule, was, { step: stepReading, facts: input });
  if (!moved || moved === was) return state;
  let parts = rule.inhibitedByGateway ? deferred(moved, was, reading) : moved;
  if (circumstances.isStale) parts = parts.map((part) => withUsualLag(part, circumstances.behindMs ?? 0));
  if (key === undefined) return state ? { ...state, parts } : { parts };
  return joined(rule, state, { ...state?.points, [key]: parts });
}

/** A network may keep a message for so long, and what is due be told as much later. */
const MOST_LAG_MS = 60_000;

const withUsualLag = (part: PartState | null, behindMs: number): PartState | null =>
  part?.lag !== undefined && part.lag > behindMs + MOST_LAG_MS
    ? { ...part, lag: behindMs + MOST_LAG_MS }
    : part;

/** Whether the gateway lives is looked up where time passes: what comes true is due at once instead. */
const deferred = (parts: PartStates, was: PartStates | undefined, reading: Reading): PartStates =>
  parts.map((part, index) => {
    if (!part?.level || was?.[index]?.level) return part;
    const { level: _later, ...pending } = part;
    const { observedAt, receivedAt } = reading;
    return { ...pending, since: part.since ?? observedAt, due: observedAt, lag: receivedAt - observedAt };
  });

interface Settling {
  /** By the device's time. */
  until: number;
  knownAt: number;
  input: ReadingInput;
  circumstances: Circumstances;
}

/** What was due before the reading, by the device's own time, whether or not a tick came by. Silence goes by our clock and is left to ticks. */
export function settle(
  rule: Rule,
  before: RuleState,
  { until, knownAt, input, circumstances }: Settling,
): Evaluation {
  let state: RuleState | undefined = before;
  let changes = NONE;
  const { device } = input;
  const againAfterMs = rule.againAfterMs ?? Infinity;
  for (let turn = 0; turn < MOST_TURNS && state; turn++) {
    const raisedAt = state.alert?.untoldSince === undefined ? state.alert?.raisedAt : undefined;
    const due = Math.min(dueByDevice(rule, state), (raisedAt ?? Infinity) + againAfterMs);
    if (due > until) break;
    const next = passTime(rule, state, {
      at: due,
      isDue: (part) => part.due === due,
      fires: state.alert !== undefined,
    });
    const cause = {
      at: due,
      knownAt: Math.min(knownAt, due + (input.reading.receivedAt - input.reading.observedAt)),
    };
    const done = conclude(rule, { before: state, next, device }, { ...circumstances, ...cause });
    if (done.state === state) break;
    state = done.state;
    if (done.changes.length > 0) changes = [...changes, ...done.changes];
  }
  return { state, changes };
}

/** So many things may be due one after the other before one input; more would be a fault. */
const MOST_TURNS = 64;

function dueByDevice(rule: Rule, state: RuleState): number {
  let due = state.endsAt ?? Infinity;
  for (const point of state.points ? Object.values(state.points) : [state.parts])
    for (const [index, part] of point.entries())
      if (part?.due !== undefined && part.due < due && !goesByUs(rule.parts[index] as Part)) due = part.due;
  return due;
}

interface Ticked {
  input: TickInput;
  now: number;
  circumstances: Circumstances;
}

function evaluateTick(
  rule: Rule,
  before: RuleState | undefined,
  { input, now, circumstances }: Ticked,
): Evaluation {
  if (!before) return { state: before, changes: NONE };
  const lag = lagIn(before);
  const refreshed = eachPart(rule, before, (part, was) => refresh(part, was, input));
  const state = looked(refreshed, now);
  const due = earliestDue(state, now);
  const at = due ?? Math.min(state.endsAt ?? Infinity, now - lag);
  const fires = before.alert !== undefined;
  const isDue = (part: PartState): boolean => part.due !== undefined && part.due + (part.lag ?? 0) <= now;
  const next = passTime(rule, state, { at, isDue, fires });
  const isOver = before.endsAt !== undefined && before.endsAt <= at;
  if (next === before && !isOver && !isAgain(rule, before, at)) return { state: before, changes: NONE };
  const knownAt = input.knownAt ?? now;
  const why = { ...circumstances, at, knownAt, isTick: true };
  const done = conclude(rule, { before, next, device: input.device }, why);
  const isDeviceTime = due === undefined ? isOver : !isOurs(rule, state, due);
  return isDeviceTime ? { ...done, passedAt: at } : done;
}

/** Looked at now, it need not be looked at for what held it back until it is held back again. */
function looked(state: RuleState, now: number): RuleState {
  if (state.lookAt === undefined || state.lookAt > now) return state;
  const { lookAt: _now, ...rest } = state;
  return rest;
}

/** What is due then is due by our clock. */
const isOurs = (rule: Rule, state: RuleState, at: number): boolean =>
  rule.parts.some((part, index) => goesByUs(part) && state.parts[index]?.due === at);

const isAgain = (rule: Rule, { alert }: RuleState, at: number): boolean =>
  rule.againAfterMs !== undefined && alert !== undefined && at - alert.raisedAt >= rule.againAfterMs;

const partsOf = (state: RuleState): PartStates =>
  state.points ? Object.values(state.points).flat() : state.parts;

/** When that was due which is due by our clock, by the clock that it goes by. */
function earliestDue(state: RuleState, now: number): number | undefined {
  let earliest: number | undefined;
  for (const part of partsOf(state)) {
    if (part?.due === undefined || part.due + (part.lag ?? 0) > now) continue;
    if (earliest === undefined || part.due < earliest) earliest = part.due;
  }
  return earliest;
}

/** The newest word of the device, and what its gateway excuses. */
function refresh(
  part: Part,
  was: PartState | null,
  { heardAt, excusedAt, expectedEveryMs, gaps }: TickInput,
): PartState | null {
  let state = was;
  if (part.type === 'no_data' && !part.signals && heardAt !== undefined && state)
    state = stepNoData(part, state, { heardAt, expectedEveryMs, exactly: true });
  if (gaps) state = graced(part, state, { gaps, expectedEveryMs });
  return excusedAt === undefined ? state : excuse(part, state, { excusedAt, expectedEveryMs });
}

interface Passing {
  at: number;
  isDue(part: PartState): boolean;
  /** Whether the rule fires. */
  fires: boolean;
}

/** Time passes for all points alike. */
const passTime = (rule: Rule, state: RuleState, { at, isDue, fires }: Passing): RuleState =>
  eachPart(rule, state, (part, was) => {
    if (was?.due === undefined || !isDue(was)) return was;
    // What has led to an alert counts as long as that stands.
    if (part.type === 'drop' && fires) {
      const { due: _none, ...rest } = was;
      return rest;
    }
    return stepDue(part, was, goesByUs(part) ? at : was.due);
  });

function eachPart(
  rule: Rule,
  state: RuleState,
  move: (part: Part, was: PartState | null) => PartState | null,
): RuleState {
  const step: Step<undefined> = move;
  if (!state.points) {
    const parts = stepParts(rule, state.parts, { step, facts: undefined });
    return !parts || parts === state.parts ? state : { ...state, parts };
  }
  const points: Record<string, PartStates> = {};
  let isMoved = false;
  for (const [key, was] of Object.entries(state.points)) {
    const parts = stepParts(rule, was, { step, facts: undefined }) ?? was;
    isMoved ||= parts !== was;
    points[key] = parts;
  }
  return isMoved ? joined(rule, state, points) : state;
}

function evaluateChildren(
  rule: Rule,
  state: RuleState | undefined,
  { children, now, circumstances }: { children: SilentChildren; now: number; circumstances: Circumstances },
): Evaluation {
  const facts = { silent: children.silent.length, of: children.of, now };
  const parts = stepParts(rule, state?.parts, { step: stepGateway, facts });
  if (!parts || parts === state?.parts) return { state, changes: NONE };
  const next = { ...state, parts };
  return conclude(
    rule,
    { before: state, next, device: undefined },
    { ...circumstances, at: now, knownAt: now, children },
  );
}

type Step<Facts> = (part: Part, was: PartState | null, facts: Facts) => PartState | null;

/** The same states where none moved. */
function stepParts<Facts>(
  rule: Rule,
  was: PartStates | undefined,
  move: { step: Step<Facts>; facts: Facts },
): PartStates | undefined {
  let parts: (PartState | null)[] | undefined;
  for (let index = 0; index < rule.parts.length; index++) {
    const before = was?.[index] ?? null;
    const after = move.step(rule.parts[index] as Part, before, move.facts);
    if (after === before) continue;
    parts ??= rule.parts.map((_, i) => was?.[i] ?? null);
    parts[index] = after;
  }
  return parts ?? was;
}

/** A point of an asset. */
const pointKey = ({ deviceId, channel }: Reading): string =>
  channel === undefined ? String(deviceId) : `${deviceId}/${channel}`;

const stepGateway: Step<{ silent: number; of: number; now: number }> = (part, was, children) =>
  part.type === 'children_silent' ? stepChildren(part, was, children) : was;

/** Nothing that is pending comes true before the whole wait has passed anew. */
function excuse(
  part: Part,
  state: PartState | null,
  { excusedAt, expectedEveryMs }: { excusedAt: number; expectedEveryMs: number },
): PartState | null {
  if (state?.due === undefined || state.level) return state;
  if (part.type !== 'no_data' && part.type !== 'state') return state;
  const waitMs = part.type === 'no_data' ? silenceAllowed(part, expectedEveryMs, state.gap) : part.forMs;
  const due = excusedAt + waitMs - (state.lag ?? 0);
  return state.due >= due ? state : { ...state, due };
}
