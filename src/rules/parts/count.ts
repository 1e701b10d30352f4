import { z } from 'zod';
import type { Reading } from '../../model/readings.ts';
import { lagOf } from '../conditions.ts';
import type { CountPart } from '../rule.ts';
import type { PartState } from '../rule-state.ts';
import { memoOf, says } from './sample.ts';

/** When it was said, the oldest first; only the newest that are needed. */
export type CountMemo = { at: readonly number[] };

/** What a stored memo must look like. */
export const countMemo = ({ atLeast }: CountPart): z.ZodType =>
  z.strictObject({ at: z.array(z.number()).min(1).max(atLeast) });

/** A reading that may say it; said twice at one moment, it counts once. */
export function stepCount(part: CountPart, before: PartState | null, reading: Reading): PartState | null {
  if (reading.signal !== part.signal) return before;
  const { observedAt: last, receivedAt: heard } = reading;
  const state = dueCount(part, before, last);
  if (!says(part.match, reading.value)) return state;
  const said = memoOf<CountMemo>(state)?.at ?? [];
  if (said.at(-1) === last) return state;
  return stateOf(part, [...said, last].slice(-part.atLeast), { last, heard, lag: lagOf(reading) });
}

/** What was said too long ago counts no longer. */
export function dueCount(part: CountPart, state: PartState | null, now: number): PartState | null {
  if (state?.due === undefined || state.due > now) return state;
  const said = memoOf<CountMemo>(state)?.at.filter((time) => time > now - part.withinMs) ?? [];
  const { last, heard, lag } = state;
  return stateOf(part, said, { last, heard, ...(lag === undefined ? {} : { lag }) });
}

function stateOf(
  { atLeast, withinMs }: CountPart,
  at: readonly number[],
  sample: { last: number; heard: number; lag?: number },
): PartState | null {
  const [since] = at;
  if (since === undefined) return null;
  const memo: CountMemo = { at };
  const state = { ...sample, since, count: at.length, due: since + withinMs, memo };
  return at.length >= atLeast ? { ...state, level: 1 } : state;
}
