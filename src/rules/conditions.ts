import type { Reading } from '../model/readings.ts';
import {
  type ChildrenPart,
  type DropPart,
  type Ending,
  type EventPart,
  isBeyond,
  type NoDataPart,
  type StatePart,
  silenceAllowed,
  type ThresholdPart,
} from './rule.ts';
import type { PartState } from './rule-state.ts';

/** How often a gateway whose devices fell silent together is looked at again. */
export const LOOK_AGAIN_MS = 60_000;

/**
 * Steps of the parts of a rule: pure, and each ignores what it cannot use by returning the state that it got. Samples come in the order
 * of their times. Null is a part that has nothing to remember.
 */
export interface Sample {
  at: number;
  heard: number;
  value: number;
}

/** By how much our clock is ahead when something is due that this reading began. */
export const lagOf = ({ observedAt, receivedAt }: Reading): number => receivedAt - observedAt;

/**
 * A number against its limits. A gap longer than `maxGapMs` is unknown: what was counted before it, towards firing or towards clearing, does
 * not count after it.
 */
export function stepLimit(
  part: ThresholdPart,
  state: PartState | null,
  { at, heard, value }: Sample,
): PartState | null {
  const known = state && at - state.last <= part.maxGapMs ? state : null;
  if (state?.level) return stepFiring(part, { state, known }, { at, heard, value });
  const hard = stepHard(part, known, { at, heard, value });
  if (hard?.level) return hard;
  if (!hard && !isBeyond(part.soft, value)) return null;
  const pending: PartState = { last: at, heard, ...hard };
  if (!isBeyond(part.soft, value)) return pending;
  const since = known?.since ?? at;
  const count = (known?.count ?? 0) + 1;
  if (at - since >= part.forMs && count >= part.minSamples) return { ...pending, since, level: 1 };
  return { ...pending, since, count };
}

/** What the hard limit makes of it; null within it. */
function stepHard(
  part: ThresholdPart,
  known: PartState | null,
  { at, heard, value }: Sample,
): PartState | null {
  const { hard } = part;
  if (!hard || !isBeyond(hard.limit, value)) return null;
  const hardSince = known?.hardSince ?? at;
  const hardCount = (known?.hardCount ?? 0) + 1;
  const pending: PartState = { last: at, heard, hardSince, hardCount };
  const isLong = at - hardSince >= hard.forMs && hardCount >= hard.minSamples;
  return isLong ? { ...pending, since: known?.since ?? hardSince, level: 2 } : pending;
}

function stepFiring(
  part: ThresholdPart,
  { state, known }: { state: PartState; known: PartState | null },
  sample: Sample,
): PartState | null {
  const { at: last, heard, value } = sample;
  const since = state.since === undefined ? {} : { since: state.since };
  const hard = stepHard(part, known, sample);
  if (hard) return { ...hard, ...since, level: hard.level ?? state.level ?? 1 };
  const easeSince = state.level === 2 ? (known?.easeSince ?? last) : undefined;
  const hasEased = easeSince !== undefined && last - easeSince >= part.clearForMs;
  const level = hasEased ? 1 : (state.level ?? 1);
  const next = {
    last,
    heard,
    ...since,
    level,
    ...(easeSince === undefined || hasEased ? {} : { easeSince }),
  };
  if (!isBeyond(part.clear, value)) return next;
  const clearSince = known?.clearSince ?? last;
  return last - clearSince >= part.clearForMs ? null : { ...next, clearSince };
}

/** A reading of a state, or of what ends it. */
export function stepState(part: StatePart, state: PartState | null, reading: Reading): PartState | null {
  const { observedAt: last, receivedAt: heard } = reading;
  const sample = { last, heard, lag: lagOf(reading) };
  if (reading.signal !== part.signal)
    return state && part.clearWhen && ends(part.clearWhen, reading)
      ? clearing(state, sample, part.clearForMs)
      : state;
  if (reading.value !== part.is) return state && clearing(state, sample, part.clearForMs);
  if (state?.level)
    return state.clearSince === undefined ? state : { last, heard, ...sinceOf(state), level: state.level };
  const since = state?.since ?? last;
  if (last - since >= part.forMs) return { last, heard, since, level: 1 };
  return state ?? { ...sample, since, due: since + part.forMs };
}

const sinceOf = ({ since }: PartState): { since?: number } => (since === undefined ? {} : { since });

/** An event that stands: each occurrence makes it true anew; what ended it and takes that back counts as if it had not. */
export function stepEvent(part: EventPart, state: PartState | null, reading: Reading): PartState | null {
  const { stands } = part;
  if (!stands) return state;
  const { observedAt: last, receivedAt: heard } = reading;
  const lag = lagOf(reading);
  const lapses = (since: number) =>
    stands.lapsesAfterMs === undefined ? {} : { due: since + stands.lapsesAfterMs, lag };
  if (reading.signal === part.signal)
    return isMeant(part, reading) ? { last, heard, since: last, level: 1, ...lapses(last) } : state;
  if (!state?.level || !stands.until) return state;
  if (ends(stands.until, reading)) return clearing(state, { last, heard, lag }, stands.clearForMs);
  if (state.clearSince === undefined) return state;
  const since = state.since ?? state.last;
  return { last, heard, since, level: state.level, ...lapses(since) };
}

/**
 * Whether the event happened, with a cause and at a stage that the part asks for. Where the device tells neither, it is an unspecified
 * warning: it must not fall between two rules.
 */
export function isMeant(part: EventPart, reading: Reading): boolean {
  const { value, cause = 'unspecified', stage = 'warning' } = reading;
  if (value !== true) return false;
  return (!part.causes || part.causes.includes(cause)) && (!part.stages || part.stages.includes(stage));
}

const ends = (ending: Ending, { signal, value }: Reading): boolean =>
  signal === ending.signal &&
  ('is' in ending ? value === ending.is : typeof value === 'number' && isBeyond(ending.limit, value));

/** It is said to be over: so it is once that has been said for `forMs`. */
function clearing(
  state: PartState,
  { last, heard, lag }: { last: number; heard: number; lag: number },
  forMs: number,
): PartState | null {
  if (!state.level || forMs === 0) return null;
  const clearSince = state.clearSince ?? last;
  if (last - clearSince >= forMs) return null;
  const { level } = state;
  const lapses = state.clearSince === undefined ? (state.due ?? Infinity) : Infinity;
  return {
    last,
    heard,
    level,
    clearSince,
    due: Math.min(clearSince + forMs, lapses),
    lag,
    ...sinceOf(state),
  };
}

/** A sample of a number that may have fallen, or risen: then the window holds it turned round. */
export function stepDrop(part: DropPart, state: PartState | null, reading: Reading): PartState | null {
  const { value, observedAt: last, receivedAt: heard } = reading;
  if (typeof value !== 'number' || !Number.isFinite(value)) return state;
  const sample = { last, heard };
  const sign = part.rises ? -1 : 1;
  const height = sign * value;
  if (state?.level && state.from !== undefined) {
    const isBack = height >= sign * state.from - changeOf(part, state.from) / 2;
    return isBack ? { ...sample, window: [[last, height]] } : { ...state, ...sample };
  }
  const window = (state?.window ?? []).filter(([at]) => at >= last - part.withinMs && at <= last);
  const highest = window[0]?.[1];
  if (highest !== undefined && highest > height) {
    const from = sign * highest;
    if (highest - height >= changeOf(part, from))
      return { ...sample, level: 1, from, due: last + part.holdsMs, lag: lagOf(reading) };
  }
  return { ...sample, window: remember(state?.window, window, { part, last, value: height }) };
}

/** The highest first, each later one lower; one for each eighth of the time, so that it stays short. */
function remember(
  before: PartState['window'],
  recent: readonly (readonly [number, number])[],
  { part, last, value }: { part: DropPart; last: number; value: number },
): NonNullable<PartState['window']> {
  const slot = (at: number): number => Math.floor((at * 8) / part.withinMs);
  const higher = recent.filter(([at, was]) => was > value || (was === value && slot(at) === slot(last)));
  const latest = higher.at(-1);
  const isCovered = latest !== undefined && slot(latest[0]) === slot(last);
  const next = isCovered ? higher : [...higher, [last, value] as const];
  const isSame = before?.length === next.length && next.every((entry, index) => entry === before[index]);
  return isSame ? before : next;
}

const changeOf = ({ by: { amount = 0, percent = 0 } }: DropPart, from: number): number =>
  Math.max(amount, (Math.max(from, 0) * percent) / 100);

/** What is left of the wait need not be told to the millisecond: whoever speaks often is remembered a little earlier than it spoke. */
export const HEARD_SHARE = 2;

/** A rhythm is learned from how long the device was silent, so that must be told more exactly. */
const RHYTHM_SHARE = 16;

/** A sign of life. Counts by our clock: a device with a wrong one is not silent. */
export function stepNoData(
  part: NoDataPart,
  state: PartState | null,
  sign: { heardAt: number; expectedEveryMs: number; exactly?: boolean },
): PartState {
  const heard = sign.heardAt;
  if (state && heard <= state.heard) return state;
  const isRhythmKnown = !part.byRhythm || state?.gap !== undefined;
  const isSoon =
    isRhythmKnown &&
    state?.due !== undefined &&
    !state.never &&
    heard - state.heard < (state.due - state.heard) / (part.byRhythm ? RHYTHM_SHARE : HEARD_SHARE);
  if (state && isSoon && !sign.exactly) return state;
  const gap = part.byRhythm ? gapAfter(state, heard) : undefined;
  const due = heard + silenceAllowed(part, sign.expectedEveryMs, gap);
  return { last: heard, heard, due, ...(gap === undefined ? {} : { gap }) };
}

/** The longest interval counts fully at first and by a twentieth less with each that follows. */
function gapAfter(state: PartState | null, heard: number): number | undefined {
  if (!state || state.never) return undefined;
  return Math.max(Math.round((state.gap ?? 0) * 0.95), heard - state.heard);
}

/** How many devices of a gateway are silent at `now`. */
export function stepChildren(
  part: ChildrenPart,
  state: PartState | null,
  children: { silent: number; of: number; now: number },
): PartState | null {
  const { silent, of, now } = children;
  const sample = { last: now, heard: now };
  const isTrue = silent >= part.atLeast && silent * 100 >= part.percent * of;
  if (!isTrue) return state?.level ? null : state;
  return { ...sample, since: state?.since ?? now, level: 1, due: now + LOOK_AGAIN_MS };
}
