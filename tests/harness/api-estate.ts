import type { AssetKind } from '../../src/model/assets.ts';
import { insertAsset, type NewAsset } from '../../src/people/asset-store.ts';
import { insertCompany, insertCompanyShift, putMember } from '../../src/people/company-store.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { createSubject } from '../../src/people/subject-store.ts';
import { PASSWORD, type TestApi } from './api-village.ts';
import { addAccount } from './rescue-village.ts';

/** Two estates of two companies, each with its people; a manager of the second is nobody in the first. */
export interface ApiEstate {
  companyId: number;
  otherCompanyId: number;
  people: Record<'manager' | 'repairer' | 'other_manager', number>;
  /** Of the first company, in the village's east grid. */
  estate: number;
  building: number;
  pipe: number;
  breaker: number;
  /** Of the second, in the far street. */
  otherEstate: number;
  otherPipe: number;
  leakDeviceId: number;
  breakerDeviceId: number;
  otherDeviceId: number;
}

export async function buildEstate(api: TestApi): Promise<ApiEstate> {
  const companies = await addCompanies(api);
  const { companyId, otherCompanyId } = companies;
  const assets = await addAssets(api, { companyId, otherCompanyId });
  const { db } = api.database;
  const device = async (native_id: string, asset_id: number) => {
    const values = { protocol: 'native', native_id, name: native_id, asset_id };
    const { id: device_id } = await db
      .insertInto('devices')
      .values(values)
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('device_aliases')
      .values({ protocol: 'native', alias: native_id, device_id })
      .execute();
    return device_id;
  };
  return {
    ...companies,
    ...assets,
    leakDeviceId: await device('leak-1', assets.pipe),
    breakerDeviceId: await device('breaker-1', assets.breaker),
    otherDeviceId: await device('leak-2', assets.otherPipe),
  };
}

async function addCompanies({ database: { db } }: TestApi) {
  const companyId = await insertCompany(db, { code: 'P1', name: '滨湖物业' });
  const otherCompanyId = await insertCompany(db, { code: 'P2', name: '远方物业' });
  const people = {
    manager: (await addAccount(db, 'manager', ['property'])).id,
    repairer: (await addAccount(db, 'repairer', ['property'])).id,
    other_manager: (await addAccount(db, 'other_manager', ['property'])).id,
  };
  const { manager, repairer, other_manager } = people;
  await putMember(db, { companyId, accountId: manager, duty: 'manager' });
  await putMember(db, { companyId, accountId: repairer, duty: 'repairer' });
  await putMember(db, { companyId: otherCompanyId, accountId: other_manager, duty: 'manager' });
  const always = { companyId, accountId: manager, fromMinute: 0, toMinute: 1440 };
  for (let weekday = 1; weekday <= 7; weekday++) await insertCompanyShift(db, { ...always, weekday });
  const password_hash = await hashPassword(PASSWORD);
  await db.updateTable('accounts').set({ password_hash }).where('id', 'in', Object.values(people)).execute();
  return { companyId, otherCompanyId, people };
}

async function addAssets(
  { database: { db }, village }: TestApi,
  { companyId, otherCompanyId }: { companyId: number; otherCompanyId: number },
) {
  const asset = (kind: AssetKind, code: string, more: Omit<NewAsset, 'kind' | 'code'>) =>
    db.transaction().execute((trx) => insertAsset(trx, { kind, code, ...more }));
  const gridId = village.grids.east;
  const estate = await asset('estate', 'E1', { name: '湖景花园', gridId, companyId });
  const building = await asset('building', 'E1-3', { name: '3 栋', parentId: estate });
  const pipe = await asset('pipe', 'E1-3-P', { name: '给水立管', parentId: building });
  const breaker = await asset('breaker', 'E1-3-B', { name: '总断路器', parentId: building });
  const far = { gridId: village.farGrid, companyId: otherCompanyId };
  const otherEstate = await asset('estate', 'E2', { name: '远景苑', ...far });
  const otherPipe = await asset('pipe', 'E2-P', { name: '给水管', parentId: otherEstate });
  return { estate, building, pipe, breaker, otherEstate, otherPipe };
}

/** An elder who lives in the first estate, with a band that hangs, by whoever's mistake, in its tree too. */
export async function addResident({ database, village }: TestApi, assetId: number): Promise<number> {
  const subjectId = await createSubject(database.db, {
    kind: 'elder',
    name: '李大爷',
    homeGridId: village.grids.east,
  });
  const row = await database.db
    .insertInto('devices')
    .values({ protocol: 'watch', native_id: '8800000077', subject_id: subjectId, asset_id: assetId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
