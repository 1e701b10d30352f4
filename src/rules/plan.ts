import type { Signal } from '../model/signals.ts';
import type { Slot } from './holder.ts';
import type { Waiting } from './learners.ts';
import type { Limit } from './rule.ts';

/** What the readings of one signal and channel of a device concern, and how little most of them do. */
export interface Plan {
  deviceId: number;
  signal: Signal;
  channel: string | undefined;
  /** They learn from every value, or from every word of the device. */
  always: readonly Slot[];
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
