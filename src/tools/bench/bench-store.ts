import { sql } from 'kysely';
import type { Database } from '../../platform/database.ts';

/** Rows of the log that a consumer has still to read. */
export async function rowsBehind(database: Database): Promise<number> {
  const { rows } = await sql<{ behind: number }>`
    select coalesce(max(p.next_no - 1 - c.no), 0) as behind
    from log_partitions p join log_cursors c on c.partition = p.id`.execute(database.db);
  return rows[0]?.behind ?? 0;
}

export async function countStored(
  database: Database,
): Promise<{ uplinks: number; readings: number; alerts: number }> {
  const { rows } = await sql<{ uplinks: number; readings: number; alerts: number }>`
    select (select count(*) from uplinks) as uplinks, (select count(*) from readings) as readings,
      (select count(*) from alerts) as alerts`.execute(database.db);
  return rows[0] ?? { uplinks: 0, readings: 0, alerts: 0 };
}
