/** Linear between the two nearest, as `percentile_cont` of PostgreSQL; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

/** A part of a whole, or null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** How a classifier did; positive is an alarm, true is what people found. */
export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/**
 * The score of the PhysioNet/CinC Challenge 2015, 0 to 100: an alarm that was missed weighs five times one that was false. Null of nothing.
 */
export function alarmScore(of: Confusion): number | null {
  const right = of.truePositives + of.trueNegatives;
  const share = shareOf(right, right + of.falsePositives + 5 * of.falseNegatives);
  return share === null ? null : 100 * share;
}
