import type { Origin, Reading } from '../model/readings.ts';
import { type BreakerFaultCause, definitionOf, type Signal } from '../model/signals.ts';
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
  /** What is more than a number, the latest first: states, positions, breaker faults with their cause. */
  events(query: EventQuery): Promise<EventPoint[]>;
}

export interface SeriesQuery {
  deviceIds: readonly number[];
  signal: Signal;
  /** One point of the devices, empty for what has no name; all of them where it is absent. */
  channel?: string;
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
  /** Booleans are 0 and 1, a word is its place among the `values` of its signal. */
  value: number;
}

export interface EventQuery {
  deviceIds: readonly number[];
  signals: readonly Signal[];
  /** As in `SeriesQuery`. */
  from: number;
  to: number;
  most: number;
}

/** What a breaker says of a fault. */
export interface FaultDetail {
  cause?: BreakerFaultCause;
  stage?: 'warning' | 'trip';
  /** The device's own word. */
  code?: string;
}

export interface EventPoint extends FaultDetail {
  deviceId: number;
  signal: string;
  channel: string;
  at: number;
  value: unknown;
  origin: Origin;
}

/** Width of the buckets, aligned to 1970, with which a thinned series stays within `maxPoints`. */
export function bucketWidthMs(query: Pick<SeriesQuery, 'from' | 'to' | 'maxPoints'>): number {
  const buckets = Math.max(1, Math.floor(query.maxPoints / 2) - 1);
  return Math.max(1, Math.ceil((query.to - query.from) / buckets));
}

/** How a value is stored: what can be drawn as a number, and as JSON text what is more than a number. */
export function storedValue(reading: Reading): { number: number | null; json: string | null } {
  const { value, signal } = reading;
  if (typeof value === 'number') return { number: value, json: null };
  if (typeof value === 'boolean')
    return {
      number: value ? 1 : 0,
      json: JSON.stringify(signal === 'breaker_fault' ? { value, ...detailOf(reading) } : value),
    };
  const place = typeof value === 'string' ? (definitionOf(signal).values?.indexOf(value) ?? -1) : -1;
  return { number: place < 0 ? null : place, json: JSON.stringify(value) };
}

function detailOf({ cause, stage, code }: Reading): FaultDetail {
  return {
    ...(cause ? { cause } : {}),
    ...(stage ? { stage } : {}),
    ...(code === undefined ? {} : { code }),
  };
}

/** Between a channel and what else tells two points of one moment apart; no channel has it in its name. */
const FAULT_MARK = '#';

/** The channel under which a reading is kept: two faults of one breaker at one moment are two points. */
export function storedChannel({ signal, channel = '', cause, stage, code }: Reading): string {
  if (signal !== 'breaker_fault' || cause === undefined) return channel;
  const word = cause === 'unspecified' && code !== undefined ? `/${code}` : '';
  return `${channel}${FAULT_MARK}${cause}${stage ? `.${stage}` : ''}${word}`;
}

/** What was stored, as it was read: the channel of the device, the value, and what belongs to a fault. */
export function restored(signal: string, channel: string, value: unknown) {
  if (signal !== 'breaker_fault') return { channel, value };
  const [own = ''] = channel.split(FAULT_MARK);
  return typeof value === 'object' && value !== null
    ? { channel: own, ...(value as { value: boolean } & FaultDetail) }
    : { channel: own, value };
}
