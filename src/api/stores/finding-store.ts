import { sql } from 'kysely';
import type { Finding } from '../../model/findings.ts';
import { at, type Queryable } from '../../platform/database.ts';
import type { UnjudgedAlert } from '../alarm-quality-schemas.ts';
import type { Visible } from '../authorisation.ts';
import { devicePlace } from './device-view-store.ts';

/** What this alert turned out to be; who says it last is right. */
export async function writeFinding(
  db: Queryable,
  { alertId, finding, accountId }: { alertId: number; finding: Finding; accountId: number },
  now: number,
): Promise<void> {
  await db
    .updateTable('alerts')
    .set({ finding, found_by: accountId, found_at: at(now) })
    .where('id', '=', alertId)
    .execute();
}

/**
 * Notices that are over, and what became closed tickets, since `since` and without a word of what it was; the newest first. Incidents have
 * their outcome.
 */
export async function readUnjudged(
  db: Queryable,
  { visible, since, limit }: { visible: Visible; since: number; limit: number },
): Promise<UnjudgedAlert[]> {
  const { rows } = await sql<UnjudgedAlert>`
    select a.id, a.rule, a.kind, a.severity, coalesce(d.name, s.name) as "deviceName", a.native_id as "nativeId",
      a.fired_at as "firedAt", a.resolved_at as "resolvedAt", a.ticket_id as "ticketId"
    from alerts a
    left join tickets t on t.id = a.ticket_id
    left join subjects s on s.id = a.subject_id
    left join devices d on d.id = a.device_id
    ${devicePlace}
    where a.fired_at >= ${at(since)} and a.state = 'resolved' and a.withdrawn_at is null and a.finding is null
      and a.incident_id is null and t.finding is null and (t.id is null or t.status = 'closed')
      and (${visible.everything} or coalesce(t.grid_id, s.home_grid_id, at.grid_id) = any(${[...visible.gridIds]}::bigint[])
        or (${visible.unplaced} and coalesce(t.grid_id, s.home_grid_id, at.grid_id) is null))
    order by a.fired_at desc, a.id desc limit ${limit}`.execute(db);
  return rows;
}
