import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

/** An asset's place: what it has of its own, else of the nearest ancestor. */
export interface AssetPlace {
  gridId: number | null;
  companyId: number | null;
  /** WGS-84 degrees. */
  latitude: number | null;
  longitude: number | null;
  /** Names of its ancestors, the estate first. */
  path: string[];
}

/** No tree of ours is deeper: it bounds the climb. */
export const MOST_ASSET_LEVELS = 16;

/**
 * A row source `(grid_id, company_id, latitude, longitude, path)` of exactly one row for `left join lateral … on true`: the place of the asset whose id `asset`
 * is, all null where that is null.
 */
export function assetPlace(asset: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    with recursive up as (
      select a.id, a.parent_id, a.grid_id, a.company_id, a.latitude, a.longitude, a.name, 0 as depth from assets a where a.id = ${asset}
      union all
      select p.id, p.parent_id, p.grid_id, p.company_id, p.latitude, p.longitude, p.name, up.depth + 1
      from up join assets p on p.id = up.parent_id where up.depth < ${sql.lit(MOST_ASSET_LEVELS)}
    )
    select
      (array_agg(up.grid_id order by up.depth) filter (where up.grid_id is not null))[1] as grid_id,
      (array_agg(up.company_id order by up.depth) filter (where up.company_id is not null))[1] as company_id,
      (array_agg(up.latitude order by up.depth) filter (where up.latitude is not null))[1] as latitude,
      (array_agg(up.longitude order by up.depth) filter (where up.longitude is not null))[1] as longitude,
      array_agg(up.name order by up.depth desc) filter (where up.depth > 0) as path
    from up
  )`;
}

export async function readAssetPlaces(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, AssetPlace>> {
  const { rows } = await sql<{
    id: number;
    grid_id: number | null;
    company_id: number | null;
    latitude: number | null;
    longitude: number | null;
    path: string[] | null;
  }>`
    select a.id, place.grid_id, place.company_id, place.latitude, place.longitude, place.path
    from assets a left join lateral ${assetPlace(sql`a.id`)} place on true
    where a.id = any(${[...ids]}::bigint[])`.execute(db);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        gridId: row.grid_id,
        companyId: row.company_id,
        latitude: row.latitude,
        longitude: row.longitude,
        path: row.path ?? [],
      },
    ]),
  );
}
