import type { Reading } from '../model/readings.ts';
import { isBeyond, type NoDataPart, type StatePart, type ThresholdPart } from './rule.ts';
import type { PartState } from './rule-state.ts';

/** How late a sample may overtake another; beyond that an older time means that the device's clock was set back. */
const REORDER_MS = 5 * 60_000;

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

/** A reading of a state, or of the number that ends it. */
export function stepState(part: StatePart, state: PartState | null, reading: Reading): PartState | null {
  if (isOutOfOrder(state, reading)) return state;
  const { observedAt: last, receivedAt: heard } = reading;
  const sample = { last, heard };
  if (reading.signal !== part.signal) {
    const { value } = reading;
    const ends = part.clearWhen && typeof value === 'number' && isBeyond(part.clearWhen.limit, value);
    return state && ends ? sample : state;
  }
  if (reading.value !== part.is) return sample;
  if (state?.level) return { ...sample, level: state.level };
  const since = state?.since ?? heard;
  if (heard - since >= part.forMs) return { ...sample, since, level: 1 };
  return { ...sample, since, due: since + part.forMs };
}

/** A sign of life. Counts by our clock: a device with a wrong one is not silent. */
export function stepNoData(
  part: NoDataPart,
  state: PartState | null,
  sign: { heardAt: number; expectedEveryMs: number },
): PartState {
  const heard = sign.heardAt;
  if (state && heard <= state.heard) return state;
  const afterMs = part.afterMs === 'device_default' ? sign.expectedEveryMs : part.afterMs;
  return { last: heard, heard, due: heard + afterMs };
}

/** Time has passed: what was due comes true. */
export function stepDue(state: PartState | null, now: number): PartState | null {
  if (state?.due === undefined || state.due > now) return state;
  const { due: _done, ...rest } = state;
  return { ...rest, since: state.since ?? state.heard, level: 1 };
}

function isOutOfOrder(state: PartState | null, reading: Reading): boolean {
  return state !== null && reading.observedAt < state.last && reading.receivedAt - state.heard <= REORDER_MS;
}
