import { sql } from 'kysely';
import type { AssetKind, RemoteSwitching } from '../model/assets.ts';
import type { Queryable, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { MOST_ASSET_LEVELS } from './asset-place-store.ts';

/** What is said of an asset; a field left out stays as it is, or empty in a new one. */
export interface AssetFields {
  parentId?: number | null | undefined;
  kind?: AssetKind | undefined;
  code?: string | undefined;
  name?: string | undefined;
  gridId?: number | null | undefined;
  companyId?: number | null | undefined;
  address?: string | null | undefined;
  /** WGS-84 degrees; both or none. */
  latitude?: number | null | undefined;
  longitude?: number | null | undefined;
  remoteSwitch?: RemoteSwitching | undefined;
}

export type NewAsset = AssetFields & { kind: AssetKind; code: string; name: string };

export interface Asset {
  id: number;
  parentId: number | null;
  /** The root of its tree. */
  siteId: number;
  kind: AssetKind;
  code: string;
  name: string;
  gridId: number | null;
  companyId: number | null;
  address: string | null;
  latitude: number | null;
  longitude: number | null;
  remoteSwitch: RemoteSwitching;
}

/** One change of the tree at a time, until the end of the transaction: two moves at once could make a circle. */
export async function lockAssetTree(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('assets', 0))`.execute(trx);
}

export async function readAsset(db: Queryable, id: number): Promise<Asset | undefined> {
  const row = await db.selectFrom('assets').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toAsset(row);
}

export async function readAssetsByCode(db: Queryable, codes: readonly string[]): Promise<Map<string, Asset>> {
  const { rows } = await sql<Parameters<typeof toAsset>[0]>`
    select * from assets where code = any(${[...codes]}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.code, toAsset(row)]));
}

/** Throws ASSET_CODE_TAKEN (409), ASSET_PARENT_UNKNOWN, ASSET_TOO_DEEP, ASSET_POINT_INCOMPLETE (400). */
export async function insertAsset(trx: Trx, asset: NewAsset): Promise<number> {
  checkPoint(asset.latitude ?? null, asset.longitude ?? null);
  await lockAssetTree(trx);
  const parent = await parentOf(trx, asset.parentId ?? null);
  const { rows } = await sql<{ id: number }>`
    with made as (select nextval(pg_get_serial_sequence('assets', 'id')) as id)
    insert into assets (id, site_id, parent_id, kind, code, name, grid_id, company_id, address, latitude, longitude,
      remote_switch)
    overriding system value
    select made.id, coalesce(${parent?.siteId ?? null}::bigint, made.id), ${asset.parentId ?? null}, ${asset.kind}, ${asset.code},
      ${asset.name}, ${asset.gridId ?? null}, ${asset.companyId ?? null}, ${asset.address ?? null},
      ${asset.latitude ?? null}, ${asset.longitude ?? null}, ${asset.remoteSwitch ?? 'manual'}
    from made on conflict (code) do nothing returning id`.execute(trx);
  const [row] = rows;
  if (!row) throw codeTaken(asset.code);
  return row.id;
}

/**
 * Changes what is given; with a new parent everything below moves along to its site. Throws ASSET_CYCLE (400) where the parent lies
 * below it, and what `insertAsset` throws.
 */
export async function updateAsset(trx: Trx, before: Asset, change: AssetFields): Promise<void> {
  const { latitude = before.latitude, longitude = before.longitude } = change;
  checkPoint(latitude, longitude);
  await lockAssetTree(trx);
  if (change.code !== undefined && change.code !== before.code) {
    const other = await readAssetsByCode(trx, [change.code]);
    if (other.size > 0) throw codeTaken(change.code);
  }
  if (change.parentId !== undefined && change.parentId !== before.parentId)
    await moveAsset(trx, before, change.parentId);
  const set = {
    kind: change.kind,
    code: change.code,
    name: change.name,
    grid_id: change.gridId,
    company_id: change.companyId,
    address: change.address,
    latitude: change.latitude,
    longitude: change.longitude,
    remote_switch: change.remoteSwitch,
  };
  if (Object.values(set).some((value) => value !== undefined))
    await trx.updateTable('assets').set(set).where('id', '=', before.id).execute();
}

async function moveAsset(trx: Trx, asset: Asset, parentId: number | null): Promise<void> {
  const below = await readBelow(trx, asset.id);
  if (parentId !== null && below.ids.includes(parentId))
    throw new AppError('ASSET_CYCLE', 'an asset cannot stand below itself');
  const parent = await parentOf(trx, parentId, below.height);
  await trx.updateTable('assets').set({ parent_id: parentId }).where('id', '=', asset.id).execute();
  await trx
    .updateTable('assets')
    .set({ site_id: parent?.siteId ?? asset.id })
    .where('id', 'in', below.ids)
    .execute();
}

/** The asset with everything below it, and how many levels that is. */
async function readBelow(db: Queryable, id: number): Promise<{ ids: number[]; height: number }> {
  const { rows } = await sql<{ id: number; depth: number }>`
    with recursive down as (
      select id, 1 as depth from assets where id = ${id}
      union all
      select a.id, down.depth + 1 from down join assets a on a.parent_id = down.id
      where down.depth <= ${sql.lit(MOST_ASSET_LEVELS)}
    )
    select id, depth from down`.execute(db);
  return { ids: rows.map((row) => row.id), height: Math.max(0, ...rows.map((row) => row.depth)) };
}

/** The parent, once it is sure that what is to hang below it, `height` levels, is not too deep. */
async function parentOf(
  trx: Trx,
  parentId: number | null,
  height = 1,
): Promise<{ siteId: number } | undefined> {
  if (parentId === null) return undefined;
  const { rows } = await sql<{ id: number; site_id: number }>`
    with recursive up as (
      select id, parent_id, site_id from assets where id = ${parentId}
      union all
      select p.id, p.parent_id, p.site_id from up join assets p on p.id = up.parent_id
    )
    select id, site_id from up`.execute(trx);
  const [parent] = rows;
  if (!parent)
    throw new AppError('ASSET_PARENT_UNKNOWN', 'there is no such asset to stand in', {
      details: { parent: parentId },
    });
  if (rows.length + height > MOST_ASSET_LEVELS)
    throw new AppError('ASSET_TOO_DEEP', `a tree has at most ${MOST_ASSET_LEVELS} levels`, {
      details: { most: MOST_ASSET_LEVELS },
    });
  return { siteId: parent.site_id };
}

/** Throws ASSET_NOT_EMPTY (409) where something stands in it, watches it, or was ever reported of it. */
export async function deleteAsset(trx: Trx, id: number): Promise<void> {
  await lockAssetTree(trx);
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from assets where parent_id = ${id}) or exists (select from devices where asset_id = ${id})
      or exists (select from tickets where asset_id = ${id}) as used`.execute(trx);
  if (rows[0]?.used)
    throw new AppError('ASSET_NOT_EMPTY', 'other assets, devices or tickets belong to it', { status: 409 });
  await trx.deleteFrom('assets').where('id', '=', id).execute();
}

function checkPoint(latitude: number | null, longitude: number | null): void {
  if ((latitude === null) !== (longitude === null))
    throw new AppError('ASSET_POINT_INCOMPLETE', 'a place has two coordinates or none');
}

function codeTaken(code: string): AppError {
  return new AppError('ASSET_CODE_TAKEN', `an asset ${code} exists already`, {
    status: 409,
    details: { code },
  });
}

export function toAsset(row: {
  id: number;
  parent_id: number | null;
  site_id: number;
  kind: string;
  code: string;
  name: string;
  grid_id: number | null;
  company_id: number | null;
  address: string | null;
  latitude: number | null;
  longitude: number | null;
  remote_switch: RemoteSwitching;
}): Asset {
  return {
    id: row.id,
    parentId: row.parent_id,
    siteId: row.site_id,
    kind: row.kind as AssetKind,
    code: row.code,
    name: row.name,
    gridId: row.grid_id,
    companyId: row.company_id,
    address: row.address,
    latitude: row.latitude,
    longitude: row.longitude,
    remoteSwitch: row.remote_switch,
  };
}
