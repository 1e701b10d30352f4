import { sql } from 'kysely';
import type { AssetKind, RemoteSwitching } from '../model/assets.ts';
import type { GridLevel } from '../model/incidents.ts';
import type { Queryable } from '../platform/database.ts';
import { assetPlace } from './asset-place-store.ts';
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
    select d.name as "deviceName",
      case when a.id is not null then jsonb_build_object('id', a.id, 'kind', a.kind, 'name', a.name) end as asset,
      coalesce(p.path, '{}') as path, p.grid_id as "assetGridId", d.grid_id as "deviceGridId",
      p.company_id as "companyId", c.name as "companyName", p.address,
      case when p.latitude is not null and p.longitude is not null
        then jsonb_build_object('latitude', p.latitude, 'longitude', p.longitude) end as point, own.remote_switch as "remoteSwitch"
    from unnest(${refs.map((ref) => ref.assetId)}::bigint[], ${refs.map((ref) => ref.deviceId)}::bigint[])
      with ordinality as w (asset_id, device_id, no)
    left join devices d on d.id = w.device_id
    left join devices g on g.id = d.gateway_id
    left join assets own on own.id = coalesce(w.asset_id, d.asset_id)
    left join assets a on a.id = coalesce(own.id, g.asset_id)
    left join lateral ${assetPlace(sql`a.id`)} p on true
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
