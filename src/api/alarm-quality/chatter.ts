import { CHATTER_TIMES, CHATTER_WITHIN_MS } from './limits.ts';

export interface Chatter {
  /** Runs in which each alarm belongs to three within a minute. */
  episodes: number;
  /** Alarms in them. */
  alarms: number;
}

/** The chattering of one alarm of one point, whose times are in ascending order. */
export function chatterOf(times: readonly number[]): Chatter {
  let episodes = 0;
  let alarms = 0;
  let counted = -1;
  for (let last = CHATTER_TIMES - 1; last < times.length; last++) {
    const first = last - CHATTER_TIMES + 1;
    if ((times[last] ?? 0) - (times[first] ?? 0) > CHATTER_WITHIN_MS) continue;
    if (first > counted) episodes++;
    alarms += last - Math.max(first - 1, counted);
    counted = last;
  }
  return { episodes, alarms };
}
