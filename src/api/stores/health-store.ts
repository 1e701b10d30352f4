import { sql } from 'kysely';
import { at, type Queryable } from '../../platform/database.ts';
import type { HealthView } from '../asset-schemas.ts';

const HOUR_MS = 3_600_000;
/** A process that was not seen for this long is gone. */
const GONE_MS = 5 * 60_000;

type Facts = Pick<HealthView, 'processes' | 'backlog' | 'uplinksLastHour' | 'gateways'>;

/** What the tables tell of how the service is; `alone` are the protocols whose devices have topics and nothing behind them. */
export async function readHealth(
  db: Queryable,
  { now, alone }: { now: number; alone: readonly string[] },
): Promise<Facts> {
  const processes = await db
    .selectFrom('processes')
    .select(['id', 'roles', 'seen_at'])
    .where('seen_at', '>', at(now - GONE_MS))
    .orderBy('id')
    .execute();
  const backlog = await sql<Facts['backlog'][number]>`
    select c.consumer, sum(greatest(0, p.next_no - 1 - c.no)) as rows
    from log_cursors c join log_partitions p on p.id = c.partition group by c.consumer order by c.consumer`.execute(
    db,
  );
  const uplinks = await sql<Facts['uplinksLastHour'][number]>`
    select outcome, count(*) as count from uplinks where received_at > ${at(now - HOUR_MS)}
    group by outcome order by outcome`.execute(db);
  const gateways = await sql<Facts['gateways'][number]>`
    select d.id, coalesce(d.name, d.native_id) as name, d.online, d.online_changed_at as since,
      (select count(*) from devices c where c.gateway_id = d.id and c.active) as children
    from devices d where d.active and d.topic_prefix is not null and d.protocol <> all(${[...alone]}::text[])
    order by d.online nulls last, d.id`.execute(db);
  return {
    processes: processes.map(({ id, roles, seen_at }) => ({ id, roles, seenAt: seen_at })),
    backlog: backlog.rows,
    uplinksLastHour: uplinks.rows,
    gateways: gateways.rows,
  };
}
