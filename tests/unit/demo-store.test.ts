import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../src/demo/demo-store.ts';
import { secretMatches } from '../../src/devices/credentials.ts';
import { findDevices } from '../../src/devices/device-store.ts';
import { openTestDatabase } from '../harness/postgres.ts';

const hashPassword = async (password: string) => `hashed ${password}`;
let test: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

describe('seeding the demo village', () => {
  it('writes it once, and nothing where somebody is already', async () => {
    const { db } = test.database;
    const [first, second] = await Promise.all([
      seedDemo(db, { hashPassword }),
      seedDemo(db, { hashPassword }),
    ]);
    const seeded = first ?? second;
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect(await seedDemo(db, { hashPassword })).toBeUndefined();
    const count = async (table: 'subjects' | 'devices' | 'grids' | 'accounts' | 'desk_members') => {
      const row = await db
        .selectFrom(table)
        .select((e) => e.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return row.n;
    };
    expect([await count('subjects'), await count('devices'), await count('grids')]).toEqual([43, 19, 7]);
    expect(await count('accounts')).toBe(seeded?.accounts.length);
    expect(await count('desk_members')).toBe(2);
    expect(seeded?.devices).toHaveLength(20);
  });

  it('knows each wristband by what it says on the wire, and the native ones by their secret', async () => {
    const other = await openTestDatabase();
    try {
      const seeded = await seedDemo(other.database.db, { hashPassword });
      const registered = seeded?.devices.filter((device) => !device.unregistered) ?? [];
      const found = await findDevices(
        other.database.db,
        registered.map(({ protocol, id }) => ({ protocol, spelling: id })),
      );
      expect(found).toHaveLength(19);
      for (const { device, spelling } of found) {
        expect(device.subjectId).toBeGreaterThan(0);
        const secret = registered.find(({ id }) => id === spelling)?.secret;
        expect(Boolean(device.secret)).toBe(secret !== undefined);
        if (device.secret && secret) expect(secretMatches(Buffer.from(secret), device.secret)).toBe(true);
      }
    } finally {
      await other.close();
    }
  });
});
