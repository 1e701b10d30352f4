import { learn, personalPart } from '../parts/personal.ts';
import { memoOf } from '../parts/sample.ts';
import type { ThresholdMemo } from '../parts/threshold-input.ts';
import { isBeyond, type Rule, type ThresholdPart } from '../rule.ts';
import type { RuleState } from '../rule-state.ts';
import type { ReadSeries } from './day-file.ts';

/**
 * What a rule that does nothing else remembers of what is usual for the wearer after some samples; undefined where one of them is beyond a limit, or
 * the rule does more than to learn. Samples for smoothing are left to be heard later: none of them is beyond the limit.
 */
export function learnQuietly(
  rule: Rule,
  state: RuleState | undefined,
  rows: { series: ReadSeries; startMs: number; from: number; to: number },
): RuleState | undefined {
  const [part, other] = rule.parts;
  const was = state?.parts[0];
  if (other || part?.type !== 'threshold' || !part.personal || part.ignore || !state || !was)
    return undefined;
  if (state.alert || state.said || was.level || was.since !== undefined || was.hardSince !== undefined)
    return undefined;
  const { observed, delays, values, signal } = rows.series;
  if (signal !== part.signal) return undefined;
  const { personal } = part;
  const before = memoOf<ThresholdMemo>(was);
  let memo = before?.personal;
  // Whose it is, is told by a reading that is heard.
  if (!memo) return undefined;
  const { wearer } = memo;
  let known: readonly number[] | undefined = memo.nights;
  let read: ThresholdPart = personalPart(part, memo);
  for (let row = rows.from; row < rows.to; row++) {
    const value = values[row] as number;
    memo = learn(personal, memo, { at: rows.startMs + (observed[row] as number), value, wearer });
    if (memo?.nights !== known) {
      known = memo?.nights;
      read = personalPart(part, memo);
    }
    if (isBeyond(read.soft, value) || (read.hard && isBeyond(read.hard.limit, value))) return undefined;
  }
  if (rows.from === rows.to || !memo || memo === before?.personal) return state;
  const last = rows.startMs + (observed[rows.to - 1] as number);
  const heard = last + (delays[rows.to - 1] as number);
  return { ...state, parts: [{ ...was, last, heard, memo: { ...before, personal: memo } }] };
}
