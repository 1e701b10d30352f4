import { sql } from 'kysely';
import { PAGE_TEMPLATES } from '../incidents/templates.ts';
import type { IncidentStatus, Role } from '../model/incidents.ts';
import { assetPlace } from '../people/asset-place-store.ts';
import type { Queryable } from '../platform/database.ts';
import type { DeviceFacts, IncidentFacts, Scope, SubjectFacts } from './authorisation.ts';
import { devicePlace } from './stores/device-view-store.ts';

interface ScopeRow {
  account_id: number;
  roles: Role[];
  family: number[] | null;
  guardian: number[] | null;
  duty: number[] | null;
  desk: number[] | null;
  at_top: boolean;
  companies: number[] | null;
  managed: number[] | null;
}

/** What each of these accounts is responsible for, in one query; deactivated ones are left out. */
export async function loadScopes(db: Queryable, accountIds: readonly number[]): Promise<Map<number, Scope>> {
  const { rows } = await sql<ScopeRow>`
    with recursive wanted as (
      select id, roles from accounts where id = any(${[...accountIds]}::bigint[]) and active
    ), below (account_id, part, grid_id) as (
      select distinct s.account_id, 'duty', s.grid_id from shifts s join wanted w on w.id = s.account_id
      union
      select m.account_id, 'desk', m.grid_id from desk_members m
        join wanted w on w.id = m.account_id join grids g on g.id = m.grid_id where g.parent_id is not null
      union
      select b.account_id, b.part, g.id from below b join grids g on g.parent_id = b.grid_id
    )
    select w.id as account_id, w.roles,
      (select array_agg(subject_id) from subject_members where account_id = w.id) as family,
      (select array_agg(subject_id) from subject_members where account_id = w.id and guardian) as guardian,
      (select array_agg(grid_id) from below where account_id = w.id and part = 'duty') as duty,
      (select array_agg(grid_id) from below where account_id = w.id and part = 'desk') as desk,
      (select array_agg(company_id) from company_members where account_id = w.id) as companies,
      (select array_agg(company_id) from company_members where account_id = w.id and duty = 'manager') as managed,
      (not exists (select from desk_members where account_id = w.id)
        or exists (select from desk_members m join grids g on g.id = m.grid_id
          where m.account_id = w.id and g.parent_id is null)) as at_top
    from wanted w`.execute(db);
  return new Map(rows.map((row) => [row.account_id, toScope(row)]));
}

/** bigint[] arrives as strings. */
const idSet = (ids: readonly (number | string)[] | null): ReadonlySet<number> =>
  new Set((ids ?? []).map(Number));

function toScope(row: ScopeRow): Scope {
  return {
    accountId: row.account_id,
    roles: row.roles,
    family: idSet(row.family),
    guardian: idSet(row.guardian),
    dutyGrids: idSet(row.duty),
    deskGrids: row.at_top ? 'all' : idSet(row.desk),
    companies: idSet(row.companies),
    managed: idSet(row.managed),
  };
}

export async function subjectFacts(db: Queryable, id: number): Promise<SubjectFacts | undefined> {
  const row = await db
    .selectFrom('subjects')
    .select(['id', 'home_grid_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { id: row.id, gridId: row.home_grid_id };
}

/** An incident with everybody who was told of it. */
export interface IncidentAudience extends Omit<IncidentFacts, 'notified'> {
  told: ReadonlySet<number>;
  /** Those of them who were asked to act. */
  asked: ReadonlySet<number>;
}

interface AudienceRow {
  id: number;
  subject_id: number | null;
  grid_id: number | null;
  status: IncidentStatus;
  resolved_at: number | null;
  owner_id: number | null;
  hand_over_to: number | null;
  company_id: number | null;
  told: number[] | null;
  asked: number[] | null;
}

const audienceColumns = sql`i.id, i.subject_id, i.grid_id, i.status, i.resolved_at, i.owner_id, i.hand_over_to,
  (select place.company_id from (select i.device_id as id) of left join devices d on d.id = of.id
    left join devices g on g.id = d.gateway_id
    left join lateral ${assetPlace(sql`coalesce(i.asset_id, d.asset_id, g.asset_id)`)} place on true
    where i.subject_id is null) as company_id,
  (select array_agg(distinct n.account_id) from notifications n
    where n.incident_id = i.id and n.account_id is not null) as told,
  (select array_agg(distinct n.account_id) from notifications n
    where n.incident_id = i.id and n.account_id is not null and n.template = any(${PAGE_TEMPLATES}::text[])) as asked`;

function toAudience(row: AudienceRow): IncidentAudience {
  return {
    id: row.id,
    subjectId: row.subject_id,
    gridId: row.grid_id,
    status: row.status,
    resolvedAt: row.resolved_at,
    ownerId: row.owner_id,
    handOverTo: row.hand_over_to,
    companyId: row.company_id,
    told: idSet(row.told),
    asked: idSet(row.asked),
  };
}

export async function incidentAudiences(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, IncidentAudience>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<AudienceRow>`
    select ${audienceColumns} from incidents i where i.id = any(${[...ids]}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, toAudience(row)]));
}

/** A wearer's incidents that are open or were resolved since `since`: what her location and vitals may be read for. */
export async function recentAudiences(
  db: Queryable,
  subjectIds: readonly number[],
  since: number,
): Promise<IncidentAudience[]> {
  if (subjectIds.length === 0) return [];
  const { rows } = await sql<AudienceRow>`
    select ${audienceColumns} from incidents i
    where i.subject_id = any(${[...subjectIds]}::bigint[])
      and (i.status not in ('resolved', 'closed') or i.resolved_at >= ${new Date(since)})`.execute(db);
  return rows.map(toAudience);
}

export function factsFor(
  accountId: number,
  { told, asked: _asked, ...rest }: IncidentAudience,
): IncidentFacts {
  return { ...rest, notified: told.has(accountId) };
}

/** What decides who hears of a change of an alert or a device. */
export async function sourcesOf(
  db: Queryable,
  ids: { alerts: readonly number[]; devices: readonly number[] },
): Promise<Map<string, DeviceFacts>> {
  if (ids.alerts.length + ids.devices.length === 0) return new Map();
  const { rows } = await sql<DeviceFacts & { key: string }>`
    select 'alert ' || a.id as key, a.subject_id as "subjectId", coalesce(s.home_grid_id, at.grid_id) as "gridId",
      at.company_id as "companyId"
    from alerts a left join subjects s on s.id = a.subject_id left join devices d on d.id = a.device_id
    ${devicePlace}
    where a.id = any(${[...ids.alerts]}::bigint[])
    union all
    select 'device ' || d.id, d.subject_id, coalesce(s.home_grid_id, at.grid_id), at.company_id
    from devices d left join subjects s on s.id = d.subject_id
    ${devicePlace}
    where d.id = any(${[...ids.devices]}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.key, row]));
}
