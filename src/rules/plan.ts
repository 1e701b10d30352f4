import type { Reading, ReadingValue } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import type { Slot } from './holder.ts';
import type { Waiting } from './learners.ts';
import { isBeyond, type Limit } from './rule.ts';

/** What the readings of one signal and channel of a device concern, and how little most of them do. */
export interface Plan {
  deviceId: number;
  signal: Signal;
  channel: string | undefined;
  /** Whether any rule hears it, and which lists are not empty: what most readings need is here. */
  isHeard: boolean;
  hasAlways: boolean;
  hasLearners: boolean;
  hasOccurrences: boolean;
  /** They learn from every value, or from every word of the device. */
  always: readonly Slot[];
  /** Of these, whose condition is over as soon as it was met. */
  occurrences: readonly Slot[];
  /** Rules of silence: they need not hear of the device again before `wakeAt`, by our clock. */
  sleepers: readonly Slot[];
  wakeAt: number;
  /** A number within `bounds` changes nothing of these but what they smooth, while they are calm: it may wait. */
  learners: readonly Slot[];
  bounds: readonly Limit[];
  isCalm: boolean;
  waiting: Waiting;
  /** A number within all limits changes nothing of those that remember nothing. */
  quiet: readonly Slot[];
  within: readonly Limit[];
  /** None of the quiet ones remembered anything as of change `asOf` of the holder; -1: that is not known. */
  asOf: number;
  /** Time of the newest reading. */
  newest: number;
}

/** It waits where it changes nothing but what is smoothed. */
export const mayWait = (plan: Plan, { value, observedAt, receivedAt }: Reading): boolean =>
  plan.isCalm &&
  typeof value === 'number' &&
  Number.isFinite(value) &&
  isQuiet(plan.bounds, value) &&
  plan.waiting.add(observedAt, receivedAt, value);

export function isQuiet(limits: readonly Limit[], value: ReadingValue): boolean {
  if (typeof value !== 'number') return false;
  for (const limit of limits) if (isBeyond(limit, value)) return false;
  return true;
}
