import { registerDevice } from '../../src/devices/device-store.ts';
import type { Role } from '../../src/model/incidents.ts';
import { insertAsset } from '../../src/people/asset-store.ts';
import { insertCompany, putMember } from '../../src/people/company-store.ts';
import { addDeskMember, insertGrid } from '../../src/people/grid-store.ts';
import type { Database } from '../../src/platform/database.ts';
import { square } from './rescue-village.ts';

/** An estate of one property company in one grid, its people, and a gateway in the cellar of its only building. */
export interface Estate {
  grids: { city: number; community: number; grid: number };
  people: Record<'manager' | 'repairer' | 'community' | 'city' | 'admin', number>;
  companyId: number;
  assets: { estate: number; building: number; pipe: number; breaker: number };
  gateway: { id: number; nativeId: string; secret: string; prefix: string };
}

export const IN_ESTATE = { latitude: 30.39, longitude: 114.88 };

/** `passwordHash` lets its people sign in by their role's name. */
export async function buildEstate(
  { db }: Database,
  { passwordHash = 'none' }: { passwordHash?: string } = {},
): Promise<Estate> {
  const account = async (login: string, roles: Role[]) => {
    const row = await db
      .insertInto('accounts')
      .values({ login, name: login, roles, password_hash: passwordHash })
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  };
  const polygon = square(114.86, 114.9);
  const grid = (parentId: number | null, level: 'city' | 'community' | 'grid') =>
    insertGrid(db, { parentId, level, code: level, name: level, polygon });
  const city = await grid(null, 'city');
  const community = await grid(city, 'community');
  const grids = { city, community, grid: await grid(community, 'grid') };
  const people = {
    manager: await account('manager', ['property']),
    repairer: await account('repairer', ['property']),
    community: await account('community', ['dispatcher']),
    city: await account('city', ['dispatcher']),
    admin: await account('admin', ['admin']),
  };
  await addDeskMember(db, community, people.community);
  await addDeskMember(db, city, people.city);
  const companyId = await insertCompany(db, { code: 'C1', name: '和顺物业' });
  await putMember(db, { companyId, accountId: people.manager, duty: 'manager' });
  await putMember(db, { companyId, accountId: people.repairer, duty: 'repairer' });
  const assets = await plantAssets(db, { companyId, gridId: grids.grid });
  const gateway = await db.transaction().execute((trx) =>
    registerDevice(trx, {
      protocol: 'zigbee2mqtt',
      nativeId: 'estate-gw',
      name: '1栋网关',
      topicPrefix: 'zigbee2mqtt/estate-gw',
      assetId: assets.building,
      withSecret: true,
    }),
  );
  return {
    grids,
    people,
    companyId,
    assets,
    gateway: {
      id: gateway.id,
      secret: gateway.secret ?? '',
      nativeId: 'estate-gw',
      prefix: 'zigbee2mqtt/estate-gw',
    },
  };
}

function plantAssets(db: Database['db'], of: { companyId: number; gridId: number }) {
  return db.transaction().execute(async (trx) => {
    const estate = await insertAsset(trx, {
      kind: 'estate',
      code: 'E1',
      name: '滨湖苑',
      ...of,
      ...IN_ESTATE,
    });
    const building = await insertAsset(trx, {
      kind: 'building',
      code: 'E1-B1',
      name: '1栋',
      parentId: estate,
    });
    const pipe = await insertAsset(trx, {
      kind: 'pipe',
      code: 'E1-B1-P',
      name: '入户总管',
      parentId: building,
    });
    const breaker = await insertAsset(trx, {
      kind: 'breaker',
      code: 'E1-B1-QF1',
      name: '1单元总开关',
      parentId: building,
    });
    return { estate, building, pipe, breaker };
  });
}
