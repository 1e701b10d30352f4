import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binhu } from '../../src/demo/binhu.ts';
import { seedDemo } from '../../src/demo/demo-store.ts';
import { secretMatches } from '../../src/devices/credentials.ts';
import { findDevices } from '../../src/devices/device-store.ts';
import type { Db } from '../../src/platform/database.ts';
import { openTestDatabase } from '../harness/postgres.ts';

const hashPassword = async (password: string) => `hashed ${password}`;
let test: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

describe('seeding the demo', () => {
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
    expect([await count('subjects'), await count('devices'), await count('grids')]).toEqual([
      43,
      19 + 4 + 89 + 27,
      7 + 17,
    ]);
    expect(await count('accounts')).toBe(seeded?.accounts.length);
    expect(await count('desk_members')).toBe(4);
    expect(seeded?.devices).toHaveLength(20);
  });

  it('puts every asset into the tree of its estate, and every sensor and child on an asset', async () => {
    const { db } = test.database;
    const assets = await db.selectFrom('assets').selectAll().execute();
    expect(assets).toHaveLength(binhu.assets.length);
    const byId = new Map(assets.map((asset) => [asset.id, asset]));
    for (const asset of assets) {
      let root = asset;
      for (let up = byId.get(root.parent_id ?? -1); up; up = byId.get(up.parent_id ?? -1)) root = up;
      expect(root.id, asset.code).toBe(asset.site_id);
    }
    const devices = await db
      .selectFrom('devices')
      .leftJoin('devices as gateways', 'gateways.id', 'devices.gateway_id')
      .leftJoin('assets', 'assets.id', 'devices.asset_id')
      .select(['devices.native_id', 'gateways.native_id as gateway', 'assets.code', 'devices.topic_prefix'])
      .where('devices.subject_id', 'is', null)
      .execute();
    const found = new Map(devices.map((device) => [device.native_id, device]));
    for (const { nativeId, asset, children } of binhu.gateways) {
      expect(found.get(nativeId)).toMatchObject({ code: asset, topic_prefix: `zigbee2mqtt/${nativeId}` });
      for (const child of children)
        expect(found.get(child.nativeId)).toMatchObject({ gateway: nativeId, code: child.asset ?? null });
    }
    for (const { nativeId, asset } of binhu.sensors)
      expect(found.get(nativeId)).toMatchObject({ gateway: null, code: asset });
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
      await expectSecrets(other.database.db, 'zigbee2mqtt', seeded?.gateways ?? []);
      await expectSecrets(other.database.db, 'native', seeded?.sensors ?? []);
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

async function expectSecrets(
  db: Db,
  protocol: string,
  seeded: readonly { id: string; secret: string }[],
): Promise<void> {
  const found = await findDevices(
    db,
    seeded.map(({ id }) => ({ protocol, spelling: id })),
  );
  expect(found).toHaveLength(seeded.length);
  for (const { device, spelling } of found) {
    const { secret = '' } = seeded.find(({ id }) => id === spelling) ?? {};
    expect(device.secret && secretMatches(Buffer.from(secret), device.secret), spelling).toBe(true);
  }
}
