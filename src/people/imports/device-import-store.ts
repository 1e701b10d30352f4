import { sql } from 'kysely';
import type { Trx } from '../../platform/database.ts';
import { assetPlace } from '../asset-place-store.ts';

export interface DeviceBefore {
  id: number;
  protocol: string;
  alias: string;
  name: string | null;
  model: string | null;
  vendor: string | null;
  subjectId: number | null;
  assetId: number | null;
  gatewayId: number | null;
  ownGridId: number | null;
  topicPrefix: string | null;
  operator: string | null;
  /** Of its asset or its gateway's, else where it is registered. */
  gridId: number | null;
}

/** Registered devices, also those out of use, by every spelling of theirs. Locked until the end of the transaction. */
export async function lockDevicesByAlias(
  trx: Trx,
  spellings: readonly { protocol: string; alias: string }[],
): Promise<DeviceBefore[]> {
  const { rows } = await sql<DeviceBefore>`
    select d.id, al.protocol, al.alias, d.name, d.model, d.vendor, d.subject_id as "subjectId", d.asset_id as "assetId",
      d.gateway_id as "gatewayId", d.grid_id as "ownGridId", d.topic_prefix as "topicPrefix", d.operator,
      coalesce(place.grid_id, d.grid_id, gw.grid_id) as "gridId"
    from unnest(${spellings.map(({ protocol }) => protocol)}::text[], ${spellings.map(({ alias }) => alias)}::text[])
      as wanted (protocol, alias)
    join device_aliases al on al.protocol = wanted.protocol and al.alias = wanted.alias
    join devices d on d.id = al.device_id
    left join devices gw on gw.id = d.gateway_id
    left join lateral ${assetPlace(sql`coalesce(d.asset_id, gw.asset_id)`)} place on true
    order by d.id for no key update of d`.execute(trx);
  return rows;
}

/** Assets by code, each with the grid of its place. */
export async function readAssetGrids(
  trx: Trx,
  codes: readonly string[],
): Promise<Map<string, { id: number; gridId: number | null }>> {
  const { rows } = await sql<{ code: string; id: number; gridId: number | null }>`
    select a.code, a.id, place.grid_id as "gridId"
    from assets a left join lateral ${assetPlace(sql`a.id`)} place on true
    where a.code = any(${[...codes]}::text[])`.execute(trx);
  return new Map(rows.map(({ code, ...asset }) => [code, asset]));
}

/** Topic prefixes in use. */
export async function readPrefixes(trx: Trx): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom('devices')
    .select(['id', 'topic_prefix'])
    .where('active', '=', true)
    .where('topic_prefix', 'is not', null)
    .execute();
  return new Map(rows.map((row) => [row.topic_prefix ?? '', row.id]));
}
