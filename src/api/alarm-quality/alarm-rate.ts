import { BUSY_HOUR_ABOVE, FLOOD_BEGINS_ABOVE, FLOOD_ENDS_BELOW, TEN_MINUTES_MS } from './limits.ts';

/** Milliseconds since 1970; `to` is not part of it. */
export interface Period {
  from: number;
  to: number;
}

export interface Flood extends Period {
  /** In all of it, and in its worst ten minutes. */
  alarms: number;
  most: number;
}

/** How fast alarms came to one receiver. */
export interface Rate {
  /** For each ten minutes. */
  average: number;
  /** In any ten minutes. */
  most: number;
  floods: Flood[];
  floodMs: number;
  /** Regular windows of ten minutes, by how many alarms they hold: see `windowBuckets`. */
  windows: number[];
  busyHours: number;
}

/** Lower ends of the classes of windows: none, 1, 2, 3 to 5, 6 to 10, more than 10. */
export const windowBuckets = [0, 1, 2, 3, 6, FLOOD_BEGINS_ABOVE + 1] as const;

/** Of alarms in ascending order of time, all within the period. */
export function rateOf(times: readonly number[], period: Period): Rate {
  const floods = floodsOf(times, period.to);
  return {
    average: (times.length * TEN_MINUTES_MS) / Math.max(TEN_MINUTES_MS, period.to - period.from),
    most: mostWithin(times, TEN_MINUTES_MS),
    floods,
    floodMs: floods.reduce((sum, flood) => sum + flood.to - flood.from, 0),
    windows: windowsOf(times, period),
    busyHours: countsPer(times, 6 * TEN_MINUTES_MS).filter((count) => count > BUSY_HOUR_ABOVE).length,
  };
}

/**
 * From the first of more than ten alarms in ten minutes until the last ten minutes hold fewer than five, or the period ends. The ten minutes
 * slide, so that no flood hides across a window's edge.
 */
export function floodsOf(times: readonly number[], end = Number.POSITIVE_INFINITY): Flood[] {
  const floods: Flood[] = [];
  let open: Flood | undefined;
  let first = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) <= at - TEN_MINUTES_MS) first++;
    const count = last - first + 1;
    if (open && at >= open.to) open = undefined;
    if (open) {
      open.alarms++;
      open.most = Math.max(open.most, count);
    } else if (count > FLOOD_BEGINS_ABOVE) {
      open = { from: times[first] ?? at, to: at, alarms: count, most: count };
      floods.push(open);
    }
    if (open) open.to = Math.min(end, (times[last - FLOOD_ENDS_BELOW + 1] ?? at) + TEN_MINUTES_MS);
  }
  return floods;
}

/** The most that lie within any such span, of times in ascending order. */
export function mostWithin(times: readonly number[], spanMs: number): number {
  let most = 0;
  let first = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) <= at - spanMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function windowsOf(times: readonly number[], { from, to }: Period): number[] {
  const windows = windowBuckets.map(() => 0);
  const busy = countsPer(times, TEN_MINUTES_MS);
  windows[0] = Math.max(0, Math.ceil(to / TEN_MINUTES_MS) - Math.floor(from / TEN_MINUTES_MS) - busy.length);
  for (const count of busy) {
    const bucket = windowBuckets.findLastIndex((least) => count >= least);
    windows[bucket] = (windows[bucket] ?? 0) + 1;
  }
  return windows;
}

/** How many lie in each regular window of the clock that holds any. */
function countsPer(times: readonly number[], spanMs: number): number[] {
  const counts = new Map<number, number>();
  for (const at of times) {
    const window = Math.floor(at / spanMs);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return [...counts.values()];
}
