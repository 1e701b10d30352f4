import type { AlertEvidence, Consequence, Severity } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import type { Limit, Part, Rule } from './rule.ts';
import type { Level, PartState, PartStates } from './rule-state.ts';

/** A step of rule × point: it fires, may rise and ease and be raised again while it fires, and resolves. */
export interface RuleChange {
  state: 'firing' | 'resolved';
  /** It was firing already and is now beyond the hard limit … */
  rise?: true;
  /** … or no longer … */
  eased?: true;
  /** … or has been true for so long that it is raised once more. */
  again?: true;
  /** The device told it late. */
  late?: true;
  /** It came true and ended in what the device told late: a record, nothing follows. */
  history?: { firedAt: number };
  /** A late reading showed that it was otherwise: it never came true, had not ended yet, or began or ended at another time. */
  correction?: 'withdrawn' | 'reopened' | 'amended';
  severity: Severity;
  consequence: Consequence;
  /** By the device's time where a reading decided, else ours. */
  at: number;
  knownAt: number;
  evidence: AlertEvidence;
}

/** Devices behind a gateway that are silent. */
export interface SilentChildren {
  /** Native ids. */
  silent: readonly string[];
  /** How many there are. */
  of: number;
}

/** What moved a rule. */
export interface Cause {
  at: number;
  knownAt: number;
  reading?: Reading;
  children?: SilentChildren;
  /** An event was not said again for long enough; nothing says that what it told of is over. */
  lapsed?: boolean;
}

const MOST_CHILDREN_TOLD = 50;

/** How bad an alert is, and what follows from it. */
export function levelOf(
  rule: Rule,
  { level, part }: { level: Level; part: number },
): Pick<RuleChange, 'severity' | 'consequence'> {
  const of = rule.parts[part];
  const hard = level === 2 && of?.type === 'threshold' ? of.hard : undefined;
  return { severity: hard?.severity ?? rule.severity, consequence: hard?.consequence ?? rule.consequence };
}

export function changeOf(
  rule: Rule,
  state: RuleChange['state'],
  alert: { level: Level; part: number },
  facts: { parts: PartStates; cause: Cause },
): RuleChange {
  const { cause } = facts;
  const part = rule.parts[alert.part] as Part;
  return {
    state,
    ...levelOf(rule, alert),
    at: cause.at,
    knownAt: cause.knownAt,
    evidence: evidenceOf(part, facts.parts[alert.part] ?? null, {
      cause,
      limit: limitBehind(part, state, alert.level),
    }),
  };
}

/** An event that does not stand. */
export function changeOfOccurrence(rule: Rule, reading: Reading): RuleChange {
  const { observedAt: at, receivedAt: knownAt } = reading;
  const { severity, consequence } = rule;
  const evidence = {
    signal: reading.signal,
    value: true,
    receivedAt: knownAt,
    ...(reading.code === undefined ? {} : { code: reading.code }),
    ...causeIn(reading),
  };
  return { state: 'firing', severity, consequence, at, knownAt, evidence };
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
  const { reading, knownAt, children } = facts.cause;
  const receivedAt = knownAt;
  if (part.type === 'no_data') {
    const signal = part.signals?.[0] ?? 'online';
    const since = state && (state.never ? { registeredAt: state.heard } : { heardAt: state.heard });
    return { signal, receivedAt, ...since };
  }
  if (part.type === 'children_silent')
    return { signal: 'online', receivedAt, ...(children ? { children: told(children) } : {}) };
  const signal = 'signal' in part ? part.signal : signalOf(part);
  return {
    signal: reading?.signal ?? signal,
    ...(reading ? { value: reading.value } : part.type === 'state' ? { value: part.is } : {}),
    ...(reading?.code === undefined ? {} : { code: reading.code }),
    ...(reading ? causeIn(reading) : {}),
    ...(facts.limit ? { limit: facts.limit.value } : {}),
    ...(state?.from === undefined ? {} : { from: state.from, fromSignal: signal }),
    ...(state?.since === undefined ? {} : { since: state.since }),
    ...(facts.cause.lapsed ? { lapsed: true } : {}),
    receivedAt,
  };
}

function signalOf(part: Exclude<Part, { signal: Signal }>): Signal {
  if (part.type === 'absence') return part.signs[0]?.signal ?? 'moving';
  if (part.type === 'expression') return part.reads[0]?.signal ?? 'online';
  return part.type === 'geofence' ? 'location' : 'online';
}

const causeIn = ({ cause, stage }: Reading) => (cause === undefined ? {} : { cause, stage });

const told = ({ silent, of }: SilentChildren) => ({
  silent: silent.length,
  of,
  list: silent.slice(0, MOST_CHILDREN_TOLD),
});
