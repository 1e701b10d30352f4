import type { Signal } from '../model/signals.ts';
import type { Slot } from './holder.ts';
import { memoOf } from './parts/sample.ts';
import { countsForMs, isSmoothWithin, Smoothed } from './parts/smoothing.ts';
import type { ThresholdMemo } from './parts/threshold-input.ts';
import type { Limit, Part, Rule, ThresholdPart } from './rule.ts';
import { isOnlyMemo, isPartIdle, KEEP_MEMO_MS, type PartState, type RuleState } from './rule-state.ts';

/** So many numbers wait at most. */
const MOST_WAITING = 32;

/** Numbers that came in the order of their times and that rules have not taken in yet. */
export class Waiting {
  count = 0;
  /** Of each its time, when we got it, and itself. */
  #numbers: Float64Array | undefined;

  /** How long the first may wait: what waits is lost in a crash. */
  #mostMs: number;

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** False where it must not wait: there are too many, or the first waited long. */
  add(at: number, heard: number, value: number): boolean {
    this.#numbers ??= new Float64Array(3 * MOST_WAITING);
    if (this.count === MOST_WAITING) return false;
    if (this.count > 0 && heard - this.heard(0) >= this.#mostMs) return false;
    const first = 3 * this.count++;
    this.#numbers[first] = at;
    this.#numbers[first + 1] = heard;
    this.#numbers[first + 2] = value;
    return true;
  }

  at(index: number): number {
    return this.#numbers?.[3 * index] as number;
  }

  heard(index: number): number {
    return this.#numbers?.[3 * index + 1] as number;
  }

  value(index: number): number {
    return this.#numbers?.[3 * index + 2] as number;
  }

  get newest(): number {
    return this.at(this.count - 1);
  }

  /** How many are no newer. */
  until(at: number): number {
    let end = this.count;
    while (end > 0 && this.at(end - 1) > at) end--;
    return end;
  }

  clear(): void {
    this.count = 0;
  }
}

type SmoothPart = ThresholdPart & Required<Pick<ThresholdPart, 'smooth'>>;

/** What is made of numbers within limits lies within them, too: a mean, a median, a lowest or a highest. */
const lasting = new Set(['median', 'mean', 'min', 'max', 'ewma']);

export const isLearner = (part: Part, signal: Signal): part is SmoothPart =>
  part.type === 'threshold' &&
  part.signal === signal &&
  part.smooth !== undefined &&
  lasting.has(part.smooth.kind) &&
  !part.personal;

/**
 * What counts for no longer than this is not stored again and again while it is calm. A crash, not a restart, then costs as much as if the device
 * had been silent for that time.
 */
const FLEETING_MS = 30 * 60_000;

/** How long numbers may wait for these rules. */
export const mayWaitMs = (rules: readonly Rule[]): number =>
  rules.every(({ parts }) =>
    parts.every((part) => !('smooth' in part) || countsForMs(part.smooth) <= FLEETING_MS),
  )
    ? Number.POSITIVE_INFINITY
    : KEEP_MEMO_MS;

/** The state as it is once the first `end` of the numbers that wait are taken in. */
export function taken(
  { rule, state }: Slot,
  signal: Signal,
  { waiting, end }: { waiting: Waiting; end: number },
): RuleState {
  const parts = rule.parts.map((part, index) => {
    const was = state?.parts[index] ?? null;
    return isLearner(part, signal) ? learned(part, was, { waiting, end }) : was;
  });
  return { ...state, parts };
}

function learned(
  { smooth }: SmoothPart,
  was: PartState | null,
  { waiting, end }: { waiting: Waiting; end: number },
): PartState | null {
  const memory = new Smoothed(smooth, memoOf<ThresholdMemo>(was)?.smooth);
  let newest = -1;
  for (let index = 0; index < end; index++) {
    if (memory.take(waiting.at(index), waiting.value(index))) newest = index;
  }
  if (newest < 0) return was;
  return { last: waiting.at(newest), heard: waiting.heard(newest), memo: { smooth: memory.memo } };
}

/** Nothing is pending or due, and whatever is smoothed of the signal is made of numbers within the limits. */
export function isCalm(
  { rule, state }: Slot,
  { signal, bounds }: { signal: Signal; bounds: readonly Limit[] },
): boolean {
  if (!state || state.alert || state.points || state.said) return false;
  if (state.lookAt !== undefined || state.endsAt !== undefined) return false;
  return rule.parts.every((part, index) => {
    const known = state.parts[index] ?? null;
    if (!known) return true;
    if (!('signal' in part) || part.signal !== signal) return known.due === undefined;
    if (!isLearner(part, signal)) return isPartIdle(known);
    const { smooth } = memoOf<ThresholdMemo>(known) ?? {};
    return isOnlyMemo(known) && (!smooth || isSmoothWithin(smooth, bounds));
  });
}
