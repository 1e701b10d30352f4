import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  incidentIds,
  MINUTE,
  type RescueVillage,
  SECOND,
  sent,
  sos,
  startRescue,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
});
afterEach(() => test.close());

describe('an escalation that was cut', () => {
  it('between two steps goes on where it was, in a new process', async () => {
    const first = startRescue(test.database);
    await first.respond(sos(village, first.clock.now()));
    await first.pass(60 * SECOND);
    const [id = 0] = await incidentIds(test.database);
    const second = startRescue(test.database, { clock: first.clock });
    await second.pass(30 * SECOND);
    expect((await sent(test.database, id)).slice(3)).toEqual(['street incident_raised']);
    expect((await second.look(id)).nextStepAt).toBe(second.clock.now() + 90 * SECOND);
  });

  it('for long asks in the first sweep everybody who would have been asked by then, once', async () => {
    const first = startRescue(test.database);
    await first.respond(sos(village, first.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    first.clock.set(first.clock.now() + 3 * 60 * MINUTE);
    const second = startRescue(test.database, { clock: first.clock });
    await second.incidents.sweep();
    const caughtUp = await sent(test.database, id);
    expect(caughtUp.slice(2)).toEqual(['deputy', 'street', 'city'].map((who) => `${who} incident_raised`));
    await second.incidents.sweep();
    expect(await sent(test.database, id)).toEqual(caughtUp);
    await second.pass(2 * MINUTE);
    expect(await sent(test.database, id)).toHaveLength(10);
  });

  it('is moved by one of several processes that sweep at once', async () => {
    const first = startRescue(test.database);
    await first.respond(sos(village, first.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    first.clock.set(first.clock.now() + 45 * SECOND);
    const others = Array.from({ length: 4 }, () => startRescue(test.database, { clock: first.clock }));
    const moved = await Promise.all([first, ...others].map((process) => process.incidents.sweep()));
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await sent(test.database, id)).toHaveLength(3);
  });

  it('by a fault of ours is found by the auditor, and counted', async () => {
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    const { db } = test.database;
    await db.updateTable('incidents').set({ next_step_at: null }).execute();
    await rescue.pass(SECOND);
    expect(rescue.repaired()).toBe(1);
    expect((await sent(test.database, id)).slice(2)).toEqual(['deputy incident_raised']);

    await rescue.incidents.acknowledge(id, village.people.worker);
    await db.updateTable('incidents').set({ lease_until: null }).execute();
    await rescue.pass(SECOND);
    expect(rescue.repaired()).toBe(2);
    expect(await rescue.look(id)).toMatchObject({ status: 'notified', owner: null });
    await rescue.pass(10 * SECOND);
    expect(rescue.repaired()).toBe(2);
  });

  it('keeps the policy that it opened with', async () => {
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    expect((await rescue.look(id)).policy).toMatchObject({
      name: 'sos',
      steps: [{ afterMs: 0 }, { afterMs: 45_000 }, { afterMs: 90_000 }, { afterMs: 180_000 }],
      repeatEveryMs: 120_000,
    });
  });
});
