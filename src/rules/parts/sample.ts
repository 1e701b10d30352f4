import type { ReadingValue } from '../../model/readings.ts';
import { isBeyond, type Match } from '../rule.ts';
import type { Memo, PartState } from '../rule-state.ts';

/** A memory holds no more: longer windows keep one sample for each slot of time, or two where their lowest and highest count. */
export const MOST_SAMPLES = 240;

/** Whether the value is what is asked for. */
export function says(match: Match, value: ReadingValue): boolean {
  if ('is' in match) return value === match.is;
  return typeof value === 'number' && isBeyond(match.limit, value);
}

/** What the kind of the part remembers; it was checked by `memoFits` when it was loaded. */
export const memoOf = <Kind extends Memo>(state: PartState | null): Kind | undefined =>
  state?.memo as Kind | undefined;
