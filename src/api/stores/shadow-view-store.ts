import { sql } from 'kysely';
import { at, type Queryable } from '../../platform/database.ts';
import type { ShadowReport } from '../rule-schemas.ts';
import { devicePlace } from './device-view-store.ts';

/** So far apart two alerts of the same point are still about the same thing. */
const APART = '10 minutes';
const MOST_SHOWN = 100;

export interface ShadowRow extends Pick<ShadowReport['alerts'][number], 'in' | 'severity' | 'device'> {
  live_at: number | null;
  shadow_at: number | null;
  device_id: number | null;
  asset: string | null;
  subject_id: number | null;
  grid_id: number | null;
  company_id: number | null;
}

/** What the rule in force and the one on trial raised since then, each by the other's side; what was withdrawn counts for neither. */
export async function readShadowReport(
  db: Queryable,
  { live, shadow, since }: { live: string; shadow: string; since: number },
): Promise<{ counts: ShadowReport['counts']; rows: ShadowRow[] }> {
  const compared = sql`
    with live as (
      select * from alerts where rule = ${live} and fired_at >= ${at(since)} and withdrawn_at is null
    ), shadow as (
      select * from shadow_alerts where rule = ${shadow} and fired_at >= ${at(since)} and withdrawn_at is null
    ), pairs as (
      select l.id as live_id, s.id as shadow_id from live l join shadow s
        on s.protocol = l.protocol and s.native_id = l.native_id and s.channel = l.channel
        and s.fired_at <= coalesce(l.resolved_at, 'infinity') + interval '${sql.raw(APART)}'
        and l.fired_at <= coalesce(s.resolved_at, 'infinity') + interval '${sql.raw(APART)}'
    ), compared as (
      select case when p.live_id is null then 'live' else 'both' end as "in", l.fired_at as live_at,
        p.fired_at as shadow_at, l.severity, l.device_id, l.native_id
      from live l left join lateral (
        select live_id, s.fired_at from pairs join shadow s on s.id = shadow_id where live_id = l.id order by s.fired_at limit 1
      ) p on true
      union all
      select 'shadow', null, s.fired_at, s.severity, s.device_id, s.native_id
      from shadow s where not exists (select from pairs where shadow_id = s.id)
    )`;
  const counts = await sql<ShadowReport['counts']>`
    ${compared}
    select count(*) filter (where "in" = 'both') as both, count(*) filter (where "in" = 'live') as live,
      count(*) filter (where "in" = 'shadow') as shadow from compared`.execute(db);
  const { rows } = await sql<ShadowRow>`
    ${compared}
    select c.*, coalesce(d.name, c.native_id) as device, a.name as asset, d.subject_id,
      coalesce(s.home_grid_id, at.grid_id) as grid_id, at.company_id
    from compared c
    left join devices d on d.id = c.device_id
    left join subjects s on s.id = d.subject_id
    left join assets a on a.id = d.asset_id
    ${devicePlace}
    order by coalesce(c.live_at, c.shadow_at) desc limit ${MOST_SHOWN}`.execute(db);
  return { counts: counts.rows[0] ?? { both: 0, live: 0, shadow: 0 }, rows };
}
