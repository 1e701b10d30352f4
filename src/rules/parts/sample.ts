import type { ReadingValue } from '../../model/readings.ts';
import { isBeyond, type Match } from '../rule.ts';
import type { Memo, PartState } from '../rule-state.ts';

/** Whether the value is what is asked for. */
export function says(match: Match, value: ReadingValue): boolean {
  if ('is' in match) return value === match.is;
  return typeof value === 'number' && isBeyond(match.limit, value);
}

/** What the kind of the part remembers; it was checked by `memoFits` when it was loaded. */
export const memoOf = <Kind extends Memo>(state: PartState | null): Kind | undefined =>
  state?.memo as Kind | undefined;
