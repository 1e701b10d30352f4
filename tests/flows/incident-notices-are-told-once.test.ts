import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  incidentIds,
  MINUTE,
  type Rescue,
  type RescueVillage,
  sos,
  startRescue,
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

const battery = (more: Partial<AlertChange> = {}) =>
  sos(village, rescue.clock.now(), {
    rule: 'battery_low',
    kind: 'battery_low',
    severity: 'info',
    consequence: 'notice',
    evidence: { signal: 'battery', value: 14, limit: 20, receivedAt: rescue.clock.now() },
    ...more,
  });

const told = () =>
  test.database.db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .select(['login', 'template', 'incident_id', 'payload'])
    .orderBy('notifications.id')
    .execute();

describe('a notice', () => {
  it('is told once to the family and the grid worker on duty, and its end to nobody', async () => {
    await rescue.respond(battery());
    await rescue.pass(5 * MINUTE);
    await rescue.respond(battery({ state: 'resolved' }));
    const rows = await told();
    expect(rows.map((row) => [row.login, row.template, row.incident_id])).toEqual([
      ['family', 'notice', null],
      ['worker', 'notice', null],
    ]);
    expect(rows[0]?.payload).toMatchObject({
      kind: 'battery_low',
      value: 14,
      unit: '%',
      subjectName: '王奶奶',
    });
    expect(await incidentIds(test.database)).toEqual([]);
  });

  it('goes to the dispatchers where neither family nor worker is there', async () => {
    await test.database.db.deleteFrom('subject_members').execute();
    await test.database.db.deleteFrom('shifts').execute();
    await rescue.respond(battery());
    expect((await told()).map((row) => row.login)).toEqual(['street']);
  });

  it('beside an SOS in the same drain delays nothing', async () => {
    await rescue.respond(battery(), sos(village, rescue.clock.now()));
    expect((await told()).map((row) => `${row.login} ${row.template}`)).toEqual([
      'worker incident_raised',
      'family incident_raised',
      'family notice',
      'worker notice',
    ]);
  });
});
