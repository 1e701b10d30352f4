import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import { insertAsset } from '../../src/people/asset-store.ts';
import { insertCompany, insertCompanyShift, putMember } from '../../src/people/company-store.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addAccount,
  buildVillage,
  EAST,
  incidentIds,
  MINUTE,
  type Rescue,
  type RescueVillage,
  SECOND,
  sent,
  sos,
  startRescue,
  WEST,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
let cellar: number;
let companyId: number;
let managers: { day: number; night: number };
let detector: number;

beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
  const { db } = test.database;
  companyId = await insertCompany(db, { code: 'C1', name: '和顺物业' });
  managers = {
    day: (await addAccount(db, 'day', ['property'])).id,
    night: (await addAccount(db, 'night', ['property'])).id,
  };
  const repairer = await addAccount(db, 'repairer', ['property']);
  for (const accountId of Object.values(managers))
    await putMember(db, { companyId, accountId, duty: 'manager' });
  await putMember(db, { companyId, accountId: repairer.id, duty: 'repairer' });
  cellar = await db.transaction().execute(async (trx) => {
    const estate = await insertAsset(trx, {
      kind: 'estate',
      code: 'E1',
      name: '滨湖一期',
      companyId,
      gridId: village.grids.west,
      address: '滨湖路 8 号',
      ...WEST,
    });
    const building = await insertAsset(trx, {
      kind: 'building',
      code: 'B3',
      name: '3 号楼',
      parentId: estate,
    });
    return insertAsset(trx, { kind: 'room', code: 'R1', name: '地下室', parentId: building });
  });
  const gateway = await device({ native_id: 'gw', asset_id: cellar });
  detector = await device({ native_id: '0x01', gateway_id: gateway });
});
afterEach(() => test.close());

async function device(values: {
  native_id: string;
  asset_id?: number;
  gateway_id?: number;
}): Promise<number> {
  const row = await test.database.db
    .insertInto('devices')
    .values({ protocol: 'zigbee2mqtt', ...values })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

const smoke = (more: Partial<AlertChange> = {}): AlertChange =>
  sos(undefined, rescue.clock.now(), {
    rule: 'smoke',
    kind: 'smoke',
    deviceId: detector,
    assetId: cellar,
    protocol: 'zigbee2mqtt',
    nativeId: '0x01',
    evidence: { signal: 'smoke', value: true, receivedAt: rescue.clock.now() },
    ...more,
  });

const only = async (): Promise<number> => {
  const [id, ...others] = await incidentIds(test.database);
  if (id === undefined || others.length > 0) throw new Error('there is not exactly one incident');
  return id;
};

describe('smoke in a building', () => {
  it('names the asset, its place and its grid, and asks the grid worker and the managers', async () => {
    await rescue.respond(smoke());
    const id = await only();
    expect(await rescue.look(id)).toMatchObject({
      kind: 'smoke',
      subject: null,
      asset: { id: cellar, name: '地下室', path: '滨湖一期 / 3 号楼 / 地下室' },
      grid: { id: village.grids.west },
      responsibleBy: 'registration',
      address: '滨湖路 8 号',
      location: { ...WEST, source: 'asset', fresh: true },
      policy: { name: 'building' },
    });
    expect((await sent(test.database, id)).toSorted()).toEqual([
      'day incident_raised',
      'neighbour incident_raised',
      'night incident_raised',
    ]);
    const { payload } = await test.database.db
      .selectFrom('notifications')
      .select('payload')
      .where('incident_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(payload).toMatchObject({ subjectName: '滨湖一期 / 3 号楼 / 地下室', address: '滨湖路 8 号' });
  });

  it('asks only the manager on duty where one is', async () => {
    const { db } = test.database;
    const shift = { weekday: 1, fromMinute: 8 * 60, toMinute: 20 * 60 };
    await insertCompanyShift(db, { ...shift, companyId, accountId: managers.day });
    await rescue.respond(smoke());
    expect((await sent(test.database, await only())).filter((line) => /^(day|night)/.test(line))).toEqual([
      'day incident_raised',
    ]);
  });

  it('climbs on past the company, and still knows it', async () => {
    await rescue.respond(smoke());
    await rescue.pass(6 * MINUTE);
    const told = await sent(test.database, await only());
    expect(told).toContain('street incident_raised');
    expect(told).toContain('city incident_raised');
    expect(told.filter((line) => line === 'day incident_repeat').length).toBeGreaterThan(0);
  });

  it('of an asset without a grid is where its coordinates lie', async () => {
    const { db } = test.database;
    await sql`update assets set grid_id = null, latitude = ${EAST.latitude}, longitude = ${EAST.longitude}`.execute(
      db,
    );
    await rescue.respond(smoke());
    expect(await rescue.look(await only())).toMatchObject({ grid: { id: village.grids.east } });
  });

  it('is appended while it goes on being reported, and told again', async () => {
    await rescue.respond(smoke());
    rescue.clock.set(rescue.clock.now() + 10 * MINUTE);
    await rescue.respond(smoke({ repeated: true }));
    const incident = await rescue.look(await only());
    expect(incident.presses).toBe(2);
    expect(await sent(test.database, incident.id)).toContain('neighbour incident_again');
  });

  it('that was dealt with is not opened again by a detector that never stopped, but by a new report', async () => {
    await rescue.respond(smoke());
    const id = await only();
    const { neighbour } = village.people;
    await rescue.incidents.acknowledge(id, neighbour);
    await rescue.incidents.enRoute(id, neighbour, {});
    await rescue.incidents.onScene(id, neighbour, {});
    await rescue.incidents.resolve(id, neighbour, { outcome: 'helped', note: '锅烧干了' });
    rescue.clock.set(rescue.clock.now() + 10 * SECOND);
    await rescue.respond(smoke({ repeated: true }));
    expect(await rescue.look(id)).toMatchObject({ status: 'resolved', presses: 1 });
    await rescue.respond(smoke());
    expect(await rescue.look(id)).toMatchObject({ status: 'notified', presses: 2 });
    await expect(only()).resolves.toBe(id);
  });

  it('that still burns half an hour after somebody dealt with it is a new incident', async () => {
    await rescue.respond(smoke());
    const id = await only();
    await test.database.db
      .updateTable('incidents')
      .set({ status: 'resolved', resolved_at: new Date(rescue.clock.now()), next_step_at: null })
      .where('id', '=', id)
      .execute();
    rescue.clock.set(rescue.clock.now() + 31 * MINUTE);
    await rescue.respond(smoke({ repeated: true }));
    expect(await incidentIds(test.database)).toHaveLength(2);
  });
});
