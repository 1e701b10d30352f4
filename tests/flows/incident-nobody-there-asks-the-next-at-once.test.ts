import { sql } from 'kysely';
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

const kinds = async (rescue: ReturnType<typeof startRescue>, id: number) =>
  (await rescue.look(id)).timeline.map((entry) => entry.kind);

describe('a step that reaches nobody', () => {
  it('is written down and followed by the next at once', async () => {
    await test.database.db.deleteFrom('shifts').execute();
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    expect(await sent(test.database, id)).toEqual(['family incident_raised', 'street incident_raised']);
    const { timeline, nextStepAt } = await rescue.look(id);
    expect(timeline.map((entry) => [entry.kind, entry.detail.missing])).toEqual([
      ['raised', undefined],
      ['step', ['worker']],
      ['nobody', ['deputy']],
      ['step', undefined],
    ]);
    expect(nextStepAt).toBe(rescue.clock.now() + 90 * SECOND);
  });

  it('is one of people whom no channel reaches, too', async () => {
    const unreachable = [village.people.worker.id, village.people.deputy.id];
    const rescue = startRescue(test.database, {
      channelsFor: ({ id }) => (unreachable.includes(id) ? [] : ['live']),
    });
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    expect(await sent(test.database, id)).toEqual(['family incident_raised', 'street incident_raised']);
    expect((await rescue.look(id)).timeline[1]?.detail.unreachable).toMatchObject([{ name: 'worker' }]);
  });

  it('never ends the ladder: with nobody at all it is tried again and again, and a dispatcher who comes is asked', async () => {
    const { db } = test.database;
    await sql`update accounts set active = false`.execute(db);
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    expect((await rescue.look(id)).status).toBe('raised');
    expect(await kinds(rescue, id)).toEqual(['raised', ...Array(5).fill('nobody')]);
    await rescue.pass(20 * MINUTE);
    expect(await kinds(rescue, id)).toHaveLength(6 + 10);
    await sql`update accounts set active = true where login = 'admin'`.execute(db);
    await rescue.pass(2 * MINUTE);
    expect(await sent(test.database, id)).toEqual(['admin incident_repeat']);
    expect((await rescue.look(id)).status).toBe('notified');
  });

  it('is one whose every message failed for good, once that is known', async () => {
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    await rescue.pass(10 * SECOND);
    await rescue.incidents.stepFailed(id, 0);
    await rescue.incidents.stepFailed(id, 0);
    expect(await sent(test.database, id)).toEqual([
      'worker incident_raised',
      'family incident_raised',
      'deputy incident_raised',
    ]);
    expect(await kinds(rescue, id)).toEqual(['raised', 'step', 'nobody', 'step']);
    expect((await rescue.look(id)).nextStepAt).toBe(rescue.clock.now() + 45 * SECOND);
  });

  it('finds the worker of a neighbouring grid where no deputy is on duty', async () => {
    await test.database.db.deleteFrom('shifts').where('duty', '=', 'deputy').execute();
    const rescue = startRescue(test.database);
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    await rescue.pass(45 * SECOND);
    expect((await sent(test.database, id)).slice(2)).toEqual(['neighbour incident_raised']);
  });
});
