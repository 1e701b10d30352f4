import { type RawBuilder, sql } from 'kysely';
import type { EscalationPolicy, IncidentLocation, IncidentStatus } from '../model/incidents.ts';
import { MASS_OFFLINE } from '../model/outages.ts';
import type { Location } from '../model/signals.ts';
import { assetPlace } from '../people/asset-place-store.ts';
import type { Contact } from '../people/contact-store.ts';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import type { IncidentChanges, IncidentState } from './incident-state.ts';
import { CALL_TEMPLATES, PAGE_TEMPLATES } from './templates.ts';
import type { TimelineDraft } from './timeline.ts';

/** An incident as it stands while its row is locked, with what messages about it say. */
export interface LockedIncident extends IncidentState {
  kind: string;
  severity: string;
  subjectId: number | null;
  /** Of the wearer, or the names of the asset from the estate down. */
  subjectName: string | null;
  subjectBirthYear: number | null;
  home: { latitude: number; longitude: number } | null;
  homeAddress: string | null;
  protocol: string;
  nativeId: string;
  gridId: number | null;
  /** In charge of the asset. */
  companyId: number | null;
  location: IncidentLocation | null;
  address: string | null;
  presses: number;
  late: boolean;
  raisedAt: number;
  observedAt: number;
}

interface LockedRow {
  id: number;
  status: IncidentStatus;
  policy: EscalationPolicy;
  [column: string]: unknown;
}

/** Locks one incident. Undefined where it is not there or, with `skipLocked`, where another holds it now. */
export async function lockIncident(
  trx: Trx,
  id: number,
  { skipLocked = false }: { skipLocked?: boolean } = {},
): Promise<LockedIncident | undefined> {
  // The lock stands apart from the joins: where it had to wait, they see the row as it became, not as it was.
  const { rows } = await sql<LockedRow>`
    with i as materialized (
      select * from incidents where id = ${id} for update ${skipLocked ? sql`skip locked` : sql``}
    )
    select i.id, i.status, i.kind, i.severity, i.policy, i.subject_id as "subjectId",
      coalesce(s.name, nullif(array_to_string(place.path || place.name, ' / '), ''),
        nullif(i.evidence #>> '{outage,label}', ''), case when i.kind = ${MASS_OFFLINE} then g.name end) as "subjectName", place.company_id as "companyId",
      s.birth_year as "subjectBirthYear", s.home_address as "homeAddress",
      case when s.home_latitude is not null and s.home_longitude is not null
        then jsonb_build_object('latitude', s.home_latitude, 'longitude', s.home_longitude) end as home, i.protocol, i.native_id as "nativeId", i.grid_id as "gridId", i.location,
      i.address, i.presses, i.late, i.raised_at as "raisedAt", i.observed_at as "observedAt", i.owner_id as "ownerId", o.name as "ownerName",
      i.hand_over_to as "handOverTo", i.next_step as "nextStep", i.next_step_at as "nextStepAt",
      i.lease_until as "leaseUntil", i.eta_at as "etaAt", i.en_route_at as "enRouteAt", i.resolved_at as "resolvedAt"
    from i
    left join subjects s on s.id = i.subject_id
    left join grids g on g.id = i.grid_id
    left join lateral ${assetPlace(sql`i.asset_id`)} place on true
    left join accounts o on o.id = i.owner_id`.execute(trx);
  return rows[0] as LockedIncident | undefined;
}

const columnOf: Readonly<Record<keyof IncidentChanges, string>> = {
  status: 'status',
  ownerId: 'owner_id',
  handOverTo: 'hand_over_to',
  nextStep: 'next_step',
  nextStepAt: 'next_step_at',
  leaseUntil: 'lease_until',
  etaAt: 'eta_at',
  notifiedAt: 'notified_at',
  acknowledgedAt: 'acknowledged_at',
  enRouteAt: 'en_route_at',
  onSceneAt: 'on_scene_at',
  resolvedAt: 'resolved_at',
  closedAt: 'closed_at',
  outcome: 'outcome',
  note: 'note',
};

/** The changes as the body of an `update … set`. */
export function assignments(changes: IncidentChanges): RawBuilder<unknown> {
  const sets = Object.entries(changes).map(([key, value]) => {
    const isTime = key.endsWith('At') || key === 'leaseUntil';
    const column = sql.ref(columnOf[key as keyof IncidentChanges]);
    return sql`${column} = ${isTime && typeof value === 'number' ? at(value) : value}`;
  });
  return sets.length > 0 ? sql.join(sets) : sql`note = note`;
}

/** Writes what changed, appends to the time line and tells open pages, in one statement. */
export async function writeChanges(
  trx: Trx,
  incident: { id: number; status: IncidentStatus },
  write: { changes: IncidentChanges; entries: readonly TimelineDraft[]; accounts: readonly number[] },
  now: number,
): Promise<void> {
  const told = {
    type: 'incident',
    id: incident.id,
    status: write.changes.status ?? incident.status,
    ...announced(write.accounts),
  };
  await sql`
    with changed as (
      update incidents set ${assignments(write.changes)} where id = ${incident.id} returning id
    ), told as (
      insert into timeline (incident_id, at, kind, actor_id, detail)
      select c.id, ${at(now)}, e.entry->>'kind', (e.entry->>'actorId')::bigint, e.entry->'detail'
      from changed c, jsonb_array_elements(${JSON.stringify(write.entries)}::jsonb) with ordinality e (entry, no) order by e.no
    )
    select pg_notify(${LIVE_CHANNEL}, ${JSON.stringify(told)})`.execute(trx);
}

/** NOTIFY carries at most 8,000 bytes; who is not named looks for himself. */
const MOST_ANNOUNCED = 500;

export function announced(accounts: readonly number[]): { accounts?: readonly number[] } {
  return accounts.length > 0 && accounts.length <= MOST_ANNOUNCED ? { accounts: [...new Set(accounts)] } : {};
}

/** Calls back the calls to all others that nobody began to send. */
export async function cancelCalls(
  trx: Trx,
  incidentId: number,
  { except, now }: { except: number; now: number },
): Promise<void> {
  await sql`update notifications set state = 'failed', reason = 'taken', due_at = null, updated_at = ${at(now)}
    where incident_id = ${incidentId} and state = 'queued' and account_id <> ${except}
      and template = any(${[...CALL_TEMPLATES]}::text[])
      and (claimed_until is null or claimed_until <= ${at(now)})`.execute(trx);
}

/** Everybody who was paged about it, while their account is active. */
export async function readPaged(trx: Trx, incidentId: number): Promise<(Contact & { why: string })[]> {
  const { rows } = await sql<Contact & { why: string }>`
    select distinct on (a.id) a.id, a.name, a.phone, a.email, a.locale, a.webhook_url as "webhookUrl", n.why
    from notifications n join accounts a on a.id = n.account_id and a.active
    where n.incident_id = ${incidentId} and n.template = any(${[...PAGE_TEMPLATES]}::text[])
    order by a.id, n.id`.execute(trx);
  return rows;
}

/** Whether the account may be given the incident: it responds or dispatches, or is of the wearer's family. */
export async function isFitSuccessor(
  trx: Trx,
  accountId: number,
  subjectId: number | null,
): Promise<boolean> {
  const { rows } = await sql`
    select from accounts a where a.id = ${accountId} and a.active and (a.roles && '{responder,dispatcher,admin}'
      or exists (select from subject_members m where m.account_id = a.id and m.subject_id = ${subjectId}))`.execute(
    trx,
  );
  return rows.length > 0;
}

/** Ids of what is due, the longest due first: escalation steps and ended leases. */
export async function readDue(db: Queryable, now: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    (select id, next_step_at as due from incidents where next_step_at <= ${at(now)} order by next_step_at limit ${limit})
    union all
    (select id, lease_until from incidents where lease_until <= ${at(now)} order by lease_until limit ${limit})
    order by due limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Ids of open incidents that nothing will look at again. There must be none. */
export async function readUnwatched(db: Queryable): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from incidents where status not in ('resolved', 'closed')
      and case when status in ('raised', 'notified') then next_step_at else lease_until end is null`.execute(
    db,
  );
  return rows.map((row) => row.id);
}

/** A position of the wearer's device that is newer than both the event and what the incident knows. */
export interface NewerFix {
  id: number;
  fix: Location & { observedAt: number };
}

export async function readNewerFixes(db: Queryable): Promise<NewerFix[]> {
  const { rows } = await sql<{ id: number; value: Location; observed_at: number }>`
    select i.id, l.value, l.observed_at
    from incidents i
    join latest_readings l on l.device_id = i.device_id and l.signal = 'location' and l.channel = ''
    where i.status not in ('resolved', 'closed') and l.value is not null and l.observed_at > i.observed_at
      and l.observed_at > coalesce(to_timestamp((i.location->>'observedAt')::double precision / 1000), i.observed_at)`.execute(
    db,
  );
  return rows.map((row) => ({ id: row.id, fix: { ...row.value, observedAt: row.observed_at } }));
}

/** Where she is now; who is responsible changes with it where `grid` is given. */
export async function writeLocation(
  trx: Trx,
  id: number,
  place: {
    location: IncidentLocation;
    grid?: { id: number; by: 'fix' } | undefined;
    address: string | null;
  },
): Promise<void> {
  const { location, grid, address } = place;
  await sql`update incidents set location = ${JSON.stringify(location)}::jsonb, address = ${address}
    ${grid ? sql`, grid_id = ${grid.id}, responsible_by = ${grid.by}` : sql``} where id = ${id}`.execute(trx);
}
