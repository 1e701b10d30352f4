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

export async function buildEstate({ database, village }: TestApi): Promise<ApiEstate> {
  const { db } = database;
  const asset = (fields: NewAsset) => db.transaction().execute((trx) => insertAsset(trx, fields));
  const companyId = await insertCompany(db, { code: 'P1', name: '滨湖物业' });
  const otherCompanyId = await insertCompany(db, { code: 'P2', name: '远方物业' });
  const people = {
    manager: (await addAccount(db, 'manager', ['property'])).id,
    repairer: (await addAccount(db, 'repairer', ['property'])).id,
    other_manager: (await addAccount(db, 'other_manager', ['property'])).id,
  };
  await putMember(db, { companyId, accountId: people.manager, duty: 'manager' });
  await putMember(db, { companyId, accountId: people.repairer, duty: 'repairer' });
  await putMember(db, { companyId: otherCompanyId, accountId: people.other_manager, duty: 'manager' });
  for (let weekday = 1; weekday <= 7; weekday++)
    await insertCompanyShift(db, {
      companyId,
      accountId: people.manager,
      weekday,
      fromMinute: 0,
      toMinute: 1440,
    });
  const password_hash = await hashPassword(PASSWORD);
  await db.updateTable('accounts').set({ password_hash }).where('id', 'in', Object.values(people)).execute();
  const estate = await asset({
    kind: 'estate',
    code: 'E1',
    name: '湖景花园',
    gridId: village.grids.east,
    companyId,
  });
  const building = await asset({ kind: 'building', code: 'E1-3', name: '3 栋', parentId: estate });
  const pipe = await asset({ kind: 'pipe', code: 'E1-3-P', name: '给水立管', parentId: building });
  const breaker = await asset({ kind: 'breaker', code: 'E1-3-B', name: '总断路器', parentId: building });
  const otherEstate = await asset({
    kind: 'estate',
    code: 'E2',
    name: '远景苑',
    gridId: village.farGrid,
    companyId: otherCompanyId,
  });
  const otherPipe = await asset({ kind: 'pipe', code: 'E2-P', name: '给水管', parentId: otherEstate });
  const device = async (native_id: string, asset_id: number) =>
    (
      await db
        .insertInto('devices')
        .values({ protocol: 'native', native_id, name: native_id, asset_id })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;
  return {
    companyId,
    otherCompanyId,
    people,
    estate,
    building,
    pipe,
    breaker,
    otherEstate,
    otherPipe,
    leakDeviceId: await device('leak-1', pipe),
    breakerDeviceId: await device('breaker-1', breaker),
    otherDeviceId: await device('leak-2', otherPipe),
  };
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
