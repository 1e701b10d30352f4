import { sql } from 'kysely';
import type { AssetKind, RemoteSwitching } from '../model/assets.ts';
import type { GridLevel } from '../model/incidents.ts';
import type { Queryable } from '../platform/database.ts';
import type { Contact } from './contact-store.ts';
import type { LocalMoment } from './roster.ts';

/** What is to be placed: an asset, else the asset of the device's gateway, else the device alone. */
export interface PlaceRef {
  assetId: number | null;
  deviceId: number | null;
}

/** Where something stands. What an asset does not say itself it has from the nearest ancestor that says it. */
export interface WatchedPlace {
  deviceName: string | null;
  asset: { id: number; kind: AssetKind; name: string } | null;
  /** Names from the estate down, the asset itself not included. */
  path: readonly string[];
  /** As registered: of the asset or an ancestor, or of the device; a point on the map is not looked up here. */
  assetGridId: number | null;
  deviceGridId: number | null;
  companyId: number | null;
  companyName: string | null;
  address: string | null;
  point: { latitude: number; longitude: number } | null;
  /** Of the device's own asset; null where it has none. */
  remoteSwitch: RemoteSwitching | null;
}

/** The places of all, in the order asked, in one statement. */
export async function readWatchedPlaces(db: Queryable, refs: readonly PlaceRef[]): Promise<WatchedPlace[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<WatchedPlace>`
    with recursive wanted as (
      select w.no, d.name as device_name, d.grid_id as device_grid_id, coalesce(w.asset_id, d.asset_id, g.asset_id) as asset_id,
        coalesce(w.asset_id, d.asset_id) as own_asset_id
      from unnest(${refs.map((ref) => ref.assetId)}::bigint[], ${refs.map((ref) => ref.deviceId)}::bigint[])
        with ordinality as w (asset_id, device_id, no)
      left join devices d on d.id = w.device_id
      left join devices g on g.id = d.gateway_id
    ), up as (
      select distinct w.asset_id as leaf, a.id, a.parent_id, 0 as height from wanted w join assets a on a.id = w.asset_id
      union all
      select u.leaf, a.id, a.parent_id, u.height + 1 from up u join assets a on a.id = u.parent_id where u.height < 32
    ), place as (
      select u.leaf,
        coalesce(jsonb_agg(a.name order by u.height desc) filter (where u.height > 0), '[]') as path,
        (array_agg(a.grid_id order by u.height) filter (where a.grid_id is not null))[1] as grid_id,
        (array_agg(a.company_id order by u.height) filter (where a.company_id is not null))[1] as company_id,
        (array_agg(a.address order by u.height) filter (where a.address is not null))[1] as address,
        (array_agg(jsonb_build_object('latitude', a.latitude, 'longitude', a.longitude) order by u.height)
          filter (where a.latitude is not null and a.longitude is not null))[1] as point
      from up u join assets a on a.id = u.id group by u.leaf
    )
    select w.device_name as "deviceName",
      case when leaf.id is not null then jsonb_build_object('id', leaf.id, 'kind', leaf.kind, 'name', leaf.name) end as asset,
      coalesce(p.path, '[]') as path, p.grid_id as "assetGridId", w.device_grid_id as "deviceGridId",
      p.company_id as "companyId", c.name as "companyName", p.address, p.point, own.remote_switch as "remoteSwitch"
    from wanted w
    left join assets leaf on leaf.id = w.asset_id
    left join assets own on own.id = w.own_asset_id
    left join place p on p.leaf = w.asset_id
    left join companies c on c.id = p.company_id
    order by w.no`.execute(db);
  return rows;
}

/** Who may have a ticket, before it is decided who does. */
export interface TicketPeople {
  managers: readonly { companyId: number; onDuty: boolean; contact: Contact }[];
  desks: readonly { gridId: number; gridLevel: GridLevel; contact: Contact }[];
  admins: readonly Contact[];
}

interface PersonRow extends Contact {
  tie: 'manager' | 'desk' | 'admin';
  key: number;
  on_duty: boolean;
  grid_level: GridLevel | null;
}

/** Active managers of the companies, who sits at the desks of the grids, and the admins, in one statement. */
export async function readTicketPeople(
  db: Queryable,
  query: { companyIds: readonly number[]; deskGridIds: readonly number[]; moment: LocalMoment },
): Promise<TicketPeople> {
  const contact = sql`a.id, a.name, a.phone, a.email, a.locale, a.webhook_url as "webhookUrl"`;
  const { weekday, minute } = query.moment;
  const { rows } = await sql<PersonRow>`
    select 'manager' as tie, m.company_id as key, exists (
        select from company_shifts s where s.company_id = m.company_id and s.account_id = m.account_id
          and s.weekday = ${weekday}::int and s.from_minute <= ${minute}::int and s.to_minute > ${minute}::int
      ) as on_duty, null::text as grid_level, ${contact}
    from company_members m join accounts a on a.id = m.account_id and a.active
    where m.duty = 'manager' and m.company_id = any(${[...query.companyIds]}::bigint[])
    union all
    select 'desk', m.grid_id, true, g.level, ${contact}
    from desk_members m join grids g on g.id = m.grid_id join accounts a on a.id = m.account_id and a.active
    where m.grid_id = any(${[...query.deskGridIds]}::bigint[])
    union all
    select 'admin', 0, true, null, ${contact} from accounts a where a.active and 'admin' = any(a.roles)
    order by key, id`.execute(db);
  const people = rows.map(({ tie, key, on_duty, grid_level, ...person }) => ({
    tie,
    key,
    onDuty: on_duty,
    gridLevel: grid_level,
    contact: person,
  }));
  return {
    managers: people.flatMap(({ tie, key, onDuty, contact: person }) =>
      tie === 'manager' ? [{ companyId: key, onDuty, contact: person }] : [],
    ),
    desks: people.flatMap(({ tie, key, gridLevel, contact: person }) =>
      tie === 'desk' && gridLevel !== null ? [{ gridId: key, gridLevel, contact: person }] : [],
    ),
    admins: people.flatMap(({ tie, contact: person }) => (tie === 'admin' ? [person] : [])),
  };
}
