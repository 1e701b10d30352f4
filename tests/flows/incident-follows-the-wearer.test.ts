import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  EAST,
  gpsFix,
  incidentIds,
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
let id: number;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
  await rescue.respond(sos(village, rescue.clock.now()));
  [id = 0] = await incidentIds(test.database);
});
afterEach(() => test.close());

async function report(point: typeof EAST, observedAt: number): Promise<void> {
  const time = new Date(observedAt);
  await sql`insert into latest_readings (device_id, signal, observed_at, received_at, origin, value)
    values (${village.deviceId}, 'location', ${time}, ${time}, 'live', ${JSON.stringify(gpsFix(point, observedAt))}::jsonb)
    on conflict (device_id, signal, channel) do update set value = excluded.value, observed_at = excluded.observed_at`.execute(
    test.database.db,
  );
}
const places = async () =>
  (await rescue.look(id)).timeline
    .filter((entry) => entry.kind === 'location')
    .map((entry) => entry.detail.movedM);

describe('an incident raised without a fix', () => {
  it('takes the one that comes after it, and asks the people of that place at once', async () => {
    expect(await rescue.look(id)).toMatchObject({ location: { source: 'home' }, responsibleBy: 'home' });
    await report(WEST, rescue.clock.now() + 5 * SECOND);
    await rescue.pass(10 * SECOND);
    expect(await rescue.look(id)).toMatchObject({
      location: { source: 'gps', fresh: true, longitude: WEST.longitude },
      responsibleBy: 'fix',
      grid: { name: 'west' },
      address: null,
    });
    expect(await places()).toEqual([expect.closeTo(1151, -1)]);
    expect((await sent(test.database, id)).slice(2)).toEqual(['neighbour incident_raised']);
    await test.database.db.deleteFrom('shifts').where('duty', '=', 'deputy').execute();
    await rescue.pass(35 * SECOND);
    expect((await sent(test.database, id)).slice(3)).toEqual(['worker incident_raised']);
  });

  it('writes down only moves that matter, and takes no position from before the press', async () => {
    await report(WEST, rescue.clock.now() - SECOND);
    await rescue.pass(SECOND);
    expect((await rescue.look(id)).location?.source).toBe('home');
    await report(EAST, rescue.clock.now());
    await rescue.pass(SECOND);
    await report({ ...EAST, latitude: EAST.latitude + 0.0001 }, rescue.clock.now());
    await rescue.pass(SECOND);
    expect((await rescue.look(id)).location?.latitude).toBe(EAST.latitude + 0.0001);
    expect(await places()).toEqual([0]);
    await rescue.incidents.acknowledge(id, village.people.worker);
    await rescue.incidents.resolve(id, village.people.worker, { outcome: 'helped', note: 'well' });
    await report(WEST, rescue.clock.now() + SECOND);
    await rescue.pass(2 * SECOND);
    expect((await rescue.look(id)).location?.longitude).toBe(EAST.longitude);
  });
});
