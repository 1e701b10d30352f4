import { describe, expect, it } from 'vitest';
import { openTestDatabase } from '../harness/postgres.ts';

describe('test databases', () => {
  it('are migrated and separate', async () => {
    const one = await openTestDatabase();
    const two = await openTestDatabase();
    await one.database.pool.query("insert into processes values ('a', '{api}', now())");
    const { rows } = await two.database.pool.query('select count(*) as n from processes');
    expect(rows).toEqual([{ n: 0 }]);
    await one.close();
    await two.close();
  });
});
