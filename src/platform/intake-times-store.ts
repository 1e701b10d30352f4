import { sql } from 'kysely';
import { at, type Queryable } from './database.ts';

/** Who takes uplinks says so this often. */
export const INTAKE_BEAT_MS = 5_000;
/** Nobody listened where nobody said so for this long: a restart that is faster costs devices nothing that they do not send again. */
const GAP_MS = 20_000;
const KEEP_MS = 40 * 86_400_000;

/** A time in which no process of ours took uplinks; milliseconds since 1970. */
export interface IntakeGap {
  from: number;
  to: number;
}

/** Says that this process takes uplinks: goes on with the time that lasts, or begins a new one. */
export async function noteIntake(db: Queryable, now: number): Promise<void> {
  await sql`
    with prolonged as (
      update intake_times set ended_at = greatest(ended_at, ${at(now)})
      where began_at = (select max(began_at) from intake_times) and ended_at >= ${at(now - GAP_MS)} returning began_at
    ), passed as (
      delete from intake_times where ended_at < ${at(now - KEEP_MS)}
    )
    insert into intake_times (began_at, ended_at) select ${at(now)}, ${at(now)} where not exists (select from prolonged)
    on conflict (began_at) do nothing`.execute(db);
}

/** When nobody listened since then, in order; the last lasts until now where nobody does yet. Before the first sign nothing is known. */
export async function readIntakeGaps(
  db: Queryable,
  { since, now }: { since: number; now: number },
): Promise<IntakeGap[]> {
  const { rows } = await sql<{ from: number; to: number | null }>`
    select ended_at as "from", next as "to"
    from (select ended_at, lead(began_at) over (order by began_at) as next from intake_times) t
    where next > ${at(since)} or next is null and ended_at < ${at(now - GAP_MS)}
    order by ended_at`.execute(db);
  return rows.map(({ from, to }) => ({ from, to: to ?? now }));
}

/** So much of the time since then nobody listened, in milliseconds. */
export function deafMs(gaps: readonly IntakeGap[], since: number): number {
  let deaf = 0;
  for (const { from, to } of gaps) deaf += Math.max(0, to - Math.max(from, since));
  return deaf;
}
