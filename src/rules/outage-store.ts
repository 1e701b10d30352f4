import { sql } from 'kysely';
import type { AlertChange } from '../model/alerts.ts';
import type { Outage, OutageScope } from '../model/outages.ts';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import { jsonText } from '../platform/json-text.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import type { Group } from './outage-causes.ts';
import { devicesOf, fleetRows, groupsOf, isQuiet, type Look } from './outage-fleet-store.ts';

/** To compile what looks at the whole fleet takes longer than to look: PostgreSQL takes it for larger than it is. */
const AT_ONCE = sql`set_config('jit', 'off', true)`;

/** Until the end of the transaction nobody else begins, joins or ends an outage. */
export async function lockOutages(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('outages', 0)), ${AT_ONCE}`.execute(trx);
}

/** Undefined where another process is at it. */
export async function tryLockOutages(trx: Trx): Promise<true | undefined> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('outages', 0)) as mine, ${AT_ONCE}`.execute(trx);
  return rows[0]?.mine || undefined;
}

/** What these devices share with others, and how those are. */
export async function readGroups(db: Queryable, ids: readonly number[], look: Look): Promise<Group[]> {
  const { rows } = await sql<Group>`
    with recursive ${fleetRows(look)},
    fired as (select f.* from fleet f where f.id = any(${[...ids]}::bigint[])),
    wanted as (select distinct shared.scope, shared.key from fired f cross join lateral ${groupsOf} shared),
    since as (select min(last_seen_at) as at from fired),
    members as (${devicesOf(sql`f.last_seen_at, ${isQuiet(sql`(select at from since)`)} as quiet`)}),
    gone as (
      select scope, key, count(*) as quiet, max(last_seen_at) as at from members where quiet group by scope, key
    )
    select gone.scope, gone.key, gone.quiet,
      (select count(*) from members m where m.scope = gone.scope and m.key = gone.key and not m.quiet and m.last_seen_at > gone.at) as alive
    from gone`.execute(db);
  return rows;
}

/** An outage that lasts, and one of the devices that it explains. */
export interface Explained {
  outageId: number;
  incidentId: number;
  deviceId: number;
}

/** Which of these devices belong to an outage that lasts: they were last heard before it could have passed them by. */
export async function readExplained(db: Queryable, ids: readonly number[], look: Look): Promise<Explained[]> {
  const { rows } = await sql<{ outage_id: number; incident_id: number; device_id: number }>`
    with recursive ${fleetRows(look)}
    select distinct on (f.id) o.id as outage_id, o.incident_id, f.id as device_id
    from fleet f cross join lateral ${groupsOf} shared
    join outages o on o.scope = shared.scope and o.scope_key = shared.key and o.ended_at is null
    where f.id = any(${[...ids]}::bigint[]) and f.last_seen_at <= o.began_at + f.allowed_ms * interval '1 ms'
    order by f.id, o.id`.execute(db);
  return rows.map((row) => ({
    outageId: row.outage_id,
    incidentId: row.incident_id,
    deviceId: row.device_id,
  }));
}

/** The outage of the incident that was opened for it; one that lasts begins anew. */
export async function insertOutage(
  trx: Trx,
  { scope, key, dedupKey }: { scope: OutageScope; key: string; dedupKey: string },
  began: number,
): Promise<{ id: number; incidentId: number } | undefined> {
  const { rows } = await sql<{ id: number; incidentId: number }>`
    insert into outages (scope, scope_key, incident_id, began_at)
    select ${scope}, ${key}, i.id, ${at(began)} from incidents i
    where i.dedup_key = ${dedupKey} and i.status not in ('resolved', 'closed')
    on conflict (scope, scope_key) where ended_at is null do update
      set incident_id = excluded.incident_id, began_at = excluded.began_at
    returning id, incident_id as "incidentId"`.execute(trx);
  return rows[0];
}

/** Puts down all that fell silent together in the scope, and takes their alerts that nobody deals with yet to its incident. */
export async function noteMembers(
  trx: Trx,
  outage: { id: number; scope: OutageScope; key: string; since: number },
  look: Look,
): Promise<void> {
  await sql`
    with recursive ${fleetRows(look)},
    joined as (
      insert into outage_devices (outage_id, device_id, silent_since)
      select ${outage.id}, f.id, f.last_seen_at from fleet f cross join lateral ${groupsOf} shared
      where shared.scope = ${outage.scope} and shared.key = ${outage.key} and ${isQuiet(sql`${at(outage.since)}::timestamptz`)}
      on conflict (outage_id, device_id) do update set silent_since = excluded.silent_since, back_at = null
        where outage_devices.back_at < excluded.silent_since
      returning device_id
    )
    update alerts a set incident_id = o.incident_id from outages o
    where o.id = ${outage.id} and a.device_id in (select device_id from joined) and a.state = 'firing'
      and a.incident_id is null and a.ticket_id is null and a.evidence ->> 'signal' = 'online'`.execute(trx);
}

/** Keeps alerts with the outage that explains them, instead of telling anybody. */
export async function holdAlerts(
  trx: Trx,
  held: readonly (Explained & { change: AlertChange })[],
): Promise<void> {
  await sql`
    with held as (
      select * from jsonb_to_recordset(${jsonText(held)}::jsonb)
        as h ("outageId" bigint, "incidentId" bigint, "deviceId" bigint, change jsonb)
    ), linked as (
      update alerts a set incident_id = h."incidentId" from held h where a.id = (h.change ->> 'alertId')::bigint
    )
    insert into outage_devices (outage_id, device_id, silent_since, held)
    select h."outageId", h."deviceId", d.last_seen_at, jsonb_agg(h.change)
    from held h join devices d on d.id = h."deviceId" group by 1, 2, 3
    on conflict (outage_id, device_id) do update
      set held = outage_devices.held || excluded.held, back_at = null, silent_since = excluded.silent_since`.execute(
    trx,
  );
}

export interface OpenOutage {
  id: number;
  scope: OutageScope;
  key: string;
  beganAt: number;
  incidentId: number;
  resolvedAt: number | null;
  members: number;
  back: number;
  /** As it was told when it began. */
  told: Outage;
}

/** Notes who was heard again, tells open pages, and returns how each outage stands. */
export async function noteBack(trx: Trx): Promise<OpenOutage[]> {
  await sql`
    with heard as (
      update outage_devices m set back_at = d.last_seen_at from outages o, devices d
      where o.id = m.outage_id and m.back_at is null and d.id = m.device_id
        and (o.ended_at is null or exists (select from outages wide where wide.id = o.into_id and wide.ended_at is null))
        and d.last_seen_at > m.silent_since and d.online is not false
      returning o.incident_id
    )
    select pg_notify(${LIVE_CHANNEL}, jsonb_build_object('type', 'incident', 'id', incident_id)::text)
    from (select distinct incident_id from heard) h`.execute(trx);
  const { rows } = await sql<{
    id: number;
    scope: OutageScope;
    scope_key: string;
    began_at: number;
    incident_id: number;
    resolved_at: number | null;
    members: number;
    back: number;
    told: Outage;
  }>`
    select o.id, o.scope, o.scope_key, o.began_at, o.incident_id, i.resolved_at, count(m.device_id) as members, count(m.back_at) as back,
      i.evidence -> 'outage' as told
    from outages o join incidents i on i.id = o.incident_id left join outage_devices m on m.outage_id = o.id
    where o.ended_at is null group by o.id, i.id order by o.id`.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    key: row.scope_key,
    beganAt: row.began_at,
    incidentId: row.incident_id,
    resolvedAt: row.resolved_at,
    members: row.members,
    back: row.back,
    told: row.told,
  }));
}

/** Ends an outage and returns the alerts of those that stayed silent, that somebody must hear of now. */
export async function endOutage(trx: Trx, id: number, now: number): Promise<AlertChange[]> {
  await sql`update outages set ended_at = ${at(now)} where id = ${id}`.execute(trx);
  const { rows } = await sql<{ change: AlertChange }>`
    select held.change from outage_devices m, jsonb_array_elements(m.held) held (change)
    join alerts a on a.id = (held.change ->> 'alertId')::bigint and a.state = 'firing'
    where m.outage_id = ${id} and m.back_at is null`.execute(trx);
  return rows.map(({ change }) => change);
}
