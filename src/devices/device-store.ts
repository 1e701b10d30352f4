import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { hashSecret, newSecret, type SecretHash } from './credentials.ts';

/** NOTIFY channel that tells every process to forget what it remembers of a device; the payload is empty for all devices. */
export const DEVICE_CHANNEL = 'gg_device';

/** What ingest needs to know of a device. */
export interface KnownDevice {
  id: number;
  protocol: string;
  nativeId: string;
  subjectId: number | undefined;
  secret: SecretHash | undefined;
}

export interface NewDevice {
  protocol: string;
  /** The spelling by which the device is known, and every other one under which it may speak. */
  nativeId: string;
  aliases?: readonly string[];
  name?: string | null | undefined;
  model?: string | null | undefined;
  vendor?: string | null | undefined;
  subjectId?: number | null | undefined;
  gridId?: number | null | undefined;
  /** What it watches; the device through which it speaks. */
  assetId?: number | null | undefined;
  gatewayId?: number | null | undefined;
  /** Of a gateway: the MQTT topic below which it speaks. */
  topicPrefix?: string | null | undefined;
  registeredBy?: number | undefined;
  /** Whether the device logs in: a secret is made and returned, to be shown once. */
  withSecret: boolean;
}

const columns = [
  'devices.id',
  'devices.protocol',
  'devices.native_id',
  'devices.subject_id',
  'devices.secret_salt',
  'devices.secret_hash',
  'device_aliases.alias',
] as const;

export interface Spelling {
  protocol: string;
  spelling: string;
}

/** The active devices behind these spellings, each with the spelling by which it was found. */
export async function findDevices(
  db: Queryable,
  spellings: readonly Spelling[],
): Promise<(Spelling & { device: KnownDevice })[]> {
  if (spellings.length === 0) return [];
  const rows = await db
    .selectFrom('device_aliases')
    .innerJoin('devices', 'devices.id', 'device_aliases.device_id')
    .select(columns)
    .where((e) =>
      e(
        e.refTuple('device_aliases.protocol', 'device_aliases.alias'),
        'in',
        spellings.map((s) => e.tuple(s.protocol, s.spelling)),
      ),
    )
    .where('devices.active', '=', true)
    .execute();
  return rows.map((row) => ({
    protocol: row.protocol,
    spelling: row.alias,
    device: {
      id: row.id,
      protocol: row.protocol,
      nativeId: row.native_id,
      subjectId: row.subject_id ?? undefined,
      secret:
        row.secret_hash && row.secret_salt ? { hash: row.secret_hash, salt: row.secret_salt } : undefined,
    },
  }));
}

/** Throws DEVICE_EXISTS when the device, under any of its spellings, is registered already. */
export async function registerDevice(
  db: Queryable,
  device: NewDevice,
): Promise<{ id: number; secret: string | null }> {
  const secret = device.withSecret ? newSecret() : null;
  const hashed = secret === null ? null : hashSecret(secret);
  const row = await db
    .insertInto('devices')
    .values({
      protocol: device.protocol,
      native_id: device.nativeId,
      name: device.name ?? null,
      model: device.model ?? null,
      vendor: device.vendor ?? null,
      subject_id: device.subjectId ?? null,
      grid_id: device.gridId ?? null,
      asset_id: device.assetId ?? null,
      gateway_id: device.gatewayId ?? null,
      topic_prefix: device.topicPrefix ?? null,
      registered_by: device.registeredBy ?? null,
      secret_salt: hashed?.salt ?? null,
      secret_hash: hashed?.hash ?? null,
    })
    .onConflict((c) => c.columns(['protocol', 'native_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) throw exists(device.nativeId);
  const spellings = [...new Set([device.nativeId, ...(device.aliases ?? [])])];
  const aliases = await db
    .insertInto('device_aliases')
    .values(spellings.map((alias) => ({ protocol: device.protocol, alias, device_id: row.id })))
    .onConflict((c) => c.columns(['protocol', 'alias']).doNothing())
    .returning('alias')
    .execute();
  if (aliases.length < spellings.length) throw exists(device.nativeId);
  await db
    .deleteFrom('unknown_devices')
    .where('protocol', '=', device.protocol)
    .where('native_id', 'in', spellings)
    .execute();
  await tellChanged(db);
  return { id: row.id, secret };
}

/** To be called in the transaction that changes a device, so that every process forgets it at the commit. */
export async function tellChanged(db: Queryable): Promise<void> {
  await db.selectNoFrom((e) => e.fn('pg_notify', [e.val(DEVICE_CHANNEL), e.val('')]).as('told')).execute();
}

export interface UnknownSighting {
  protocol: string;
  nativeId: string;
  source: string;
  seenAt: number;
  uplinks: number;
}

/** Keeps the waiting room: what speaks to us and is not registered. */
export async function noteUnknown(db: Queryable, sightings: readonly UnknownSighting[]): Promise<void> {
  if (sightings.length === 0) return;
  await db
    .insertInto('unknown_devices')
    .values(
      sightings.map((s) => ({
        protocol: s.protocol,
        native_id: s.nativeId,
        source: s.source,
        first_seen_at: at(s.seenAt),
        last_seen_at: at(s.seenAt),
        uplinks: s.uplinks,
      })),
    )
    .onConflict((c) =>
      c.columns(['protocol', 'native_id']).doUpdateSet((e) => ({
        source: e.ref('excluded.source'),
        last_seen_at: e.ref('excluded.last_seen_at'),
        uplinks: e('unknown_devices.uplinks', '+', e.ref('excluded.uplinks')),
      })),
    )
    .execute();
}

/** Signs of life, device id → milliseconds since 1970; time moves only forward. */
export async function noteAlive(db: Queryable, devices: ReadonlyMap<number, number>): Promise<void> {
  const times = [...devices.values()].map((ms) => new Date(ms).toISOString());
  await sql`
    update devices d set last_seen_at = t.seen_at
    from unnest(${[...devices.keys()]}::bigint[], ${times}::timestamptz[]) t (id, seen_at)
    where d.id = t.id and (d.last_seen_at is null or d.last_seen_at < t.seen_at)`.execute(db);
}

function exists(nativeId: string): AppError {
  return new AppError('DEVICE_EXISTS', `a device ${nativeId} is registered already`, {
    status: 409,
    details: { nativeId },
  });
}
