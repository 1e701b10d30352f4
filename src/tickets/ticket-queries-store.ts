import { type RawBuilder, sql } from 'kysely';
import type { GridLevel, Role } from '../model/incidents.ts';
import type { TicketStatus } from '../model/tickets.ts';
import type { Queryable } from '../platform/database.ts';
import type { Standing } from './ticket-actions.ts';
import { rankOfGrid } from './ticket-state.ts';
import type { TicketFacts } from './tickets.ts';

/** Who reads or acts. */
export interface TicketViewer {
  id: number;
  roles: readonly Role[];
}

export interface TicketQuery {
  open?: boolean | undefined;
  status?: TicketStatus | undefined;
  /** That asset or whatever lies below it. */
  asset?: number | undefined;
  device?: number | undefined;
  company?: number | undefined;
  limit?: number | undefined;
}

export interface VisibleRow {
  id: number;
  grid_name: string | null;
  desk_name: string | null;
  owner_phone: string | null;
  breaches: number;
  assignees: PersonRow[];
  request_by: PersonRow | null;
}

export interface PersonRow {
  id: number;
  name: string;
  phone: string | null;
}

const person = (account: string) =>
  sql.raw(`jsonb_build_object('id', ${account}.id, 'name', ${account}.name, 'phone', ${account}.phone)`);

/** Tickets that the viewer may see: open ones first, the nearest deadline before the others; `id` picks one. */
export async function readVisible(
  db: Queryable,
  viewer: TicketViewer,
  query: TicketQuery & { id?: number },
): Promise<VisibleRow[]> {
  const conditions = [sql`true`, ...filters(query)];
  if (!viewer.roles.includes('admin')) conditions.push(seenBy(viewer));
  const { rows } = await sql<VisibleRow>`
    with recursive below (part, grid_id) as (
      select 'duty', grid_id from shifts where account_id = ${viewer.id}
      union select 'desk', grid_id from desk_members where account_id = ${viewer.id}
      union select b.part, g.id from grids g join below b on g.parent_id = b.grid_id
    )
    select t.id, g.name as grid_name, k.name as desk_name, o.phone as owner_phone,
      (select count(*) from ticket_breaches b where b.ticket_id = t.id) as breaches,
      coalesce((select jsonb_agg(${person('a')} order by a.id)
        from (select distinct account_id from ticket_tasks where ticket_id = t.id and done_at is null) s
        join accounts a on a.id = s.account_id), '[]') as assignees,
      (select ${person('a')} from accounts a where a.id = (t.request->>'by')::bigint) as request_by
    from tickets t
    left join grids g on g.id = t.grid_id
    left join grids k on k.id = t.desk_grid_id
    left join accounts o on o.id = t.owner_id
    where ${sql.join(conditions, sql` and `)}
    order by (t.status = 'closed'), case when t.status <> 'closed' then coalesce(t.due_at, t.next_at) end, t.id desc
    limit ${query.limit ?? 100}`.execute(db);
  return rows;
}

/** As `seesTicket` decides; needs `below` beside it. */
function seenBy(viewer: TicketViewer): RawBuilder<unknown> {
  const mine = sql`(select company_id from company_members where account_id = ${viewer.id})`;
  const ways: RawBuilder<unknown>[] = [
    sql`t.owner_id = ${viewer.id}`,
    sql`exists (select from ticket_tasks k where k.ticket_id = t.id and k.account_id = ${viewer.id})`,
  ];
  if (viewer.roles.includes('property')) {
    ways.push(
      sql`t.company_id in ${mine}`,
      sql`exists (select from ticket_tasks k where k.ticket_id = t.id and k.company_id in ${mine})`,
    );
  }
  if (viewer.roles.includes('responder')) {
    ways.push(sql`t.grid_id in (select grid_id from below where part = 'duty')`);
  }
  if (viewer.roles.includes('dispatcher')) {
    ways.push(sql`(t.grid_id is null or t.grid_id in (select grid_id from below where part = 'desk')
      or not exists (select from desk_members where account_id = ${viewer.id})
      or exists (select from desk_members m join grids top on top.id = m.grid_id
        where m.account_id = ${viewer.id} and top.parent_id is null))`);
  }
  return sql`(${sql.join(ways, sql` or `)})`;
}

function filters(query: TicketQuery & { id?: number }): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [];
  if (query.id !== undefined) conditions.push(sql`t.id = ${query.id}`);
  if (query.status !== undefined) conditions.push(sql`t.status = ${query.status}`);
  if (query.device !== undefined) conditions.push(sql`t.device_id = ${query.device}`);
  if (query.company !== undefined) conditions.push(sql`t.company_id = ${query.company}`);
  if (query.open === true) conditions.push(sql`t.status <> 'closed'`);
  if (query.open === false) conditions.push(sql`t.status = 'closed'`);
  if (query.asset !== undefined) {
    conditions.push(sql`t.asset_id in (
      with recursive tree as (
        select ${query.asset}::bigint as id union select a.id from assets a join tree on a.parent_id = tree.id
      ) select id from tree)`);
  }
  return conditions;
}

interface StandingRow {
  manages: boolean;
  own_task: boolean;
  company_task: boolean;
  did_task: boolean;
  sits: boolean;
  desks: { gridId: number; level: GridLevel }[];
}

/** What somebody is to a ticket; undefined where there is no such account any more. */
export async function readStanding(
  db: Queryable,
  actor: TicketViewer,
  ticketId: number,
): Promise<(Standing & { id: number; name: string }) | undefined> {
  const { rows } = await sql<StandingRow & { name: string }>`
    with recursive up as (
      select g.id, g.parent_id from tickets t join grids g on g.id = t.grid_id where t.id = ${ticketId}
      union select g.id, g.parent_id from grids g join up on g.id = up.parent_id
    )
    select me.name,
      exists (select from company_members m where m.account_id = me.id and m.duty = 'manager' and m.company_id = t.company_id) as manages,
      exists (select from ticket_tasks k where k.ticket_id = t.id and k.done_at is null and k.account_id = me.id) as own_task,
      exists (select from ticket_tasks k join company_members m on m.company_id = k.company_id and m.duty = 'manager'
        where k.ticket_id = t.id and k.done_at is null and m.account_id = me.id) as company_task,
      exists (select from ticket_tasks k where k.ticket_id = t.id and k.done_at is not null and k.account_id = me.id) as did_task,
      exists (select from desk_members m where m.account_id = me.id) as sits,
      coalesce((select jsonb_agg(jsonb_build_object('gridId', g.id, 'level', g.level))
        from desk_members m join grids g on g.id = m.grid_id
        where m.account_id = me.id and (t.grid_id is null or g.id in (select id from up))), '[]') as desks
    from tickets t, accounts me where t.id = ${ticketId} and me.id = ${actor.id}`.execute(db);
  const [row] = rows;
  return row && { id: actor.id, name: row.name, ...standingOf(row, actor.roles) };
}

/** An admin, and a dispatcher who sits at no desk, stand for any desk. */
function standingOf(row: StandingRow, roles: readonly Role[]): Standing {
  const isDispatcher = roles.includes('dispatcher');
  const seats = isDispatcher
    ? row.desks.map(({ gridId, level }) => ({ gridId, rank: rankOfGrid(level) }))
    : [];
  const standsForAny = roles.includes('admin') || (isDispatcher && !row.sits);
  return {
    manages: row.manages && roles.includes('property'),
    hasTask: row.own_task || row.company_task,
    managesTask: row.company_task,
    didTask: row.did_task,
    desks: standsForAny ? [...seats, { gridId: null, rank: 3 }] : seats,
  };
}

/** People of the company in charge and of those with a task, whom a task may be given to, and companies that somebody manages. */
export async function readAssignable(
  db: Queryable,
  ticketId: number,
): Promise<{ people: PersonRow[]; companies: { id: number; name: string }[] }> {
  const { rows } = await sql<{ people: PersonRow[]; companies: { id: number; name: string }[] }>`
    select coalesce((select jsonb_agg(${person('a')} order by a.id) from accounts a where a.active and a.id in (
        select m.account_id from company_members m where m.company_id in (
          select t.company_id from tickets t where t.id = ${ticketId}
          union select k.company_id from ticket_tasks k where k.ticket_id = ${ticketId} and k.done_at is null)
      )), '[]') as people,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name) order by c.name, c.id) from companies c where exists (
        select from company_members m join accounts a on a.id = m.account_id and a.active
        where m.company_id = c.id and m.duty = 'manager')), '[]') as companies`.execute(db);
  return rows[0] ?? { people: [], companies: [] };
}

/** What decides who sees these tickets; those that are not there are missing. */
export async function readFacts(db: Queryable, ids: readonly number[]): Promise<Map<number, TicketFacts>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<TicketFacts & { id: number }>`
    select t.id, t.level, t.grid_id as "gridId", t.company_id as "companyId", t.desk_grid_id as "deskGridId", t.owner_id as "ownerId",
      coalesce((select jsonb_agg(k.account_id) from ticket_tasks k where k.ticket_id = t.id and k.account_id is not null), '[]') as assignees,
      coalesce((select jsonb_agg(k.company_id) from ticket_tasks k where k.ticket_id = t.id and k.company_id is not null), '[]') as companies
    from tickets t where t.id = any(${[...ids]}::bigint[])`.execute(db);
  return new Map(rows.map(({ id, ...facts }) => [id, facts]));
}
