import { sql } from 'kysely';
import { signals } from '../../model/signals.ts';
import type { Database, Db } from '../../platform/database.ts';
import { at } from '../../platform/database.ts';

const DAY_MS = 86_400_000;
/** PostgreSQL counts microseconds since 2000. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const BYTES_PER_ROW = 24;
/** What stands before bytes that are written as hexadecimal digits. */
const HEX = '\\x';

/** Signals whose values are more than a number. */
const detailed = Object.entries(signals)
  .filter(([name, { kind }]) => kind === 'location' || kind === 'network_scan' || name === 'breaker_fault')
  .map(([name]) => name);

export interface StoredSeries {
  deviceId: number;
  signal: string;
  channel: string;
  observedAt: Float64Array;
  receivedAt: Float64Array;
  numbers: Float64Array;
  /** JSON, one for each; absent where the numbers say it all. */
  texts: string[] | undefined;
}

/** Everything comes as PostgreSQL sends it: a parser for each value would take longer than the database. */
const raw = { getTypeParser: () => (value: unknown) => value };

/** Live readings of some devices on one UTC day (days since 1970): one row for each series, ordered by device, its columns joined by the database. */
export async function readStoredDay(
  { pool }: Pick<Database, 'pool'>,
  day: number,
  deviceIds: readonly number[],
): Promise<StoredSeries[]> {
  const text = `
    select device_id::text, signal, channel,
      string_agg(timestamptz_send(observed_at) || timestamptz_send(received_at) || float8send(coalesce(number, 0)),
        ''::bytea order by observed_at),
      case when signal = any($4::text[]) then string_agg(value::text, E'\\n' order by observed_at) end
    from readings
    where device_id = any($1::bigint[]) and observed_at >= $2 and observed_at < $3 and origin = 'live'
      and (number is not null or signal = any($4::text[]))
    group by device_id, signal, channel order by readings.device_id, signal, channel`;
  const values = [deviceIds, at(day * DAY_MS), at((day + 1) * DAY_MS), detailed];
  const query = { text, values, rowMode: 'array', types: raw } as const;
  const { rows } = await pool.query<(string | null)[]>(query);
  return rows.map(([device, signal, channel, columns, texts]) => ({
    deviceId: Number(device),
    signal: String(signal),
    channel: String(channel),
    ...columnsOf(Buffer.from((columns ?? '').slice(HEX.length), 'hex')),
    texts: texts?.split('\n'),
  }));
}

function columnsOf(bytes: Buffer): Pick<StoredSeries, 'observedAt' | 'receivedAt' | 'numbers'> {
  const count = bytes.length / BYTES_PER_ROW;
  const observedAt = new Float64Array(count);
  const receivedAt = new Float64Array(count);
  const numbers = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const offset = row * BYTES_PER_ROW;
    observedAt[row] = timeAt(bytes, offset);
    receivedAt[row] = timeAt(bytes, offset + 8);
    numbers[row] = bytes.readDoubleBE(offset + 16);
  }
  return { observedAt, receivedAt, numbers };
}

const timeAt = (bytes: Buffer, offset: number): number =>
  EPOCH_2000_MS +
  Math.round((bytes.readInt32BE(offset) * 4_294_967_296 + bytes.readUInt32BE(offset + 4)) / 1000);

/** How many readings of any origin there are of a day. */
export async function countStoredDay(db: Db, day: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from readings
    where observed_at >= ${at(day * DAY_MS)} and observed_at < ${at((day + 1) * DAY_MS)}`.execute(db);
  return rows[0]?.count ?? 0;
}
