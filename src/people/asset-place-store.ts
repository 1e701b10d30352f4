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
 * A row source `(grid_id, company_id, latitude, longitude, address, path, name)` of exactly one row for `left join lateral … on true`: the place of the
 * asset whose id `asset` is, all null where that is null. Inside, names begin with `climb`, so that `asset` means the caller's columns.
 */
export function assetPlace(asset: RawBuilder<unknown>): RawBuilder<unknown> {
  const columns = (of: string) =>
    sql.raw(`${of}.grid_id, ${of}.company_id, ${of}.latitude, ${of}.longitude, ${of}.name, ${of}.address`);
  return sql`(
    with recursive climb as (
      select climb_from.id, climb_from.parent_id, ${columns('climb_from')}, 0 as depth
      from assets climb_from where climb_from.id = ${asset}
      union all
      select climb_to.id, climb_to.parent_id, ${columns('climb_to')}, climb.depth + 1
      from climb join assets climb_to on climb_to.id = climb.parent_id where climb.depth < ${sql.lit(MOST_ASSET_LEVELS)}
    )
    select
      (array_agg(climb.grid_id order by climb.depth) filter (where climb.grid_id is not null))[1] as grid_id,
      (array_agg(climb.company_id order by climb.depth) filter (where climb.company_id is not null))[1] as company_id,
      (array_agg(climb.latitude order by climb.depth) filter (where climb.latitude is not null))[1] as latitude,
      (array_agg(climb.longitude order by climb.depth) filter (where climb.longitude is not null))[1] as longitude,
      (array_agg(climb.address order by climb.depth) filter (where climb.address is not null))[1] as address,
      array_agg(climb.name order by climb.depth desc) filter (where climb.depth > 0) as path,
      max(climb.name) filter (where climb.depth = 0) as name
    from climb
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
