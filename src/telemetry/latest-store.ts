import { sql } from 'kysely';
import type { Origin, Reading } from '../model/readings.ts';
import type { Queryable, Trx } from '../platform/database.ts';
import { arrayLiteral } from './array-literal.ts';
import { type FaultDetail, restored, storedChannel, storedValue } from './telemetry.ts';

/** The newest value of one signal of one point of a device, a breaker fault by cause; always in PostgreSQL, wherever the series are. */
export interface LatestReadingRow extends FaultDetail {
  deviceId: number;
  signal: string;
  channel: string;
  value: unknown;
  observedAt: number;
  receivedAt: number;
  origin: string;
}

/** `last_seen_at` is written at most this often for a device. */
const SEEN_EVERY_MS = 10_000;

/** A retained or replayed value says nothing about now, and a self-test is not a state: neither becomes the latest. */
const current: ReadonlySet<Origin> = new Set(['live', 'history', 'simulated']);

/** Brings `latest_readings` and `devices.last_seen_at` up to date; of one signal the newest `observedAt` stands. */
export async function saveLatest(trx: Trx, batch: readonly Reading[]): Promise<void> {
  const newest = newestOf(batch);
  if (newest.length === 0) return;
  await upsertLatest(trx, newest);
  await touchDevices(trx, newest);
}

/** One reading for each device, signal and channel, in an order that is the same everywhere: two transactions cannot deadlock. */
export function newestOf(batch: readonly Reading[]): Reading[] {
  const newest = new Map<string, Reading>();
  for (const reading of batch) {
    if (!current.has(reading.origin)) continue;
    const key = `${String(reading.deviceId).padStart(16, '0')} ${reading.signal} ${storedChannel(reading)}`;
    const known = newest.get(key);
    if (!known || known.observedAt < reading.observedAt) newest.set(key, reading);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reading]) => reading);
}

async function upsertLatest(trx: Trx, newest: readonly Reading[]): Promise<void> {
  const values = newest.map((reading) => storedValue(reading));
  await sql`
    insert into latest_readings as l (device_id, signal, channel, observed_at, received_at, origin, number, value)
    select device_id, signal, channel, to_timestamp(observed / 1000), to_timestamp(received / 1000), origin, number, value
    from unnest(
      ${arrayLiteral(newest.map((r) => r.deviceId))}::bigint[],
      ${arrayLiteral(newest.map((r) => r.signal))}::text[],
      ${arrayLiteral(newest.map(storedChannel))}::text[],
      ${arrayLiteral(newest.map((r) => r.observedAt))}::float8[],
      ${arrayLiteral(newest.map((r) => r.receivedAt))}::float8[],
      ${arrayLiteral(newest.map((r) => r.origin))}::text[],
      ${arrayLiteral(values.map((v) => v.number))}::float8[],
      ${arrayLiteral(values.map((v) => v.json))}::jsonb[]
    ) as r (device_id, signal, channel, observed, received, origin, number, value)
    on conflict (device_id, signal, channel) do update
      set observed_at = excluded.observed_at, received_at = excluded.received_at, origin = excluded.origin,
        number = excluded.number, value = excluded.value
      where excluded.observed_at > l.observed_at`.execute(trx);
}

async function touchDevices(trx: Trx, newest: readonly Reading[]): Promise<void> {
  const seen = new Map<number, number>();
  for (const { deviceId, receivedAt, signal, value } of newest) {
    // That it is gone is no sign of its life.
    if (signal === 'online' && value === false) continue;
    seen.set(deviceId, Math.max(receivedAt, seen.get(deviceId) ?? 0));
  }
  await sql`
    with seen as (
      select d.id, to_timestamp(s.at / 1000) as at
      from unnest(${arrayLiteral([...seen.keys()])}::bigint[], ${arrayLiteral([...seen.values()])}::float8[]) as s (id, at)
      join devices d on d.id = s.id
      where d.last_seen_at is null or d.last_seen_at < to_timestamp((s.at - ${SEEN_EVERY_MS}::float8) / 1000)
      order by d.id for no key update of d
    )
    update devices d set last_seen_at = greatest(d.last_seen_at, seen.at) from seen where d.id = seen.id`.execute(
    trx,
  );
}

/** The latest values of these devices, newest first. */
export async function readLatest(db: Queryable, deviceIds: readonly number[]): Promise<LatestReadingRow[]> {
  if (deviceIds.length === 0) return [];
  const rows = await db
    .selectFrom('latest_readings')
    .selectAll()
    .where('device_id', 'in', [...deviceIds])
    .orderBy('observed_at', 'desc')
    .orderBy('signal')
    .execute();
  return rows.map((row) => ({
    deviceId: row.device_id,
    signal: row.signal,
    ...restored(row.signal, row.channel, row.value ?? row.number),
    observedAt: row.observed_at,
    receivedAt: row.received_at,
    origin: row.origin,
  }));
}
