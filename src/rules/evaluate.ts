import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import { conclude, type Evaluation, joined, NONE } from './conclude.ts';
import {
  isMeant,
  stepChildren,
  stepDrop,
  stepDue,
  stepEvent,
  stepNoData,
  stepState,
  stepThreshold,
} from './conditions.ts';
import { type Part, type Rule, silenceAllowed } from './rule.ts';
import { changeOfOccurrence, type SilentChildren } from './rule-change.ts';
import type { PartState, PartStates, RuleState } from './rule-state.ts';

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
  | { type: 'tick'; heardAt?: number; expectedEveryMs: number; excusedAt?: number; device?: PartStates }
  /** Of a gateway. */
  | { type: 'children'; children: SilentChildren };

type ReadingInput = Extract<RuleInput, { reading: Reading }>;
type TickInput = Extract<RuleInput, { type: 'tick' }>;

/**
 * The next state of a rule for one scope: a point, or all points of an asset. Pure. Only live readings count: anything else, a value of
 * the wrong type and a sample that was overtaken change nothing. A tick only brings about what is due at `now`.
 */
export function evaluate(
  rule: Rule,
  state: RuleState | undefined,
  input: RuleInput,
  now: number,
): Evaluation {
  if (input.type === 'tick') return evaluateTick(rule, state, input, now);
  if (input.type === 'children') return evaluateChildren(rule, state, input.children, now);
  const { reading, device } = input;
  if (reading.origin !== 'live') return { state, changes: NONE };
  const [first] = rule.parts;
  if (first?.type === 'event' && !first.stands) {
    const happened = reading.signal === first.signal && isMeant(first, reading);
    return { state, changes: happened ? [changeOfOccurrence(rule, reading)] : NONE };
  }
  const next = hear(rule, state, input);
  if (!next || (next === state && input.type === 'reading')) return { state, changes: NONE };
  const cause = { at: reading.observedAt, knownAt: reading.receivedAt, reading };
  return conclude(rule, { before: state, next, device }, cause);
}

/** Moves the parts of the point that speaks. */
function hear(rule: Rule, state: RuleState | undefined, input: ReadingInput): RuleState | undefined {
  const key = rule.per === undefined ? undefined : pointKey(input.reading);
  const was = key === undefined ? state?.parts : state?.points?.[key];
  const moved = stepParts(rule, was, { step: stepReading, facts: input });
  if (!moved || moved === was) return state;
  const parts = rule.inhibitedByGateway ? deferred(moved, was, input.reading) : moved;
  if (key === undefined) return state ? { ...state, parts } : { parts };
  return joined(rule, state, { ...state?.points, [key]: parts });
}

/** Whether the gateway lives is looked up where time passes: what comes true is due at once instead. */
const deferred = (parts: PartStates, was: PartStates | undefined, reading: Reading): PartStates =>
  parts.map((part, index) => {
    if (!part?.level || was?.[index]?.level) return part;
    const { level: _later, ...pending } = part;
    return { ...pending, since: part.since ?? reading.receivedAt, due: reading.receivedAt };
  });

function evaluateTick(rule: Rule, state: RuleState | undefined, input: TickInput, now: number): Evaluation {
  if (!state) return { state, changes: NONE };
  const facts = { input, now, fires: state.alert !== undefined };
  const next = passTime(rule, state, facts);
  if (next === state) return { state, changes: NONE };
  return conclude(rule, { before: state, next, device: input.device }, { at: now, knownAt: now });
}

/** Time passes for all points alike. */
function passTime(rule: Rule, state: RuleState, facts: TickFacts): RuleState {
  if (!state.points) {
    const parts = stepParts(rule, state.parts, { step: stepTick, facts });
    return !parts || parts === state.parts ? state : { ...state, parts };
  }
  const points: Record<string, PartStates> = {};
  let isMoved = false;
  for (const [key, was] of Object.entries(state.points)) {
    const parts = stepParts(rule, was, { step: stepTick, facts }) ?? was;
    isMoved ||= parts !== was;
    points[key] = parts;
  }
  return isMoved ? joined(rule, state, points) : state;
}

function evaluateChildren(
  rule: Rule,
  state: RuleState | undefined,
  children: SilentChildren,
  now: number,
): Evaluation {
  const facts = { silent: children.silent.length, of: children.of, now };
  const parts = stepParts(rule, state?.parts, { step: stepGateway, facts });
  if (!parts || parts === state?.parts) return { state, changes: NONE };
  const next = { ...state, parts };
  return conclude(rule, { before: state, next, device: undefined }, { at: now, knownAt: now, children });
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

function stepReading(part: Part, state: PartState | null, input: ReadingInput): PartState | null {
  const { reading } = input;
  if (input.type === 'device_reading' && (!state || mainSignal(part) === reading.signal)) return state;
  switch (part.type) {
    case 'threshold':
      return part.signal === reading.signal ? stepThreshold(part, state, reading) : state;
    case 'state':
      if (part.signal !== reading.signal && part.clearWhen?.signal !== reading.signal) return state;
      return stepState(part, state, reading);
    case 'event':
      if (part.signal !== reading.signal && part.stands?.until?.signal !== reading.signal) return state;
      return stepEvent(part, state, reading);
    case 'drop':
      return part.signal === reading.signal ? stepDrop(part, state, reading) : state;
    case 'no_data':
      if (input.type === 'device_reading' || !isSignOfLife(part.signals, reading)) return state;
      return stepNoData(part, state, { heardAt: reading.receivedAt, expectedEveryMs: input.expectedEveryMs });
    case 'children_silent':
      return state;
  }
}

const mainSignal = (part: Part): Signal | undefined => ('signal' in part ? part.signal : undefined);

/** `online: false` is what the broker says of a device that is gone. */
function isSignOfLife(signals: readonly Signal[] | undefined, reading: Reading): boolean {
  if (signals) return signals.includes(reading.signal);
  return !(reading.signal === 'online' && reading.value === false);
}

const stepGateway: Step<{ silent: number; of: number; now: number }> = (part, was, children) =>
  part.type === 'children_silent' ? stepChildren(part, was, children) : was;

interface TickFacts {
  input: TickInput;
  now: number;
  /** Whether the rule fires. */
  fires: boolean;
}

const stepTick: Step<TickFacts> = (part, was, { input, now, fires }) => {
  const { heardAt, excusedAt, expectedEveryMs } = input;
  let state = was;
  if (part.type === 'no_data' && !part.signals && heardAt !== undefined && state)
    state = stepNoData(part, state, { heardAt, expectedEveryMs });
  if (excusedAt !== undefined) state = excuse(part, state, { excusedAt, expectedEveryMs });
  // What has led to an alert counts as long as that stands.
  if (part.type === 'drop' && fires && state?.due !== undefined && state.due <= now) {
    const { due: _none, ...rest } = state;
    return rest;
  }
  return stepDue(part, state, now);
};

/** Nothing that is pending comes true before the whole wait has passed anew. */
function excuse(
  part: Part,
  state: PartState | null,
  { excusedAt, expectedEveryMs }: { excusedAt: number; expectedEveryMs: number },
): PartState | null {
  if (state?.due === undefined || state.level) return state;
  if (part.type !== 'no_data' && part.type !== 'state') return state;
  const waitMs = part.type === 'no_data' ? silenceAllowed(part, expectedEveryMs, state.gap) : part.forMs;
  return state.due >= excusedAt + waitMs ? state : { ...state, due: excusedAt + waitMs };
}
