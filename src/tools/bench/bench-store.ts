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

/** A wearer, at home in one grid with a worker who is always on duty and hears by webhook. */
export async function insertRescueStage(
  database: Database,
  stage: { wearers: number; webhookUrl: string; passwordHash: string },
): Promise<number[]> {
  return database.db.transaction().execute(async (trx) => {
    const square = (size: number) =>
      JSON.stringify({
        type: 'Polygon',
        coordinates: [
          [
            [114.8 - size, 30.3 - size],
            [114.8 + size, 30.3 - size],
            [114.8 + size, 30.3 + size],
            [114.8 - size, 30.3 + size],
            [114.8 - size, 30.3 - size],
          ],
        ],
      });
    let parent: number | null = null;
    for (const [i, level] of (['city', 'street', 'community', 'grid'] as const).entries()) {
      const row: { id: number } = await trx
        .insertInto('grids')
        .values({
          parent_id: parent,
          level,
          code: `bench-${level}`,
          name: level,
          polygon: square(0.5 - i * 0.1),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      parent = row.id;
    }
    const grid = parent ?? 0;
    const worker = await trx
      .insertInto('accounts')
      .values({
        login: 'bench-worker',
        name: 'bench-worker',
        roles: ['responder'],
        password_hash: stage.passwordHash,
        webhook_url: stage.webhookUrl,
        webhook_secret: 'bench',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('shifts')
      .values(
        [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
          grid_id: grid,
          account_id: worker.id,
          duty: 'worker' as const,
          weekday,
          from_minute: 0,
          to_minute: 1440,
        })),
      )
      .execute();
    const subjects = await trx
      .insertInto('subjects')
      .values(
        Array.from({ length: stage.wearers }, (_, i) => ({
          kind: 'elder' as const,
          name: `bench ${i}`,
          home_latitude: 30.3,
          home_longitude: 114.8,
          home_grid_id: grid,
        })),
      )
      .returning('id')
      .execute();
    return subjects.map((s) => s.id);
  });
}
