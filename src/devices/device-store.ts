import { sql } from 'kysely';
import { hardwareIdOf } from '../model/hardware-id.ts';
import type { Home } from '../model/readings.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { hashSecret, newSecret, type SecretHash } from './credentials.ts';
import { mustBeNewUnit } from './hardware-store.ts';

/** NOTIFY channel that tells every process to forget what it remembers of a device; the payload is empty for all devices. */
export const DEVICE_CHANNEL = 'gg_device';

/** What ingest needs to know of a device. */
export interface KnownDevice {
  id: number;
  protocol: string;
  nativeId: string;
  model: string | undefined;
  subjectId: number | undefined;
  secret: SecretHash | undefined;
  /** The device through which it speaks. */
  gatewayId: number | undefined;
  /** What it watches itself. */
  assetId: number | undefined;
  /** The root of the tree in which it stands, else its gateway. */
  siteId: number | undefined;
  /** Of a gateway: the topic below which it speaks, without the last slash. */
  topicPrefix: string | undefined;
  /** What is known of the wearer; her home, where leaving it is to be told. */
  traits?: string[];
  home?: Home;
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
  /** Of whose mobile network its card is. */
  operator?: string | null | undefined;
  registeredBy?: number | undefined;
  /** Whether the device logs in: a secret is made and returned, to be shown once. */
  withSecret: boolean;
}

/** Active devices, each with its place. */
const known = (db: Queryable) =>
  db
    .selectFrom('devices')
    .leftJoin('devices as gateway', 'gateway.id', 'devices.gateway_id')
    .leftJoin('subjects', 'subjects.id', 'devices.subject_id')
    .leftJoin('assets', (join) =>
      join.on((e) => e('assets.id', '=', e.fn.coalesce('devices.asset_id', 'gateway.asset_id'))),
    )
    .select([
      'devices.id',
      'devices.protocol',
      'devices.native_id',
      'devices.model',
      'devices.subject_id',
      'devices.secret_salt',
      'devices.secret_hash',
      'devices.gateway_id',
      'devices.topic_prefix',
      'devices.asset_id',
      'assets.site_id',
      'subjects.traits',
      'subjects.watch_home',
      'subjects.home_latitude',
      'subjects.home_longitude',
      'subjects.home_radius_m',
    ])
    .where('devices.active', '=', true);
type KnownRow = Awaited<ReturnType<ReturnType<typeof known>['execute']>>[number];

const knownDevice = (row: KnownRow): KnownDevice => ({
  id: row.id,
  protocol: row.protocol,
  nativeId: row.native_id,
  model: row.model ?? undefined,
  subjectId: row.subject_id ?? undefined,
  secret: row.secret_hash && row.secret_salt ? { hash: row.secret_hash, salt: row.secret_salt } : undefined,
  gatewayId: row.gateway_id ?? undefined,
  assetId: row.asset_id ?? undefined,
  siteId: row.site_id ?? undefined,
  topicPrefix: row.topic_prefix ?? undefined,
  ...wearerOf(row),
});

/** What rules may know of the wearer; her home only where leaving it is to be told. */
export function wearerOf(
  row: Pick<KnownRow, 'traits' | 'watch_home' | 'home_latitude' | 'home_longitude' | 'home_radius_m'>,
): Pick<KnownDevice, 'traits' | 'home'> {
  const {
    traits,
    watch_home,
    home_latitude: latitude,
    home_longitude: longitude,
    home_radius_m: radiusM,
  } = row;
  const isWatched = watch_home === true && latitude !== null && longitude !== null;
  return {
    ...(traits && traits.length > 0 ? { traits } : {}),
    ...(isWatched ? { home: { latitude, longitude, ...(radiusM === null ? {} : { radiusM }) } } : {}),
  };
}

/** Stands for the protocol where a device is asked for by its hardware id. */
export const ANY_LANGUAGE = '*';

export interface Spelling {
  protocol: string;
  spelling: string;
}

/** The active devices behind these spellings, each with the spelling by which it was found. */
export async function findDevices(
  db: Queryable,
  spellings: readonly Spelling[],
): Promise<(Spelling & { device: KnownDevice })[]> {
  const units = spellings.filter(({ protocol }) => protocol === ANY_LANGUAGE);
  const found = units.length > 0 ? await findUnits(db, units) : [];
  if (units.length === spellings.length) return found;
  const rows = await known(db)
    .innerJoin('device_aliases', 'device_aliases.device_id', 'devices.id')
    .select('device_aliases.alias')
    .where((e) =>
      e(
        e.refTuple('device_aliases.protocol', 'device_aliases.alias'),
        'in',
        spellings.filter((s) => !units.includes(s)).map((s) => e.tuple(s.protocol, s.spelling)),
      ),
    )
    .execute();
  return [
    ...found,
    ...rows.map((row) => ({ protocol: row.protocol, spelling: row.alias, device: knownDevice(row) })),
  ];
}

/** By what a unit is known by in whatever language. */
async function findUnits(
  db: Queryable,
  units: readonly Spelling[],
): Promise<(Spelling & { device: KnownDevice })[]> {
  const rows = await known(db)
    .select('devices.hardware_id')
    .where(
      'devices.hardware_id',
      'in',
      units.map(({ spelling }) => spelling),
    )
    .orderBy('devices.id')
    .execute();
  return rows.map((row) => ({
    protocol: ANY_LANGUAGE,
    spelling: row.hardware_id ?? '',
    device: knownDevice(row),
  }));
}

/** Every active device below whose topic prefix others speak. */
export async function findGateways(db: Queryable): Promise<KnownDevice[]> {
  const rows = await known(db).where('devices.topic_prefix', 'is not', null).execute();
  return rows.map(knownDevice);
}

/** What logs in has its id as one level of its topics: with a wildcard in it, it would hear the others. */
export const speaksForItself = /^[^+#/\p{Cc}]+$/u;

/**
 * Throws DEVICE_ID_INVALID for an id with which nothing may log in, DEVICE_EXISTS when the device, under any of its spellings, is registered
 * already, DEVICE_HARDWARE_TAKEN when the same unit is in another language, and DEVICE_PREFIX_TAKEN when another gateway speaks below its
 * topic prefix.
 */
export async function registerDevice(
  db: Queryable,
  device: NewDevice,
): Promise<{ id: number; secret: string | null }> {
  if (device.withSecret && !speaksForItself.test(device.nativeId)) throw badId(device.nativeId);
  await mustBeFreePrefix(db, device.topicPrefix);
  await mustBeNewUnit(db, device.protocol, device.nativeId);
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
      operator: device.operator ?? null,
      hardware_id: hardwareIdOf(device.nativeId) ?? null,
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
  /** The gateway through which it spoke, and what that says it is. */
  gatewayNativeId?: string | undefined;
  description?: string | undefined;
}

/** Keeps the waiting room: what speaks to us and is not registered, nor was it since it was heard. */
export async function noteUnknown(db: Queryable, sightings: readonly UnknownSighting[]): Promise<void> {
  if (sightings.length === 0) return;
  const times = sightings.map(({ seenAt }) => new Date(seenAt).toISOString());
  await sql`
    insert into unknown_devices (protocol, native_id, source, first_seen_at, last_seen_at, uplinks, gateway_native_id, description)
    select t.protocol, t.native_id, t.source, t.seen_at, t.seen_at, t.uplinks, t.gateway, t.description
    from unnest(${sightings.map((s) => s.protocol)}::text[], ${sightings.map((s) => s.nativeId)}::text[],
      ${sightings.map((s) => s.source)}::text[], ${times}::timestamptz[], ${sightings.map((s) => s.uplinks)}::bigint[],
      ${sightings.map((s) => s.gatewayNativeId ?? null)}::text[], ${sightings.map((s) => s.description ?? null)}::text[])
      as t (protocol, native_id, source, seen_at, uplinks, gateway, description)
    where not exists (
      select from device_aliases a join devices d on d.id = a.device_id and d.active
      where a.protocol = t.protocol and a.alias = t.native_id
    )
    on conflict (protocol, native_id) do update set source = excluded.source, last_seen_at = excluded.last_seen_at,
      uplinks = unknown_devices.uplinks + excluded.uplinks, gateway_native_id = excluded.gateway_native_id,
      description = coalesce(excluded.description, unknown_devices.description)`.execute(db);
}

/** Signs of life, device id → milliseconds since 1970; time moves only forward, and is written every ten seconds at most. */
export async function noteAlive(db: Queryable, devices: ReadonlyMap<number, number>): Promise<void> {
  const times = [...devices.values()].map((ms) => new Date(ms).toISOString());
  await sql`
    with seen as (
      select d.id, t.seen_at
      from unnest(${[...devices.keys()]}::bigint[], ${times}::timestamptz[]) t (id, seen_at) join devices d on d.id = t.id
      where d.last_seen_at is null or d.last_seen_at <= t.seen_at - interval '10 s'
      order by d.id for no key update of d
    )
    update devices d set last_seen_at = seen.seen_at from seen where d.id = seen.id`.execute(db);
}

/**
 * A topic belongs to one gateway: who speaks above another's prefix would hear its messages and send commands to what is behind it.
 * Of two that come at once the unique index of the table refuses one.
 */
export async function mustBeFreePrefix(
  db: Queryable,
  topicPrefix: string | null | undefined,
  exceptId = 0,
): Promise<void> {
  if (topicPrefix === null || topicPrefix === undefined) return;
  const taken = await db
    .selectFrom('devices')
    .select('id')
    .where(
      sql<boolean>`(starts_with(topic_prefix || '/', ${`${topicPrefix}/`}) or starts_with(${`${topicPrefix}/`}, topic_prefix || '/'))`,
    )
    .where('active', '=', true)
    .where('topic_prefix', 'is not', null)
    .where('id', '<>', exceptId)
    .executeTakeFirst();
  if (taken)
    throw new AppError('DEVICE_PREFIX_TAKEN', `another gateway speaks below ${topicPrefix}`, {
      status: 409,
      details: { topicPrefix },
    });
}

function badId(nativeId: string): AppError {
  return new AppError('DEVICE_ID_INVALID', `a device cannot log in as ${nativeId}`, {
    details: { nativeId },
  });
}

function exists(nativeId: string): AppError {
  return new AppError('DEVICE_EXISTS', `a device ${nativeId} is registered already`, {
    status: 409,
    details: { nativeId },
  });
}
