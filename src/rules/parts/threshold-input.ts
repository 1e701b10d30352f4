import type { ThresholdPart } from '../rule.ts';
import { learn, type PersonalMemo, personalPart } from './personal.ts';
import { type SmoothingMemo, smoothed } from './smoothing.ts';

export type ThresholdMemo = { smooth?: SmoothingMemo; personal?: PersonalMemo };

export interface ThresholdInput {
  memo: ThresholdMemo | undefined;
  /** What the limits are held against; absent: there is nothing to say yet. */
  value: number | undefined;
  /** With the limits for this wearer. */
  part: ThresholdPart;
}

/** What a threshold that smooths its samples, or knows what is usual for the wearer, makes of one of them. */
export function thresholdInput(
  part: ThresholdPart,
  memo: ThresholdMemo | undefined,
  sample: { at: number; value: number; wearer?: number | undefined },
): ThresholdInput {
  const smooth = part.smooth && smoothed(part.smooth, memo?.smooth, sample);
  const personal = part.personal && learn(part.personal, memo?.personal, sample);
  const isSame = smooth?.memo === memo?.smooth && personal === memo?.personal;
  return {
    memo: isSame ? memo : { ...(smooth ? { smooth: smooth.memo } : {}), ...(personal ? { personal } : {}) },
    value: smooth ? smooth.value : sample.value,
    part: personalPart(part, personal),
  };
}
