import { type RawBuilder, sql } from 'kysely';
import type { TicketLevel, TicketStage, TicketTimelineKind } from '../model/tickets.ts';
import type { Queryable } from '../platform/database.ts';
import type { PersonRow } from './ticket-queries-store.ts';

/** What only the page of one ticket shows. Times are milliseconds since 1970. */
export interface TicketDetailRow {
  note: string | null;
  finishedBy: PersonRow | null;
  verifiedBy: PersonRow | null;
  evidence: Record<string, unknown>;
  timeline: {
    id: number;
    at: number;
    kind: TicketTimelineKind;
    actor: PersonRow | null;
    detail: Record<string, unknown>;
  }[];
  tasks: {
    id: number;
    account: PersonRow | null;
    company: { id: number; name: string } | null;
    assignedBy: PersonRow | null;
    note: string | null;
    createdAt: number;
    doneAt: number | null;
  }[];
  photos: { id: number; at: number; account: PersonRow; stage: 'before' | 'after' }[];
  breaches: {
    at: number;
    stage: TicketStage;
    level: TicketLevel;
    organisation: string | null;
    owner: PersonRow | null;
    dueAt: number;
  }[];
}

/** A person by the id in a column, null where there is none. */
const person = (column: string): RawBuilder<unknown> =>
  sql.raw(
    `(select jsonb_build_object('id', a.id, 'name', a.name, 'phone', a.phone) from accounts a where a.id = ${column})`,
  );

const ms = (column: string): RawBuilder<unknown> => sql.raw(`round(extract(epoch from ${column}) * 1000)`);

/** Everything besides the ticket's own columns, in one statement. */
export async function readDetail(db: Queryable, id: number): Promise<TicketDetailRow | undefined> {
  const { rows } = await sql<TicketDetailRow>`
    select t.note, t.evidence, ${person('t.finished_by')} as "finishedBy", ${person('t.verified_by')} as "verifiedBy",
      coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'at', ${ms('l.at')}, 'kind', l.kind, 'actor', ${person('l.actor_id')},
        'detail', l.detail) order by l.id) from ticket_timeline l where l.ticket_id = t.id), '[]') as timeline,
      coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'account', ${person('k.account_id')},
          'company', case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name) end,
          'assignedBy', ${person('k.assigned_by')}, 'note', k.note, 'createdAt', ${ms('k.created_at')}, 'doneAt', ${ms('k.done_at')}
        ) order by k.id) from ticket_tasks k left join companies c on c.id = k.company_id where k.ticket_id = t.id), '[]') as tasks,
      coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'at', ${ms('p.at')}, 'account', ${person('p.account_id')},
        'stage', p.stage) order by p.id) from ticket_photos p where p.ticket_id = t.id), '[]') as photos,
      coalesce((select jsonb_agg(jsonb_build_object('at', ${ms('b.at')}, 'stage', b.stage, 'level', b.level,
          'organisation', case when b.level = 'property' then coalesce(c.name, g.name) else g.name end,
          'owner', ${person('b.owner_id')}, 'dueAt', ${ms('b.due_at')}) order by b.id)
        from ticket_breaches b left join companies c on c.id = b.company_id left join grids g on g.id = b.desk_grid_id
        where b.ticket_id = t.id), '[]') as breaches
    from tickets t where t.id = ${id}`.execute(db);
  return rows[0];
}
