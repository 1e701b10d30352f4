import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EscalationTarget } from '../../src/model/incidents.ts';
import { insertGrid } from '../../src/people/grid-store.ts';
import { insertShift } from '../../src/people/roster-store.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addAccount,
  buildVillage,
  type EAST,
  FAR_AWAY,
  gpsFix,
  MINUTE,
  onDutyAlways,
  type Rescue,
  type RescueVillage,
  square,
  startRescue,
  WEST,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
});
afterEach(() => test.close());

const inEast = () => ({ gridId: village.grids.east, subjectId: village.subjectId });
const names = async (
  target: EscalationTarget,
  place: { gridId: number | null; subjectId: number | null } = inEast(),
) => (await rescue.directory.peopleFor(target, place)).map(({ contact, why }) => `${contact.name} ${why}`);

async function rememberFix(point: typeof EAST, observedAt: number): Promise<void> {
  await sql`insert into latest_readings (device_id, signal, observed_at, received_at, origin, value)
    values (${village.deviceId}, 'location', ${new Date(observedAt)}, ${new Date(observedAt)}, 'live',
      ${JSON.stringify(gpsFix(point, observedAt))}::jsonb)`.execute(test.database.db);
}

describe('who is responsible', () => {
  it('is found from the fix, else from the home, else from the registration', async () => {
    const { directory } = rescue;
    const { subjectId, deviceId, grids } = village;
    expect(await directory.responsible({ location: WEST, subjectId })).toEqual({
      gridId: grids.west,
      by: 'fix',
      fixOutside: false,
    });
    expect(await directory.responsible({ location: FAR_AWAY, subjectId })).toEqual({
      gridId: grids.east,
      by: 'home',
      fixOutside: true,
    });
    expect(await directory.responsible({ subjectId })).toMatchObject({ gridId: grids.east, by: 'home' });
    await sql`update subjects set home_latitude = null, home_grid_id = ${grids.west}`.execute(
      test.database.db,
    );
    expect(await directory.responsible({ subjectId })).toMatchObject({ gridId: grids.west, by: 'home' });
    await sql`update subjects set home_grid_id = null`.execute(test.database.db);
    await sql`update devices set grid_id = ${grids.east}`.execute(test.database.db);
    expect(await directory.responsible({ deviceId })).toMatchObject({
      gridId: grids.east,
      by: 'registration',
    });
    expect(await directory.responsible({})).toEqual({ gridId: null, by: 'none', fixOutside: false });
  });

  it('is found from the last fix while it is fresh, and from an old one when nothing else is known', async () => {
    const { directory, clock } = rescue;
    const { subjectId, grids } = village;
    await rememberFix(WEST, clock.now() - 29 * MINUTE);
    expect(await directory.responsible({ subjectId })).toMatchObject({ gridId: grids.west, by: 'fix' });
    clock.set(clock.now() + 2 * MINUTE);
    expect(await directory.responsible({ subjectId })).toMatchObject({ gridId: grids.east, by: 'home' });
    await sql`update subjects set home_latitude = null, home_grid_id = null`.execute(test.database.db);
    expect(await directory.responsible({ subjectId })).toMatchObject({ gridId: grids.west, by: 'fix' });
  });

  it('follows a change of the grids at once', async () => {
    expect(await rescue.directory.gridAt(WEST)).toBe(village.grids.west);
    const narrower = await insertGrid(test.database.db, {
      parentId: village.grids.community,
      level: 'grid',
      code: 'new',
      name: 'new',
      polygon: square(114.8675, 114.8685),
    });
    await sql`delete from shifts where grid_id = ${village.grids.west}`.execute(test.database.db);
    await sql`delete from grids where id = ${village.grids.west}`.execute(test.database.db);
    expect(await rescue.directory.gridAt(WEST)).toBe(narrower);
    expect(await rescue.directory.gridAt(FAR_AWAY)).toBeUndefined();
  });
});

describe('who is asked', () => {
  it('stands behind each target', async () => {
    expect(await names('worker')).toEqual(['worker worker']);
    expect(await names('family')).toEqual(['family family']);
    expect(await names('deputy')).toEqual(['deputy deputy']);
    expect(await names('street')).toEqual(['street street']);
    expect(await names('city')).toEqual(['city city']);
    expect(await names('everybody')).toEqual([
      'worker worker',
      'family family',
      'deputy deputy',
      'street street',
      'city city',
    ]);
  });

  it('is on duty at that moment, by the local clock', async () => {
    const { db } = test.database;
    await db.deleteFrom('shifts').execute();
    const night = await addAccount(db, 'night', ['responder']);
    const shift = { gridId: village.grids.east, accountId: night.id, duty: 'worker' as const };
    await insertShift(db, { ...shift, weekday: 1, fromMinute: 720, toMinute: 721 });
    expect(await names('worker')).toEqual(['night worker']);
    rescue.clock.set(rescue.clock.now() + MINUTE);
    expect(await names('worker')).toEqual([]);
  });

  it('is every worker of overlapping shifts, each once', async () => {
    const { db } = test.database;
    const second = await addAccount(db, 'second', ['responder']);
    const { east } = village.grids;
    await onDutyAlways(db, { gridId: east, accountId: second.id, duty: 'worker' });
    await insertShift(db, {
      gridId: east,
      accountId: second.id,
      duty: 'worker',
      weekday: 1,
      fromMinute: 600,
      toMinute: 800,
    });
    expect(await names('worker')).toEqual(['worker worker', 'second worker']);
  });

  it('is the worker of the community where the grid has none, and the neighbour where there is no deputy', async () => {
    const { db } = test.database;
    await sql`delete from shifts where grid_id = ${village.grids.east}`.execute(db);
    expect(await names('worker')).toEqual([]);
    expect(await names('deputy')).toEqual(['neighbour neighbour']);
    await onDutyAlways(db, {
      gridId: village.grids.community,
      accountId: village.people.worker.id,
      duty: 'worker',
    });
    expect(await names('worker')).toEqual(['worker worker']);
  });

  it('is active: people who left are not asked', async () => {
    await sql`update accounts set active = false where login in ('worker', 'street')`.execute(
      test.database.db,
    );
    expect(await names('worker')).toEqual([]);
    expect(await names('street')).toEqual([]);
    expect(await names('everybody')).toEqual(['family family', 'deputy deputy', 'city city']);
  });

  it('is every dispatcher where no grid is known', async () => {
    const nowhere = { gridId: null, subjectId: null };
    const dispatchers = ['street dispatcher', 'city dispatcher', 'admin dispatcher'];
    expect(await names('worker', nowhere)).toEqual(dispatchers);
    expect(await names('city', nowhere)).toEqual(dispatchers);
    expect(await names('deputy', nowhere)).toEqual([]);
    expect(await names('family', nowhere)).toEqual([]);
  });
});
