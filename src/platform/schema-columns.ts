import type { ColumnType } from 'kysely';

/** Milliseconds since 1970 when read, a Date when written: the driver parses timestamptz to a number. */
export type Timestamp = ColumnType<number, Date, Date>;
/** A column that may be left out of an insert. */
export type Nullable<T> =
  T extends ColumnType<infer S, infer I, infer U>
    ? ColumnType<S | null, I | null | undefined, U | null>
    : ColumnType<T | null, T | null | undefined, T | null>;
/** jsonb: read as a value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>;
export type JsonOrNull<T> = ColumnType<T | null, string | null | undefined, string | null>;
export type Defaulted<T> = ColumnType<T, T | undefined, T>;
export type Record_ = Record<string, unknown>;

/** A raw uplink that is kept because of what it belongs to. */
export interface KeptUplink {
  uplink_id: number;
  received_at: Timestamp;
  device_id: Nullable<number>;
  protocol: string;
  transport: string;
  native_id: Nullable<string>;
  source: string;
  topic: Nullable<string>;
  command: string;
  outcome: string;
  reason: Nullable<string>;
  reading_count: number;
  bytes: Buffer;
}
