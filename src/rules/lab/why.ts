import type { Reading, ReadingValue } from '../../model/readings.ts';
import type { Signal } from '../../model/signals.ts';
import type { HolderMemory, Slot } from '../holder.ts';
import { Player } from '../replay.ts';
import { type Part, type Rule, readsFor } from '../rule.ts';
import { signalsOf } from '../rule-index.ts';
import type { PartState, RuleState } from '../rule-state.ts';
import { isWithin, type Workdays } from '../schedule.ts';
import { type LabChange, labChange } from './lab-change.ts';

/** How one condition stood. */
export interface WhyPart {
  part: Part;
  /** `true`: met, and for long enough; `pending`: not yet; `ending`: met, but on its way out. */
  stands: 'true' | 'hard' | 'pending' | 'ending' | 'not' | 'unheard';
  /** Since when it is met, or since when it is no longer. */
  since?: number;
  /** Samples that met it so far. */
  samples?: number;
  /** What was last heard of each signal that it goes by. */
  heard: { signal: Signal; value: ReadingValue; at: number }[];
}

/** What kept a rule from firing though its conditions may be met. */
export type Gate =
  | { gate: 'schedule' }
  | { gate: 'ignored'; signal: Signal; is: boolean | string; since: number }
  | { gate: 'inhibited'; by: string }
  | { gate: 'backlog'; since: number }
  | { gate: 'gateway' }
  | { gate: 'not_live'; readings: number };

/** How the rule stood for one point. */
export interface WhyPoint {
  channel: string | undefined;
  verdict: 'fires' | 'held_back' | 'pending' | 'idle';
  /** Since when it fires. */
  since?: number;
  parts: WhyPart[];
  /** Numbers of parts that must be met together; each alone where absent. */
  sets: number[][] | undefined;
  gates: Gate[];
}

export interface Why {
  rule: Rule;
  at: number;
  /** Whether the rule is meant for the device at all; undefined where nothing was heard of it. */
  isMeant: boolean | undefined;
  points: WhyPoint[];
  /** What it told before, the latest last, and what it told next. */
  before: LabChange[];
  next: LabChange | undefined;
}

export interface WhyOptions {
  at: number;
  expectedEveryMs: number;
  calendar?: Workdays | undefined;
  /** Awaited after each few readings, where others need the processor, too. */
  pause?(): Promise<void>;
}

const MOST_BEFORE = 5;
const BETWEEN_PAUSES = 500;
const EVERY_DAY: Workdays = { isWorkday: () => true };

/**
 * How a rule stood at a moment, from the readings of one device (and those that share its asset): each condition with what it went by, since
 * when it was met, and what held the rule back. Readings in the order in which they were received, as far back as matters.
 */
export async function why(
  rule: Rule,
  rules: readonly Rule[],
  readings: readonly Reading[],
  options: WhyOptions,
): Promise<Why> {
  const { at, expectedEveryMs, calendar, pause } = options;
  const others = rules.filter(({ name }) => name !== rule.name && rule.inhibitedBy?.includes(name));
  const player = new Player([rule, ...others], { expectedEveryMs, ...(calendar ? { calendar } : {}) });
  let index = 0;
  for (; index < readings.length && (readings[index] as Reading).receivedAt <= at; index++) {
    if (index % BETWEEN_PAUSES === 0) await pause?.();
    player.hear(readings[index] as Reading);
  }
  player.passTime(at);
  const heard = readings.slice(0, index);
  const told = player.changes.filter((change) => change.rule.name === rule.name);
  const points = [...player.holders.values()].flatMap((holder) =>
    [...holder.slots()]
      .filter((slot) => slot.number === 0)
      .map((slot) => pointOf(slot, { holder, heard, at, player, calendar: calendar ?? EVERY_DAY })),
  );
  const first = readings[0];
  return {
    rule,
    at,
    isMeant: first && readings.some((reading) => readsFor(rule, reading) !== undefined),
    points,
    before: told.slice(-MOST_BEFORE).map(labChange),
    next: await nextOf(player, readings.slice(index), rule, pause),
  };
}

/** What the rule tells next, of what was received later. */
async function nextOf(
  player: Player,
  rest: readonly Reading[],
  { name }: Rule,
  pause: WhyOptions['pause'],
): Promise<LabChange | undefined> {
  let known = player.changes.length;
  for (const [index, reading] of rest.entries()) {
    if (index % BETWEEN_PAUSES === 0) await pause?.();
    player.hear(reading);
    const next = player.changes.slice(known).find(({ rule }) => rule.name === name);
    if (next) return labChange(next);
    known = player.changes.length;
  }
  return undefined;
}

interface Facts {
  holder: HolderMemory;
  heard: readonly Reading[];
  at: number;
  player: Player;
  calendar: Workdays;
}

function pointOf(slot: Slot, facts: Facts): WhyPoint {
  const { rule, state, channel } = slot;
  const parts = rule.parts.map((part, index) => partOf(part, state?.parts[index] ?? null, slot, facts));
  const gates = gatesOf(slot, facts);
  const isMet = (part: WhyPart | undefined): boolean => part?.stands === 'true' || part?.stands === 'hard';
  const sets = rule.sets ?? parts.map((_, index) => [index]);
  const verdict = state?.alert
    ? 'fires'
    : sets.some((set) => set.every((number) => isMet(parts[number])))
      ? 'held_back'
      : parts.some(({ stands }) => stands === 'pending')
        ? 'pending'
        : 'idle';
  return {
    channel,
    verdict,
    ...(state?.alert ? { since: state.alert.at } : {}),
    parts,
    sets: rule.sets,
    gates,
  };
}

function partOf(part: Part, state: PartState | null, slot: Slot, { heard }: Facts): WhyPart {
  const signals = signalsOf(part);
  const latest = [...new Set(signals)].flatMap((signal) => {
    const last = heard.findLast(
      (reading) =>
        (signal === 'any' || reading.signal === signal) &&
        (slot.channel === undefined || reading.channel === undefined || reading.channel === slot.channel),
    );
    return last ? [{ signal: last.signal, value: last.value, at: last.observedAt }] : [];
  });
  const since = state?.clearSince ?? state?.since;
  return {
    part,
    stands: standOf(state, latest.length > 0),
    ...(since === undefined ? {} : { since }),
    ...(state?.count === undefined ? {} : { samples: state.count }),
    heard: latest,
  };
}

function standOf(state: PartState | null, isHeard: boolean): WhyPart['stands'] {
  if (state?.level) return state.clearSince === undefined ? (state.level === 2 ? 'hard' : 'true') : 'ending';
  if (state?.since !== undefined || state?.hardSince !== undefined) return 'pending';
  return isHeard ? 'not' : 'unheard';
}

function gatesOf({ rule, state }: Slot, { heard, at, player, calendar }: Facts): Gate[] {
  const inhibitors = [...player.holders.values()].flatMap((holder) =>
    [...holder.slots()].filter((slot) => slot.state?.alert && rule.inhibitedBy?.includes(slot.rule.name)),
  );
  const notLive = heard.filter(({ origin }) => origin !== 'live').length;
  return [
    ...(rule.schedule && !isWithin(rule.schedule, at, calendar) ? [{ gate: 'schedule' } as const] : []),
    ...ignoring(rule, state, at),
    ...inhibitors.map((slot) => ({ gate: 'inhibited', by: slot.rule.name }) as const),
    ...(state?.alert?.untoldSince === undefined
      ? []
      : [{ gate: 'backlog', since: state.alert.untoldSince } as const]),
    ...(rule.inhibitedByGateway ? [{ gate: 'gateway' } as const] : []),
    ...(notLive > 0 ? [{ gate: 'not_live', readings: notLive } as const] : []),
  ];
}

function ignoring(rule: Rule, state: RuleState | undefined, at: number): Gate[] {
  return (rule.ignoreWhile ?? []).flatMap(({ signal, is, maxAgeMs }) => {
    const said = state?.said?.[signal];
    return said && said[0] === is && at - said[1] <= maxAgeMs
      ? [{ gate: 'ignored', signal, is, since: said[1] } as const]
      : [];
  });
}
