import { type RawBuilder, sql } from 'kysely';
import type { Location } from '../model/signals.ts';
import type { Queryable } from '../platform/database.ts';
import { assetPlace } from './asset-place-store.ts';
import type { Whereabouts } from './responsible.ts';

/**
 * Needs a row source `who` with `subject_id`, `device_id`, `asset_id` and `grid_id` in the same query. A device that nobody wears is where its
 * asset is; asset and grid are given where there is no device.
 */
export const whereaboutsJoins: RawBuilder<unknown> = sql`
  left join subjects s on s.id = who.subject_id
  left join devices d on d.id = who.device_id
  left join devices gw on gw.id = d.gateway_id
  left join lateral (
    select coalesce(who.asset_id, d.asset_id, gw.asset_id) as id where who.subject_id is null
  ) watched on true
  left join lateral ${assetPlace(sql`watched.id`)} place on true
  left join lateral (
    select l.value, l.observed_at from latest_readings l
    where l.signal = 'location' and l.channel = '' and l.value is not null and l.device_id in (
      select own.id from devices own where own.subject_id = who.subject_id union select who.device_id)
    order by l.observed_at desc limit 1
  ) spot on true`;

export const whereaboutsColumns: RawBuilder<unknown> = sql`
  s.home_latitude, s.home_longitude, s.home_grid_id, coalesce(who.grid_id, d.grid_id, gw.grid_id) as device_grid_id,
  watched.id as asset_id, place.grid_id as asset_grid_id, place.company_id, place.name as asset_name, place.path as asset_path,
  place.address as asset_address, place.latitude as asset_latitude, place.longitude as asset_longitude,
  spot.value as last_location, spot.observed_at as last_location_at`;

export interface WhereaboutsRow {
  home_latitude: number | null;
  home_longitude: number | null;
  home_grid_id: number | null;
  device_grid_id: number | null;
  asset_id: number | null;
  asset_grid_id: number | null;
  company_id: number | null;
  asset_name: string | null;
  /** Names of its ancestors, the estate first. */
  asset_path: string[] | null;
  asset_address: string | null;
  asset_latitude: number | null;
  asset_longitude: number | null;
  last_location: Location | null;
  last_location_at: number | null;
}

export function whereaboutsOf(row: WhereaboutsRow): Whereabouts {
  const { home_latitude: latitude, home_longitude: longitude, last_location: spot } = row;
  return {
    lastKnown: spot && { ...spot, observedAt: row.last_location_at ?? 0 },
    home: latitude !== null && longitude !== null ? { latitude, longitude } : null,
    homeGridId: row.home_grid_id,
    deviceGridId: row.device_grid_id,
    asset: assetOf(row),
  };
}

function assetOf(row: WhereaboutsRow): Whereabouts['asset'] {
  const { asset_id: id, asset_latitude: latitude, asset_longitude: longitude } = row;
  if (id === null) return null;
  return {
    id,
    gridId: row.asset_grid_id,
    companyId: row.company_id,
    title: assetTitle({ name: row.asset_name, path: row.asset_path }),
    address: row.asset_address,
    point: latitude !== null && longitude !== null ? { latitude, longitude } : null,
  };
}

/** The names from the estate down. */
export const assetTitle = (asset: { name: string | null; path: readonly string[] | null }): string =>
  [...(asset.path ?? []), asset.name ?? ''].join(' / ');

/** Of one wearer, device, or both. */
export async function readWhereabouts(
  db: Queryable,
  who: { subjectId?: number | undefined; deviceId?: number | undefined },
): Promise<Whereabouts> {
  const { rows } = await sql<WhereaboutsRow>`
    select ${whereaboutsColumns}
    from (values (${who.subjectId ?? null}::bigint, ${who.deviceId ?? null}::bigint, null::bigint, null::bigint))
      who (subject_id, device_id, asset_id, grid_id)
    ${whereaboutsJoins}`.execute(db);
  const [row] = rows;
  return row
    ? whereaboutsOf(row)
    : { lastKnown: null, home: null, homeGridId: null, deviceGridId: null, asset: null };
}
