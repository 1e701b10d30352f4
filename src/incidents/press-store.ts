import { sql } from 'kysely';
import type { EscalationPolicy, IncidentLocation, IncidentStatus } from '../model/incidents.ts';
import type { Contact } from '../people/contact-store.ts';
import { type WhereaboutsRow, whereaboutsColumns, whereaboutsJoins } from '../people/whereabouts-store.ts';
import { at, type Trx } from '../platform/database.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import type { IncidentChanges } from './incident-state.ts';
import { assignments } from './incident-store.ts';
import type { TimelineDraft } from './timeline.ts';

/** The statements of the way from an alert to its incident: each serves any number of alerts at once or one short write. */

export interface PressKey {
  key: string;
  subjectId: number | null;
  deviceId: number | null;
  /** Of what fell silent together, which has no device of its own. */
  assetId?: number | null;
  gridId?: number | null;
  source: string;
}

export interface PressContext extends WhereaboutsRow {
  grid_version: number;
  subject_name: string | null;
  subject_birth_year: number | null;
  home_address: string | null;
  /** Incidents that unknown devices of this source opened of late; 0 for a known device. */
  opened_by_source: number;
  /** The open incident of the key, else the one resolved last. */
  id: number | null;
  status: IncidentStatus | null;
  resolved_at: number | null;
  policy: EscalationPolicy | null;
  presses: number | null;
  next_step: number | null;
  raised_at: number | null;
  grid_id: number | null;
  location: IncidentLocation | null;
  owner_id: number | null;
  /** Null also where the account of the owner is no longer active. */
  owner: Contact | null;
}

/** What is known of each key, in the order asked: the wearer, her place, and the incident that the alert may belong to. */
export async function readPressContexts(
  trx: Trx,
  keys: readonly PressKey[],
  since: number,
): Promise<PressContext[]> {
  const { rows } = await sql<PressContext>`
    select (select version from grid_version) as grid_version, s.name as subject_name,
      s.birth_year as subject_birth_year, s.home_address, ${whereaboutsColumns},
      case when who.subject_id is null and who.device_id is null then (
        select count(*) from incidents f where f.source = who.source and f.device_id is null and f.raised_at > ${at(since)}
      ) else 0 end as opened_by_source,
      i.id, i.status, i.resolved_at, i.policy, i.presses, i.next_step, i.raised_at, i.grid_id, i.location, i.owner_id,
      case when o.id is not null then jsonb_build_object('id', o.id, 'name', o.name, 'phone', o.phone, 'email', o.email,
        'locale', o.locale, 'webhookUrl', o.webhook_url) end as owner
    from rows from (jsonb_to_recordset(${JSON.stringify(keys.map(asColumns))}::jsonb)
      as (key text, subject_id bigint, device_id bigint, asset_id bigint, grid_id bigint, source text))
      with ordinality who (key, subject_id, device_id, asset_id, grid_id, source, no)
    ${whereaboutsJoins}
    left join lateral (
      select * from incidents latest where latest.dedup_key = who.key order by latest.resolved_at desc nulls first limit 1
    ) i on true
    left join accounts o on o.id = i.owner_id and o.active
    order by who.no`.execute(trx);
  return rows;
}

const asColumns = (key: PressKey) => ({
  key: key.key,
  subject_id: key.subjectId,
  device_id: key.deviceId,
  asset_id: key.assetId ?? null,
  grid_id: key.gridId ?? null,
  source: key.source,
});

/**
 * Until the end of the transaction nobody else opens incidents for unknown devices of these sources: how many there are of late
 * cannot be counted otherwise. In order, so that two transactions never wait for each other.
 */
export async function lockFloods(trx: Trx, sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtextextended('flood ' || source, 0))
    from unnest(${[...new Set(sources)].sort()}::text[]) with ordinality as s (source, no) order by no`.execute(
    trx,
  );
}

/** An incident that is to be opened; the columns of the table, times in ISO 8601. */
export interface NewIncident {
  dedup_key: string;
  kind: string;
  severity: string;
  status: IncidentStatus;
  subject_id: number | null;
  device_id: number | null;
  asset_id: number | null;
  protocol: string;
  native_id: string;
  source: string;
  grid_id: number | null;
  responsible_by: string;
  location: IncidentLocation | null;
  address: string | null;
  late: boolean;
  raised_at: string;
  observed_at: string;
  notified_at: string | null;
  policy: EscalationPolicy;
  next_step: number;
  next_step_at: string | null;
  evidence: unknown;
  /** Not columns: the alert that opened it, its first entries, and who is to hear of it on open pages. */
  alert_id: number | null;
  entries: readonly TimelineDraft[];
  accounts: readonly number[] | undefined;
}

/** Opens those whose key has no open incident and returns their ids; for the others somebody else was first. */
export async function openIncidents(
  trx: Trx,
  incidents: readonly NewIncident[],
  now: number,
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: number; dedup_key: string }>`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(incidents)}::jsonb) as w (dedup_key text, kind text, severity text,
        status text, subject_id bigint, device_id bigint, asset_id bigint, protocol text, native_id text, source text, grid_id bigint,
        responsible_by text, location jsonb, address text, late boolean, raised_at timestamptz, observed_at timestamptz,
        notified_at timestamptz, policy jsonb, next_step int, next_step_at timestamptz, evidence jsonb, alert_id bigint,
        entries jsonb, accounts jsonb)
    ), opened as (
      insert into incidents (dedup_key, kind, severity, status, subject_id, device_id, asset_id, protocol, native_id, source, grid_id,
        responsible_by, location, address, late, raised_at, observed_at, last_press_at, notified_at, policy, next_step,
        next_step_at, evidence)
      select dedup_key, kind, severity, status, subject_id, device_id, asset_id, protocol, native_id, source, grid_id, responsible_by,
        location, address, late, raised_at, observed_at, raised_at, notified_at, policy, next_step, next_step_at, evidence
      from wanted order by dedup_key
      on conflict (dedup_key) where status not in ('resolved', 'closed') do nothing
      returning id, dedup_key, status
    ), linked as (
      update alerts a set incident_id = o.id from opened o join wanted w using (dedup_key) where a.id = w.alert_id
    ), told as (
      insert into timeline (incident_id, at, kind, actor_id, detail)
      select o.id, ${at(now)}, e.entry->>'kind', (e.entry->>'actorId')::bigint, e.entry->'detail'
      from opened o join wanted w using (dedup_key), jsonb_array_elements(w.entries) with ordinality e (entry, no)
      order by o.id, e.no
    )
    select o.id, o.dedup_key, pg_notify(${LIVE_CHANNEL}, jsonb_strip_nulls(jsonb_build_object('type', 'incident',
      'id', o.id, 'status', o.status, 'accounts', w.accounts))::text)
    from opened o join wanted w using (dedup_key)`.execute(trx);
  return new Map(rows.map((row) => [row.dedup_key, row.id]));
}

/** A press on an incident that stands: what it was read as, and what changes. */
export interface PressUpdate {
  id: number;
  /** It is written only if this is still so. */
  seen: { reopens: boolean; ownerId: number | null; nextStep: number };
  presses: number;
  /** All of these: whoever pressed just now did not press long ago. */
  late: boolean;
  /** Where she is now, when the press said it; else what was known stays. */
  place: {
    location: IncidentLocation;
    gridId: number | null;
    responsibleBy: string;
    address: string | null;
  } | null;
  changes: IncidentChanges;
  alertIds: readonly number[];
  entries: readonly TimelineDraft[];
  accounts: readonly number[] | undefined;
}

/** Whether it was written: false when the incident has moved on since it was read. */
export async function updatePressed(trx: Trx, press: PressUpdate, now: number): Promise<boolean> {
  const { place, seen } = press;
  const { rows } = await sql<{ id: number }>`
    with pressed as (
      update incidents set presses = presses + ${press.presses}, last_press_at = ${at(now)}, severity = 'critical', late = late and ${press.late}
        ${place ? sql`, location = ${JSON.stringify(place.location)}::jsonb, grid_id = ${place.gridId}, responsible_by = ${place.responsibleBy}, address = ${place.address}` : sql``}
        ,${assignments(press.changes)}
      where id = ${press.id} and owner_id is not distinct from ${seen.ownerId} and next_step = ${seen.nextStep}
        and ${seen.reopens ? sql`status = 'resolved'` : sql`status not in ('resolved', 'closed')`}
      returning id, status
    ), linked as (
      update alerts a set incident_id = p.id from pressed p where a.id = any(${[...press.alertIds]}::bigint[])
    ), told as (
      insert into timeline (incident_id, at, kind, actor_id, detail)
      select p.id, ${at(now)}, e.entry->>'kind', (e.entry->>'actorId')::bigint, e.entry->'detail'
      from pressed p, jsonb_array_elements(${JSON.stringify(press.entries)}::jsonb) with ordinality e (entry, no) order by e.no
    )
    select p.id, pg_notify(${LIVE_CHANNEL}, jsonb_strip_nulls(jsonb_build_object('type', 'incident', 'id', p.id,
      'status', p.status, 'accounts', ${JSON.stringify(press.accounts ?? null)}::jsonb))::text)
    from pressed p`.execute(trx);
  return rows.length > 0;
}

/** An alert that opened incidents is true no longer: one entry in each open incident of the keys. Statuses stay. */
export async function noteResolvedAlerts(
  trx: Trx,
  alerts: readonly { key: string; detail: Record<string, unknown> }[],
  now: number,
): Promise<void> {
  await sql`insert into timeline (incident_id, at, kind, detail)
    select i.id, ${at(now)}, 'alert', w.detail
    from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb) as w (key text, detail jsonb)
    join incidents i on i.dedup_key = w.key and i.status not in ('resolved', 'closed')`.execute(trx);
}
