import { sql } from 'kysely';
import type { Trx } from '../../platform/database.ts';
import { type Asset, type AssetFields, lockAssetTree, toAsset, updateAsset } from '../asset-store.ts';
import type { AssetPlan } from './asset-plan.ts';

/** Rows per statement. */
const ROWS_AT_ONCE = 1_000;

/** All assets; nobody else changes the tree until the end of the transaction. */
export async function lockAllAssets(trx: Trx): Promise<Asset[]> {
  await lockAssetTree(trx);
  return (await trx.selectFrom('assets').selectAll().orderBy('id').execute()).map(toAsset);
}

export async function readCompanyCodes(trx: Trx): Promise<Map<string, number>> {
  const rows = await trx.selectFrom('companies').select(['id', 'code']).execute();
  return new Map(rows.map(({ id, code }) => [code, id]));
}

/** Writes what was planned. `known`: the assets that there were. */
export async function applyAssetPlan(
  trx: Trx,
  { inserts, updates }: Pick<AssetPlan, 'inserts' | 'updates'>,
  known: readonly Asset[],
): Promise<void> {
  const ids = new Map(known.map(({ id, code, siteId }) => [code, { id, siteId }]));
  for (let start = 0; start < inserts.length; start += ROWS_AT_ONCE)
    await insertAll(trx, inserts.slice(start, start + ROWS_AT_ONCE), ids);
  for (const { before, change, parentCode } of updates) {
    const parent = parentCode === undefined ? undefined : ids.get(parentCode);
    await updateAsset(trx, before, parent ? { ...change, parentId: parent.id } : change);
  }
}

async function insertAll(
  trx: Trx,
  inserts: AssetPlan['inserts'],
  ids: Map<string, { id: number; siteId: number }>,
): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('assets', 'id')) as id from generate_series(1, ${inserts.length})`.execute(
    trx,
  );
  const made = inserts.map(({ asset, parentCode }, i) => {
    const id = rows[i]?.id ?? 0;
    const parent = parentCode === undefined ? undefined : ids.get(parentCode);
    const siteId = parent?.siteId ?? id;
    ids.set(asset.code, { id, siteId });
    return { ...asset, id, siteId, parentId: parent?.id ?? null };
  });
  const column = <T>(of: (asset: (typeof made)[number]) => T) => made.map(of);
  const optional = (name: keyof AssetFields) => column((asset) => asset[name] ?? null);
  await sql`
    insert into assets (id, site_id, parent_id, kind, code, name, grid_id, company_id, address, latitude, longitude,
      remote_switch)
    overriding system value
    select id, site_id, parent_id, kind, code, name, grid_id, company_id, address, latitude, longitude,
      coalesce(remote_switch, 'manual')
    from unnest(${column(({ id }) => id)}::bigint[], ${column(({ siteId }) => siteId)}::bigint[],
      ${optional('parentId')}::bigint[], ${optional('kind')}::text[], ${optional('code')}::text[], ${optional('name')}::text[],
      ${optional('gridId')}::bigint[], ${optional('companyId')}::bigint[], ${optional('address')}::text[],
      ${optional('latitude')}::float8[], ${optional('longitude')}::float8[], ${optional('remoteSwitch')}::text[]) as a (id, site_id, parent_id, kind, code, name, grid_id, company_id,
      address, latitude, longitude, remote_switch)`.execute(trx);
}
