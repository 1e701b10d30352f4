import { type RawBuilder, sql } from 'kysely';
import type {
  EscalationPolicy,
  IncidentLocation,
  IncidentStatus,
  Outcome,
  Role,
  TimelineKind,
} from '../model/incidents.ts';
import { assetPlace } from '../people/asset-place-store.ts';
import type { Queryable } from '../platform/database.ts';
import { PAGE_TEMPLATES } from './templates.ts';

/** Who reads. */
export interface Viewer {
  id: number;
  roles: readonly Role[];
}

export interface IncidentQuery {
  open?: boolean | undefined;
  /** Only those that the viewer has, is offered or was asked about. */
  mine?: boolean | undefined;
  subject?: number | undefined;
  /** Native id of a device. */
  device?: string | undefined;
  limit?: number | undefined;
  /** Id of an incident: only older ones. */
  before?: number | undefined;
}

export interface IncidentRow {
  id: number;
  kind: string;
  severity: 'critical' | 'warning' | 'info';
  status: IncidentStatus;
  subject_id: number | null;
  subject_name: string | null;
  subject_birth_year: number | null;
  asset_id: number | null;
  asset_name: string | null;
  /** Names of its ancestors, the estate first. */
  asset_path: string[] | null;
  device_id: number | null;
  protocol: string;
  native_id: string;
  grid_id: number | null;
  grid_name: string | null;
  responsible_by: 'fix' | 'home' | 'registration' | 'none';
  location: IncidentLocation | null;
  address: string | null;
  presses: number;
  late: boolean;
  raised_at: number;
  observed_at: number;
  last_press_at: number;
  owner_id: number | null;
  owner_name: string | null;
  owner_phone: string | null;
  hand_over_to: number | null;
  hand_over_name: string | null;
  hand_over_phone: string | null;
  eta_at: number | null;
  notified_at: number | null;
  acknowledged_at: number | null;
  en_route_at: number | null;
  on_scene_at: number | null;
  resolved_at: number | null;
  closed_at: number | null;
  outcome: Outcome | null;
  note: string | null;
  policy: EscalationPolicy;
  next_step: number;
  next_step_at: number | null;
  lease_until: number | null;
  evidence: Record<string, unknown>;
  /** Whether the viewer was asked to act. */
  asked: boolean;
  /** Whether the viewer is of the wearer's family. */
  family: boolean;
}

/** Incidents that the viewer may see, the newest first; `id` picks one. */
export async function readIncidents(
  db: Queryable,
  viewer: Viewer,
  query: IncidentQuery & { id?: number },
): Promise<IncidentRow[]> {
  const asked = sql<boolean>`exists (select from notifications n where n.incident_id = i.id
    and n.account_id = ${viewer.id} and n.template = any(${PAGE_TEMPLATES}::text[]))`;
  const conditions = [sql`true`, ...filters(query, viewer, asked)];
  if (!viewer.roles.includes('admin')) conditions.push(seenBy(viewer));
  const { rows } = await sql<IncidentRow>`
    with recursive below (part, grid_id) as (
      select 'duty', grid_id from shifts where account_id = ${viewer.id}
      union select 'desk', grid_id from desk_members where account_id = ${viewer.id}
      union select b.part, g.id from grids g join below b on g.parent_id = b.grid_id
    )
    select i.*, s.name as subject_name, s.birth_year as subject_birth_year, g.name as grid_name,
      asset.name as asset_name, asset.path as asset_path,
      o.name as owner_name, o.phone as owner_phone, h.name as hand_over_name, h.phone as hand_over_phone,
      ${asked} as asked,
      exists (select from subject_members m where m.subject_id = i.subject_id and m.account_id = ${viewer.id}) as family
    from incidents i
    left join subjects s on s.id = i.subject_id
    left join grids g on g.id = i.grid_id
    left join lateral ${assetPlace(sql`i.asset_id`)} asset on true
    left join accounts o on o.id = i.owner_id
    left join accounts h on h.id = i.hand_over_to
    where ${sql.join(conditions, sql` and `)}
    order by i.id desc limit ${query.limit ?? 50}`.execute(db);
  return rows;
}

/** Who takes part, her family, the responders of the grid or above, the desks above; needs `below` of `readIncidents` beside it. */
function seenBy(viewer: Viewer): RawBuilder<unknown> {
  const ways: RawBuilder<unknown>[] = [
    sql`i.owner_id = ${viewer.id}`,
    sql`i.hand_over_to = ${viewer.id}`,
    sql`exists (select from notifications n where n.incident_id = i.id and n.account_id = ${viewer.id})`,
    sql`exists (select from subject_members m where m.subject_id = i.subject_id and m.account_id = ${viewer.id})`,
  ];
  if (viewer.roles.includes('responder')) {
    ways.push(sql`i.grid_id in (select grid_id from below where part = 'duty')`);
  }
  if (viewer.roles.includes('dispatcher')) ways.push(atDesk(viewer));
  if (viewer.roles.includes('property')) ways.push(ofBuilding(viewer));
  return sql`(${sql.join(ways, sql` or `)})`;
}

/** Smoke or gas, or many silent devices, in a building of which the viewer's company is in charge, for its managers. */
function ofBuilding(viewer: Viewer): RawBuilder<unknown> {
  return sql`(i.subject_id is null and exists (
    select from (select i.device_id as id) of left join devices d on d.id = of.id left join devices gw on gw.id = d.gateway_id
    cross join lateral ${assetPlace(sql`coalesce(i.asset_id, d.asset_id, gw.asset_id)`)} place
    join company_members m on m.company_id = place.company_id and m.account_id = ${viewer.id} and m.duty = 'manager'))`;
}

/** What belongs to no grid is every desk's; a dispatcher who sits at no desk or at the top sees all. */
function atDesk(viewer: Viewer): RawBuilder<unknown> {
  return sql`(i.grid_id is null or i.grid_id in (select grid_id from below where part = 'desk')
    or not exists (select from desk_members where account_id = ${viewer.id})
    or exists (select from desk_members m join grids top on top.id = m.grid_id
      where m.account_id = ${viewer.id} and top.parent_id is null))`;
}

function filters(query: IncidentQuery & { id?: number }, viewer: Viewer, asked: RawBuilder<unknown>) {
  const conditions: RawBuilder<unknown>[] = [];
  if (query.id !== undefined) conditions.push(sql`i.id = ${query.id}`);
  if (query.before !== undefined) conditions.push(sql`i.id < ${query.before}`);
  if (query.subject !== undefined) conditions.push(sql`i.subject_id = ${query.subject}`);
  if (query.device !== undefined) conditions.push(sql`i.native_id = ${query.device}`);
  if (query.open === true) conditions.push(sql`i.status not in ('resolved', 'closed')`);
  if (query.open === false) conditions.push(sql`i.status in ('resolved', 'closed')`);
  if (query.mine === true) {
    conditions.push(sql`(i.owner_id = ${viewer.id} or i.hand_over_to = ${viewer.id} or ${asked})`);
  }
  return conditions;
}

export interface SubjectDetailRow {
  kind: 'elder' | 'child';
  sex: 'female' | 'male' | null;
  phone: string | null;
  home_address: string | null;
  lives_alone: boolean;
  mobility: 'normal' | 'impaired';
  care_notes: string | null;
  traits: string[];
  family: { id: number; name: string; phone: string | null; relation: string }[];
}

export async function readSubjectDetail(
  db: Queryable,
  subjectId: number,
): Promise<SubjectDetailRow | undefined> {
  const { rows } = await sql<SubjectDetailRow>`
    select s.kind, s.sex, s.phone, s.home_address, s.lives_alone, s.mobility, s.care_notes, s.traits,
      coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'phone', a.phone, 'relation', m.relation)
          order by m.guardian desc, m.created_at, a.id)
        from subject_members m join accounts a on a.id = m.account_id and a.active
        where m.subject_id = s.id), '[]') as family
    from subjects s where s.id = ${subjectId}`.execute(db);
  return rows[0];
}

export interface TimelineRow {
  id: number;
  at: number;
  kind: TimelineKind;
  actor_id: number | null;
  actor_name: string | null;
  actor_phone: string | null;
  detail: Record<string, unknown>;
}

export async function readTimeline(db: Queryable, incidentId: number): Promise<TimelineRow[]> {
  const { rows } = await sql<TimelineRow>`
    select t.id, t.at, t.kind, t.actor_id, a.name as actor_name, a.phone as actor_phone, t.detail
    from timeline t left join accounts a on a.id = t.actor_id
    where t.incident_id = ${incidentId} order by t.id`.execute(db);
  return rows;
}

export interface IncidentNotificationRow {
  id: number;
  account_id: number | null;
  account_name: string | null;
  account_phone: string | null;
  channel: string;
  template: string;
  step: number | null;
  why: string;
  state: 'queued' | 'accepted' | 'delivered' | 'rung' | 'answered' | 'read' | 'acknowledged' | 'failed';
  reason: string | null;
  attempts: number;
  created_at: number;
  sent_at: number | null;
  updated_at: number;
}

export async function readIncidentNotifications(
  db: Queryable,
  incidentId: number,
): Promise<IncidentNotificationRow[]> {
  const { rows } = await sql<IncidentNotificationRow>`
    select n.id, n.account_id, a.name as account_name, a.phone as account_phone, n.channel, n.template, n.step, n.why,
      n.state, n.reason, n.attempts, n.created_at, n.sent_at, n.updated_at
    from notifications n left join accounts a on a.id = n.account_id
    where n.incident_id = ${incidentId} order by n.id`.execute(db);
  return rows;
}
