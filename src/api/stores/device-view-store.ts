import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';

export interface DeviceRow {
  id: number;
  protocol: string;
  native_id: string;
  name: string | null;
  model: string | null;
  active: boolean;
  subject_id: number | null;
  subject_name: string | null;
  subject_grid_id: number | null;
  grid_id: number | null;
  grid_name: string | null;
  last_seen_at: number | null;
  battery: number | null;
}

/** Devices in the order of their ids: those that `visible` names, or one. */
export async function readDevices(
  db: Queryable,
  which: { visible: Visible } | { id: number },
): Promise<DeviceRow[]> {
  const { rows } = await sql<DeviceRow>`
    select d.id, d.protocol, d.native_id, d.name, d.model, d.active, d.subject_id, s.name as subject_name,
      s.home_grid_id as subject_grid_id, d.grid_id, g.name as grid_name, d.last_seen_at, b.number as battery
    from devices d
    left join subjects s on s.id = d.subject_id
    left join grids g on g.id = d.grid_id
    left join latest_readings b on b.device_id = d.id and b.signal = 'battery' and b.channel = ''
    where ${'id' in which ? sql`d.id = ${which.id}` : selects(which.visible)}
    order by d.id`.execute(db);
  return rows;
}

/** A worn device goes with its wearer; the others with the grid they are registered in. */
function selects(visible: Visible): RawBuilder<unknown> {
  if (visible.everything) return sql`true`;
  return sql`(d.subject_id = any(${[...visible.subjectIds]}::bigint[])
    or coalesce(s.home_grid_id, d.grid_id) = any(${[...visible.gridIds]}::bigint[])
    or (${visible.unplaced} and coalesce(s.home_grid_id, d.grid_id) is null))`;
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

export async function readUnknownDevices(db: Queryable, limit: number): Promise<UnknownDeviceRow[]> {
  const rows = await db
    .selectFrom('unknown_devices')
    .selectAll()
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
