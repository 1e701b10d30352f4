import type { Reading } from '../model/readings.ts';
import type { Signal } from '../model/signals.ts';
import type { Trx } from '../platform/database.ts';

/** Where the series of readings are kept. Both stores keep the same points: (device, signal, channel, observedAt) is one point. */
export interface TelemetryStore {
  /**
   * Set where a batch can be written inside the transaction that moves the cursor; else it is written before that
   * transaction is opened, so that a slow store holds no connection and no lock of the database.
   */
  readonly transactional: boolean;
  /**
   * Stores a batch; resolves when every point of it is stored. Writing a batch again changes nothing.
   * Throws TELEMETRY_UNAVAILABLE (retryable) when the store cannot be reached or refuses for now.
   */
  write(batch: readonly Reading[], trx?: Trx): Promise<void>;
  /** The points of a signal in time order; see `SeriesQuery`. */
  series(query: SeriesQuery): Promise<SeriesPoint[]>;
}

export interface SeriesQuery {
  deviceIds: readonly number[];
  signal: Signal;
  /** Milliseconds since 1970; `from` belongs to the range, `to` does not. */
  from: number;
  to: number;
  /**
   * When there are more points than this (at least 4), the range is cut into equal buckets and each shows its lowest and its highest
   * point with their own times: a short desaturation stays visible on the chart of a month.
   */
  maxPoints: number;
}

export interface SeriesPoint {
  at: number;
  /** Booleans are 0 and 1. */
  value: number;
}

/** Width of the buckets, aligned to 1970, with which a thinned series stays within `maxPoints`. */
export function bucketWidthMs(query: Pick<SeriesQuery, 'from' | 'to' | 'maxPoints'>): number {
  const buckets = Math.max(1, Math.floor(query.maxPoints / 2) - 1);
  return Math.max(1, Math.ceil((query.to - query.from) / buckets));
}

/** How a value is stored: what can be drawn as a number, and as JSON text what is more than a number. */
export function storedValue(value: Reading['value']): { number: number | null; json: string | null } {
  if (typeof value === 'number') return { number: value, json: null };
  if (typeof value === 'boolean') return { number: value ? 1 : 0, json: JSON.stringify(value) };
  return { number: null, json: JSON.stringify(value) };
}
