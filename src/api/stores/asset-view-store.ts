import { type RawBuilder, sql } from 'kysely';
import type { AssetKind, RemoteSwitching } from '../../model/assets.ts';
import type { Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';
import type { Silences } from '../silence.ts';
import { isSilent, withSilence } from './silence-store.ts';

export interface AssetRow {
  id: number;
  parent_id: number | null;
  kind: AssetKind;
  code: string;
  name: string;
  grid_id: number | null;
  company_id: number | null;
  /** Its own, else of the nearest ancestor that has one. */
  place_grid_id: number | null;
  place_grid_name: string | null;
  place_company_id: number | null;
  place_company_name: string | null;
  address: string | null;
  latitude: number | null;
  longitude: number | null;
  remote_switch: RemoteSwitching;
  /** Of itself, not of what is below. */
  devices: number;
  silent_devices: number;
  open_tickets: number;
  /** Of its open tickets: 2 critical, 1 warning, 0 info. */
  worst: number | null;
}

interface Which {
  visible: Visible;
  /** Only the tree with this root. */
  siteId?: number | undefined;
  silences: Silences;
}

/** Assets that `visible` names, each with what hangs on itself. A device behind a gateway counts where the gateway does. */
export async function readAssetTree(db: Queryable, which: Which, now: number): Promise<AssetRow[]> {
  const { visible, siteId, silences } = which;
  const { rows } = await sql<AssetRow>`
    with recursive tree as (
      select a.id, a.grid_id as place_grid_id, a.company_id as place_company_id
      from assets a where a.parent_id is null and ${siteId === undefined ? sql`true` : sql`a.id = ${siteId}`}
      union all
      select a.id, coalesce(a.grid_id, t.place_grid_id), coalesce(a.company_id, t.place_company_id)
      from tree t join assets a on a.parent_id = t.id
    ), hung as (
      select coalesce(d.asset_id, gw.asset_id) as asset_id, count(*) as devices,
        count(*) filter (where ${isSilent(now)}) as silent
      from devices d left join devices gw on gw.id = d.gateway_id
      ${withSilence(silences)}
      where d.active and d.subject_id is null and coalesce(d.asset_id, gw.asset_id) is not null
      group by 1
    ), faults as (
      select asset_id, count(*) as open, max(array_position(array['info', 'warning', 'critical'], severity)) - 1 as worst
      from tickets where status <> 'closed' and asset_id is not null group by asset_id
    )
    select a.id, a.parent_id, a.kind, a.code, a.name, a.grid_id, a.company_id, a.address, a.latitude, a.longitude,
      a.remote_switch, t.place_grid_id, g.name as place_grid_name, t.place_company_id, c.name as place_company_name,
      coalesce(h.devices, 0) as devices, coalesce(h.silent, 0) as silent_devices, coalesce(f.open, 0) as open_tickets, f.worst
    from tree t join assets a on a.id = t.id
    left join grids g on g.id = t.place_grid_id
    left join companies c on c.id = t.place_company_id
    left join hung h on h.asset_id = a.id
    left join faults f on f.asset_id = a.id
    where ${selects(visible)}
    order by a.id`.execute(db);
  return rows;
}

function selects(visible: Visible): RawBuilder<unknown> {
  if (visible.everything) return sql`true`;
  return sql`(t.place_grid_id = any(${[...visible.gridIds]}::bigint[])
    or t.place_company_id = any(${[...visible.companyIds]}::bigint[])
    or (${visible.unplaced} and t.place_grid_id is null))`;
}
