import type { Reading } from '../model/readings.ts';
import {
  type ChildrenPart,
  type DropPart,
  type Ending,
  type EventPart,
  isBeyond,
  type NoDataPart,
  type Part,
  type StatePart,
  silenceAllowed,
  type ThresholdPart,
} from './rule.ts';
import type { PartState } from './rule-state.ts';

/** How late a sample may overtake another; beyond that an older time means that the device's clock was set back. */
const REORDER_MS = 5 * 60_000;

/** How often a gateway whose devices fell silent together is looked at again. */
export const LOOK_AGAIN_MS = 60_000;

/** Steps of the parts of a rule: pure, and each ignores what it cannot use by returning the state that it got. */

/**
 * A sample of a number. A gap longer than `maxGapMs` is unknown: what was counted before it, towards firing or towards
 * clearing, does not count after it.
 */
export function stepThreshold(
  part: ThresholdPart,
  state: PartState | null,
  reading: Reading,
): PartState | null {
  const { value, observedAt: last, receivedAt: heard } = reading;
  if (typeof value !== 'number' || !Number.isFinite(value) || isOutOfOrder(state, reading)) return state;
  if (part.ignore && isBeyond(part.ignore, value)) return state;
  const sample = { last, heard };
  const known = state && last >= state.last && last - state.last <= part.maxGapMs ? state : null;
  const isHard = part.hard !== undefined && isBeyond(part.hard.limit, value);
  if (state?.level) {
    const level = isHard ? 2 : state.level;
    if (!isBeyond(part.clear, value)) return { ...sample, level };
    const clearSince = known?.clearSince ?? last;
    return last - clearSince >= part.clearForMs ? sample : { ...sample, level, clearSince };
  }
  if (isHard) return { ...sample, since: known?.since ?? last, level: 2 };
  if (!isBeyond(part.soft, value)) return sample;
  const since = known?.since ?? last;
  const count = (known?.count ?? 0) + 1;
  if (last - since >= part.forMs && count >= part.minSamples) return { ...sample, since, level: 1 };
  return { ...sample, since, count };
}

/** A reading of a state, or of what ends it. */
export function stepState(part: StatePart, state: PartState | null, reading: Reading): PartState | null {
  if (isOutOfOrder(state, reading)) return state;
  const { observedAt: last, receivedAt: heard } = reading;
  const sample = { last, heard };
  if (reading.signal !== part.signal)
    return state && part.clearWhen && ends(part.clearWhen, reading)
      ? clearing(state, sample, part.clearForMs)
      : state;
  if (reading.value !== part.is) return clearing(state, sample, part.clearForMs);
  if (state?.level) return { ...sample, level: state.level };
  const since = state?.since ?? heard;
  if (heard - since >= part.forMs) return { ...sample, since, level: 1 };
  return { ...sample, since, due: since + part.forMs };
}

/** An event that stands: each occurrence makes it true anew; what ended it and takes that back counts as if it had not. */
export function stepEvent(part: EventPart, state: PartState | null, reading: Reading): PartState | null {
  const { stands } = part;
  if (!stands || isOutOfOrder(state, reading)) return state;
  const { observedAt: last, receivedAt: heard } = reading;
  const sample = { last, heard };
  const lapses = (since: number) =>
    stands.lapsesAfterMs === undefined ? {} : { due: since + stands.lapsesAfterMs };
  if (reading.signal === part.signal)
    return isMeant(part, reading) ? { ...sample, since: heard, level: 1, ...lapses(heard) } : state;
  if (!state?.level || !stands.until) return state;
  if (ends(stands.until, reading)) return clearing(state, sample, stands.clearForMs);
  if (state.clearSince === undefined) return state;
  const since = state.since ?? state.heard;
  return { ...sample, since, level: state.level, ...lapses(since) };
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
  state: PartState | null,
  sample: { last: number; heard: number },
  forMs: number,
): PartState {
  if (!state?.level || forMs === 0) return sample;
  const clearSince = state.clearSince ?? sample.heard;
  if (sample.heard - clearSince >= forMs) return sample;
  const { since, level } = state;
  const due = Math.min(
    clearSince + forMs,
    state.clearSince === undefined ? (state.due ?? Infinity) : Infinity,
  );
  return { ...sample, level, clearSince, due, ...(since === undefined ? {} : { since }) };
}

/** A sample of a number that may have fallen, or risen: then the window holds it turned round. */
export function stepDrop(part: DropPart, state: PartState | null, reading: Reading): PartState | null {
  const { value, observedAt: last, receivedAt: heard } = reading;
  if (typeof value !== 'number' || !Number.isFinite(value) || isOutOfOrder(state, reading)) return state;
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
      return { ...sample, level: 1, from, due: heard + part.holdsMs };
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

/** A sign of life. Counts by our clock: a device with a wrong one is not silent. */
export function stepNoData(
  part: NoDataPart,
  state: PartState | null,
  sign: { heardAt: number; expectedEveryMs: number },
): PartState {
  const heard = sign.heardAt;
  if (state && heard <= state.heard) return state;
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
  if (!isTrue) return state?.level ? sample : state;
  return { ...sample, since: state?.since ?? now, level: 1, due: now + LOOK_AGAIN_MS };
}

/** Time has passed: what was due comes true, or ends. */
export function stepDue(part: Part, state: PartState | null, now: number): PartState | null {
  if (state?.due === undefined || state.due > now) return state;
  const { last, heard } = state;
  switch (part.type) {
    case 'event':
      return { last, heard };
    case 'drop':
      return { last, heard, window: [] };
    case 'children_silent':
      return { ...state, due: now + LOOK_AGAIN_MS };
    default: {
      if (state.clearSince !== undefined) return { last, heard };
      const { due: _done, ...rest } = state;
      return { ...rest, since: state.since ?? heard, level: 1 };
    }
  }
}

function isOutOfOrder(state: PartState | null, reading: Reading): boolean {
  return state !== null && reading.observedAt < state.last && reading.receivedAt - state.heard <= REORDER_MS;
}
