import { sql } from 'kysely';
import { at, type Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';
import type { Stats } from '../schemas.ts';
import type { Silences } from '../silence.ts';
import { devicePlace } from './device-view-store.ts';
import { isSilent, withSilence } from './silence-store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The state of what a desk sees. */
export async function readStats(
  db: Queryable,
  { visible, silences }: { visible: Visible; silences: Silences },
  now: number,
): Promise<Stats> {
  const grids = sql`${[...visible.gridIds]}::bigint[]`;
  const within = (grid: string) =>
    sql`(${visible.everything} or ${sql.ref(grid)} is null or ${sql.ref(grid)} = any(${grids}))`;
  const { rows } = await sql<Stats>`
    with open_incidents as (
      select status from incidents where status not in ('resolved', 'closed') and ${within('grid_id')}
    ), visible_devices as (
      select ${isSilent(now)} as silent
      from devices d left join subjects s on s.id = d.subject_id
      ${withSilence(silences)}
      ${devicePlace}
      cross join lateral (select coalesce(s.home_grid_id, at.grid_id) as grid_id) as spot
      where d.active and ${within('spot.grid_id')}
    ), open_tickets as (
      select t.id from tickets t where t.status <> 'closed' and ${within('t.grid_id')}
    ), answers as (
      select extract(epoch from acknowledged_at - raised_at) * 1000 as ms from incidents
      where raised_at >= ${at(now - 30 * DAY_MS)} and acknowledged_at >= raised_at and ${within('grid_id')}
    )
    select
      (select count(*) from open_incidents) as "openIncidents",
      (select count(*) from open_incidents where status in ('raised', 'notified')) as unacknowledged,
      (select count(*) from open_tickets) as "openTickets",
      (select count(*) from open_tickets t where exists (select from ticket_breaches b where b.ticket_id = t.id))
        as "breachedTickets",
      (select count(*) from subjects where ${within('home_grid_id')}) as subjects,
      (select count(*) from visible_devices) as devices,
      (select count(*) from visible_devices where silent) as "silentDevices",
      (select count(*) from uplinks where received_at > ${at(now - HOUR_MS)}) as "uplinksLastHour",
      (select percentile_cont(0.5) within group (order by ms)::float8 from answers) as "acknowledgeMsP50",
      (select percentile_cont(0.95) within group (order by ms)::float8 from answers) as "acknowledgeMsP95"`.execute(
    db,
  );
  const [stats] = rows;
  if (!stats) throw new Error('a query of scalars gave no row');
  return stats;
}
