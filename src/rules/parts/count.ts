import { z } from 'zod';
import type { Reading } from '../../model/readings.ts';
import { lagOf } from '../conditions.ts';
import type { CountPart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { MOST_SAMPLES, memoOf, says } from './sample.ts';

/** When it was said, the oldest first; only the newest that are needed. */
export type CountMemo = { at: readonly number[] };

/** What a stored memo must look like. */
export const countMemo = z.strictObject({ at: z.array(z.number()).min(1).max(MOST_SAMPLES) });

/**
 * A reading that may say it; said twice at one moment, it counts once. Reached, it is over when it has not been said for the whole time: it
 * would come and go with each otherwise.
 */
export function stepCount(part: CountPart, before: PartState | null, reading: Reading): PartState | null {
  if (reading.signal !== part.signal) return before;
  const { observedAt: last, receivedAt: heard } = reading;
  const state = dueCount(part, before, last);
  if (!says(part.match, reading.value)) return state;
  const { atLeast, withinMs } = part;
  const known = memoOf<CountMemo>(state)?.at ?? [];
  if (known.at(-1) === last) return state;
  const at = [...known.filter((time) => time > last - withinMs), last].slice(-atLeast);
  const since = state?.level ? (state.since ?? last) : (at[0] ?? last);
  const next = {
    last,
    heard,
    since,
    count: at.length,
    due: last + withinMs,
    lag: lagOf(reading),
    memo: { at },
  };
  return state?.level || at.length >= atLeast ? { ...next, level: 1 } : next;
}

/** It has not been said for the whole time. */
export function dueCount(_part: CountPart, state: PartState | null, now: number): PartState | null {
  return state?.due !== undefined && state.due <= now ? null : state;
}
