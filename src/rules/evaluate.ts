import type { AlertEvidence, Consequence, Severity } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import { stepDue, stepNoData, stepState, stepThreshold } from './conditions.ts';
import type { Limit, Part, Rule } from './rule.ts';
import type { Level, PartState, RuleState } from './rule-state.ts';

/** What the state of a rule is moved by. */
export type RuleInput =
  | { type: 'reading'; reading: Reading; expectedEveryMs: number }
  /** Time passed; `heardAt`: when the device was last heard of by any uplink, even one without readings. */
  | { type: 'tick'; heardAt?: number; expectedEveryMs: number };

/** A step of rule × device: fires once, may rise once while it fires, resolves once. */
export interface RuleChange {
  state: 'firing' | 'resolved';
  /** It was firing already and is now beyond the hard limit. */
  rise: boolean;
  severity: Severity;
  consequence: Consequence;
  /** By the device's time where a reading decided, else ours. */
  at: number;
  knownAt: number;
  evidence: AlertEvidence;
}

export interface Evaluation {
  state: RuleState | undefined;
  changes: RuleChange[];
}

const NONE: RuleChange[] = [];

/**
 * The next state of a rule for one device. Pure. Only live readings count: anything else, a value of the wrong type and a
 * sample that was overtaken change nothing. A tick only brings about what is due at `now`.
 */
export function evaluate(
  rule: Rule,
  state: RuleState | undefined,
  input: RuleInput,
  now: number,
): Evaluation {
  if (input.type === 'tick') return evaluateTick(rule, state, input, now);
  const { reading } = input;
  if (reading.origin !== 'live') return { state, changes: NONE };
  const [first] = rule.parts;
  if (first?.type === 'event') return { state, changes: evaluateEvent(rule, first.signal, reading) };
  let parts: (PartState | null)[] | undefined;
  for (let index = 0; index < rule.parts.length; index++) {
    const was = state?.parts[index] ?? null;
    const is = stepReading(rule.parts[index] as Part, was, input);
    if (is === was) continue;
    parts ??= rule.parts.map((_, i) => state?.parts[i] ?? null);
    parts[index] = is;
  }
  if (!parts) return { state, changes: NONE };
  return conclude(rule, state, parts, {
    at: reading.observedAt,
    knownAt: reading.receivedAt,
    reading,
  });
}

function stepReading(
  part: Part,
  state: PartState | null,
  input: Extract<RuleInput, { type: 'reading' }>,
): PartState | null {
  const { reading } = input;
  switch (part.type) {
    case 'threshold':
      return part.signal === reading.signal ? stepThreshold(part, state, reading) : state;
    case 'state':
      if (part.signal !== reading.signal && part.clearWhen?.signal !== reading.signal) return state;
      return stepState(part, state, reading);
    case 'no_data':
      if (!isSignOfLife(part.signals, reading)) return state;
      return stepNoData(part, state, { heardAt: reading.receivedAt, expectedEveryMs: input.expectedEveryMs });
    case 'event':
      return state;
  }
}

/** `online: false` is what the broker says of a device that is gone. */
function isSignOfLife(signals: readonly Signal[] | undefined, reading: Reading): boolean {
  if (signals) return signals.includes(reading.signal);
  return !(reading.signal === 'online' && reading.value === false);
}

function evaluateTick(
  rule: Rule,
  state: RuleState | undefined,
  input: Extract<RuleInput, { type: 'tick' }>,
  now: number,
): Evaluation {
  if (!state) return { state, changes: NONE };
  const parts = rule.parts.map((part, index) => {
    const was = state.parts[index] ?? null;
    const isAnySign = part.type === 'no_data' && !part.signals;
    if (!isAnySign || input.heardAt === undefined || !was) return stepDue(was, now);
    return stepDue(
      stepNoData(part, was, { heardAt: input.heardAt, expectedEveryMs: input.expectedEveryMs }),
      now,
    );
  });
  if (parts.every((part, index) => part === state.parts[index])) return { state, changes: NONE };
  return conclude(rule, state, parts, { at: now, knownAt: now });
}

interface Cause {
  at: number;
  knownAt: number;
  reading?: Reading;
}

/** Compares what the parts say now with the alert that stands. */
function conclude(
  rule: Rule,
  before: RuleState | undefined,
  parts: (PartState | null)[],
  cause: Cause,
): Evaluation {
  const alert = before?.alert;
  const top = highest(parts);
  if (!top) {
    if (!alert) return { state: { parts }, changes: NONE };
    return { state: { parts }, changes: [changeOf(rule, 'resolved', alert, { parts, cause, rise: false })] };
  }
  if (alert && alert.level >= top.level) return { state: { parts, alert }, changes: NONE };
  const next = { at: alert?.at ?? cause.at, level: top.level, part: top.part };
  return {
    state: { parts, alert: alert?.id === undefined ? next : { ...next, id: alert.id } },
    changes: [changeOf(rule, 'firing', next, { parts, cause, rise: alert !== undefined })],
  };
}

function highest(parts: readonly (PartState | null)[]): { part: number; level: Level } | undefined {
  let top: { part: number; level: Level } | undefined;
  for (const [part, state] of parts.entries())
    if (state?.level && (!top || state.level > top.level)) top = { part, level: state.level };
  return top;
}

function changeOf(
  rule: Rule,
  state: RuleChange['state'],
  alert: { level: Level; part: number },
  facts: { parts: readonly (PartState | null)[]; cause: Cause; rise: boolean },
): RuleChange {
  const { cause } = facts;
  const part = rule.parts[alert.part] as Part;
  const hard = alert.level === 2 && part.type === 'threshold' ? part.hard : undefined;
  return {
    state,
    rise: facts.rise,
    severity: hard?.severity ?? rule.severity,
    consequence: hard?.consequence ?? rule.consequence,
    at: cause.at,
    knownAt: cause.knownAt,
    evidence: evidenceOf(part, facts.parts[alert.part] ?? null, {
      cause,
      limit: limitBehind(part, state, alert.level),
    }),
  };
}

function limitBehind(part: Part, state: RuleChange['state'], level: Level): Limit | undefined {
  if (part.type !== 'threshold') return undefined;
  if (state === 'resolved') return part.clear;
  return level === 2 && part.hard ? part.hard.limit : part.soft;
}

function evidenceOf(
  part: Part,
  state: PartState | null,
  facts: { cause: Cause; limit: Limit | undefined },
): AlertEvidence {
  const { reading, knownAt } = facts.cause;
  const receivedAt = knownAt;
  if (part.type === 'no_data') {
    const signal = part.signals?.[0] ?? 'online';
    return { signal, receivedAt, ...(state ? { heardAt: state.heard } : {}) };
  }
  return {
    signal: reading?.signal ?? part.signal,
    ...(reading ? { value: reading.value } : part.type === 'state' ? { value: part.is } : {}),
    ...(facts.limit ? { limit: facts.limit.value } : {}),
    ...(state?.since === undefined ? {} : { since: state.since }),
    receivedAt,
  };
}

function evaluateEvent(rule: Rule, signal: Signal, reading: Reading): RuleChange[] {
  if (reading.signal !== signal || reading.value !== true) return NONE;
  return [
    {
      state: 'firing',
      rise: false,
      severity: rule.severity,
      consequence: rule.consequence,
      at: reading.observedAt,
      knownAt: reading.receivedAt,
      evidence: {
        signal,
        value: true,
        receivedAt: reading.receivedAt,
        ...(reading.code === undefined ? {} : { code: reading.code }),
        ...(reading.cause === undefined ? {} : { cause: reading.cause, stage: reading.stage }),
      },
    },
  ];
}
