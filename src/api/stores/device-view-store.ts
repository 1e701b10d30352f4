import { type RawBuilder, sql } from 'kysely';
import type { AssetKind, RemoteSwitching } from '../../model/assets.ts';
import { assetPlace } from '../../people/asset-place-store.ts';
import type { Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';

export interface DeviceRow {
  id: number;
  protocol: string;
  native_id: string;
  name: string | null;
  model: string | null;
  vendor: string | null;
  active: boolean;
  subject_id: number | null;
  subject_name: string | null;
  subject_grid_id: number | null;
  /** Of its asset or its gateway's, else where it is registered. */
  grid_id: number | null;
  grid_name: string | null;
  company_id: number | null;
  asset_id: number | null;
  asset_name: string | null;
  asset_kind: AssetKind | null;
  asset_path: string[] | null;
  remote_switch: RemoteSwitching | null;
  latitude: number | null;
  longitude: number | null;
  gateway_id: number | null;
  gateway_name: string | null;
  gateway_native_id: string | null;
  topic_prefix: string | null;
  children: number;
  online: boolean | null;
  /** Since when it is with who has it now; what it read before is somebody else's. */
  assigned_at: number | null;
  last_seen_at: number | null;
  battery: number | null;
  open_ticket_id: number | null;
}

/**
 * Needs a row source `d` of devices. Gives its gateway as `gw` and, as `at`, the place of its asset, else of its gateway's, with the grid
 * where it is registered as the last resort.
 */
export const devicePlace: RawBuilder<unknown> = sql`
  left join devices gw on gw.id = d.gateway_id
  left join lateral ${assetPlace(sql`coalesce(d.asset_id, gw.asset_id)`)} place on true
  left join lateral (
    select coalesce(place.grid_id, d.grid_id, gw.grid_id) as grid_id, place.company_id
  ) at on true`;

/** Devices in the order of their ids: those that `visible` names, or one. */
export async function readDevices(
  db: Queryable,
  which: { visible: Visible } | { id: number },
): Promise<DeviceRow[]> {
  const { rows } = await sql<DeviceRow>`
    select d.id, d.protocol, d.native_id, d.name, d.model, d.vendor, d.active, d.subject_id, s.name as subject_name,
      s.home_grid_id as subject_grid_id, at.grid_id, g.name as grid_name, at.company_id, d.asset_id, a.name as asset_name,
      a.kind as asset_kind, place.path as asset_path, a.remote_switch, place.latitude, place.longitude, d.gateway_id,
      coalesce(gw.name, gw.native_id) as gateway_name, gw.native_id as gateway_native_id, d.topic_prefix,
      (select count(*) from devices c where c.gateway_id = d.id and c.active) as children, d.online, d.assigned_at, d.last_seen_at,
      b.number as battery,
      (select t.id from tickets t where t.device_id = d.id and t.status <> 'closed' order by t.id limit 1) as open_ticket_id
    from devices d
    left join subjects s on s.id = d.subject_id
    ${devicePlace}
    left join assets a on a.id = d.asset_id
    left join grids g on g.id = at.grid_id
    left join latest_readings b on b.device_id = d.id and b.signal = 'battery' and b.channel = ''
    where ${'id' in which ? sql`d.id = ${which.id}` : selects(which.visible)}
    order by d.id`.execute(db);
  return rows;
}

/** A worn device goes with its wearer; the others with their place and the company that keeps it. */
function selects(visible: Visible): RawBuilder<unknown> {
  if (visible.everything) return sql`true`;
  return sql`(d.subject_id = any(${[...visible.subjectIds]}::bigint[])
    or coalesce(s.home_grid_id, at.grid_id) = any(${[...visible.gridIds]}::bigint[])
    or (d.subject_id is null and at.company_id = any(${[...visible.companyIds]}::bigint[]))
    or (${visible.unplaced} and coalesce(s.home_grid_id, at.grid_id) is null))`;
}

export interface UnknownDeviceRow {
  protocol: string;
  nativeId: string;
  source: string;
  firstSeenAt: number;
  lastSeenAt: number;
  uplinks: number;
  gatewayNativeId: string | null;
  description: string | null;
}

/** The latest of the waiting room; with `search`, of those whose id, description, language or gateway contains it in whatever case. */
export async function readUnknownDevices(
  db: Queryable,
  { search = '', limit }: { search?: string | undefined; limit: number },
): Promise<UnknownDeviceRow[]> {
  const rows = await db
    .selectFrom('unknown_devices')
    .selectAll()
    .$if(search !== '', (query) =>
      query.where(
        sql<boolean>`position(lower(${search}) in lower(concat_ws(' ', native_id, description, protocol, gateway_native_id, source))) > 0`,
      ),
    )
    .orderBy('last_seen_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    protocol: row.protocol,
    nativeId: row.native_id,
    source: row.source,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    uplinks: row.uplinks,
    gatewayNativeId: row.gateway_native_id,
    description: row.description,
  }));
}
