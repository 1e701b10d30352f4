import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';

let open: TestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const alert = (i: number) => ({
  rule: 'sos',
  kind: 'sos',
  severity: 'critical' as const,
  state: 'firing' as const,
  native_id: `band-${i}`,
  protocol: 'watch',
  fired_at: new Date(1_000_000) as Date & number,
  evidence: '{}',
});

test('an upsert on a partial index works the thirtieth time as the first', async () => {
  const { db } = open.database;
  const insert = (i: number) =>
    db
      .insertInto('alerts')
      .values(alert(i))
      .onConflict((c) =>
        c.columns(['rule', 'protocol', 'native_id', 'channel']).where('state', '=', 'firing').doNothing(),
      )
      .returning('id')
      .execute();
  for (let i = 0; i < 30; i++) expect(await insert(i)).toHaveLength(1);
  for (let i = 0; i < 30; i++) expect(await insert(i)).toHaveLength(0);
});

test('a statement that comes again is prepared on its connection', async () => {
  const prepared = await open.database.db.connection().execute(async (db) => {
    for (let i = 0; i < 10; i++)
      await db.selectFrom('alerts').select('id').where('native_id', '=', `band-${i}`).execute();
    const { rows } = await sql<{ name: string }>`select name from pg_prepared_statements`.execute(db);
    return rows.map(({ name }) => name);
  });
  expect(prepared.length).toBeGreaterThan(0);
  expect(prepared.every((name) => name.startsWith('gg_'))).toBe(true);
});
