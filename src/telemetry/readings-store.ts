import { sql } from 'kysely';
import type { Origin, Reading } from '../model/readings.ts';
import type { Db, Queryable } from '../platform/database.ts';
import { at } from '../platform/database.ts';
import { dayOf, ensureDayPartitions } from '../platform/day-partitions-store.ts';
import { arrayLiteral } from './array-literal.ts';
import {
  bucketWidthMs,
  type EventPoint,
  type EventQuery,
  restored,
  type SeriesPoint,
  type SeriesQuery,
  storedChannel,
  storedValue,
  type TelemetryStore,
} from './telemetry.ts';

/** Rows per statement: large enough to be fast (105,000 rows/s with four writers), small enough not to hold up the event loop. */
const ROWS_PER_STATEMENT = 1_000;

/** Telemetry in PostgreSQL, partitioned by the day of `observedAt`. The first write of a point stands. */
export function createReadingsStore(db: Db): TelemetryStore {
  const knownDays = new Set<number>();
  return {
    transactional: true,
    async write(batch, trx) {
      await ensureDays(db, batch, knownDays);
      for (let start = 0; start < batch.length; start += ROWS_PER_STATEMENT) {
        await insertReadings(trx ?? db, batch.slice(start, start + ROWS_PER_STATEMENT));
      }
    },
    series: (query) => readSeries(db, query),
    events: (query) => readEvents(db, query),
  };
}

/** The retention sweep keeps the usual days ready; this is for what comes later than usual. On a connection of its own: it commits at once. */
async function ensureDays(db: Db, batch: readonly Reading[], known: Set<number>): Promise<void> {
  for (const day of new Set(batch.map((reading) => dayOf(reading.observedAt)))) {
    if (known.has(day)) continue;
    await ensureDayPartitions(db, 'readings', day, day);
    known.add(day);
  }
}

async function insertReadings(db: Queryable, batch: readonly Reading[]): Promise<void> {
  const values = batch.map((reading) => storedValue(reading));
  await sql`
    insert into readings (device_id, signal, channel, observed_at, received_at, origin, number, value)
    select device_id, signal, channel, to_timestamp(observed / 1000), to_timestamp(received / 1000), origin, number, value
    from unnest(
      ${arrayLiteral(batch.map((r) => r.deviceId))}::bigint[],
      ${arrayLiteral(batch.map((r) => r.signal))}::text[],
      ${arrayLiteral(batch.map(storedChannel))}::text[],
      ${arrayLiteral(batch.map((r) => r.observedAt))}::float8[],
      ${arrayLiteral(batch.map((r) => r.receivedAt))}::float8[],
      ${arrayLiteral(batch.map((r) => r.origin))}::text[],
      ${arrayLiteral(values.map((v) => v.number))}::float8[],
      ${arrayLiteral(values.map((v) => v.json))}::jsonb[]
    ) as r (device_id, signal, channel, observed, received, origin, number, value)
    on conflict do nothing`.execute(db);
}

async function readSeries(db: Db, query: SeriesQuery): Promise<SeriesPoint[]> {
  const { rows } = await sql<SeriesPoint>`
    select at, value from (
      select at, value, count(*) over () as points,
        row_number() over (partition by bucket order by value, at) as from_lowest,
        row_number() over (partition by bucket order by value desc, at) as from_highest
      from (
        select observed_at as at, number as value,
          floor(extract(epoch from observed_at) * 1000 / ${bucketWidthMs(query)}::float8) as bucket
        from readings
        where device_id = any(${[...query.deviceIds]}::bigint[]) and signal = ${query.signal} and number is not null
          and observed_at >= ${at(query.from)} and observed_at < ${at(query.to)}
          and (${query.channel ?? null}::text is null or channel = ${query.channel ?? null})
      ) all_points
    ) ranked
    where points <= ${query.maxPoints} or from_lowest = 1 or from_highest = 1
    order by at, value`.execute(db);
  return rows;
}

async function readEvents(db: Db, query: EventQuery): Promise<EventPoint[]> {
  const rows = await db
    .selectFrom('readings')
    .select(['device_id', 'signal', 'channel', 'observed_at', 'origin', 'value'])
    .where((e) => e('device_id', '=', e.fn.any(e.val([...query.deviceIds]))))
    .where((e) => e('signal', '=', e.fn.any(e.val([...query.signals]))))
    .where('observed_at', '>=', at(query.from))
    .where('observed_at', '<', at(query.to))
    .where('value', 'is not', null)
    .orderBy('observed_at', 'desc')
    .orderBy('channel')
    .limit(query.most)
    .execute();
  return rows.map((row) => ({
    deviceId: row.device_id,
    signal: row.signal,
    at: row.observed_at,
    origin: row.origin as Origin,
    ...restored(row.signal, row.channel, row.value),
  }));
}
