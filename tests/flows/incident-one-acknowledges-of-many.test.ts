import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/platform/errors.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addAccount,
  buildVillage,
  incidentIds,
  onDutyAlways,
  type Rescue,
  type RescueVillage,
  sent,
  sos,
  startRescue,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database, { channelsFor: () => ['live', 'email'] });
});
afterEach(() => test.close());

describe('of many who acknowledge at once', () => {
  it('exactly one has it, and every other hears who', async () => {
    const { db } = test.database;
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, i) => addAccount(db, `volunteer${i}`, ['responder'])),
    );
    for (const { id } of many) {
      await onDutyAlways(db, { gridId: village.grids.east, accountId: id, duty: 'worker' });
    }
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    const tries = await Promise.allSettled(many.map((actor) => rescue.incidents.acknowledge(id, actor)));

    const winners = many.filter((_, i) => tries[i]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    const { owner, status, timeline } = await rescue.look(id);
    expect(status).toBe('acknowledged');
    expect(owner?.id).toBe(winners[0]?.id);
    expect(timeline.filter((entry) => entry.kind === 'acknowledged')).toHaveLength(1);
    for (const attempt of tries) {
      if (attempt.status === 'fulfilled') continue;
      expect(attempt.reason).toBeInstanceOf(AppError);
      expect(attempt.reason).toMatchObject({
        code: 'INCIDENT_TAKEN',
        status: 409,
        details: { owner: owner?.name },
      });
    }
  });

  it('messages to the others that were not sent yet are called back, and they are told who has it', async () => {
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    const { db } = test.database;
    await db
      .updateTable('notifications')
      .set({ state: 'accepted', due_at: null })
      .where('channel', '=', 'live')
      .execute();
    await rescue.incidents.acknowledge(id, village.people.worker);

    const { notifications, ringsForMe } = await rescue.look(id);
    expect(ringsForMe).toBe(false);
    expect(notifications.map((n) => [n.account?.name, n.channel, n.template, n.state, n.reason])).toEqual([
      ['worker', 'live', 'incident_raised', 'accepted', null],
      ['worker', 'email', 'incident_raised', 'queued', null],
      ['family', 'live', 'incident_raised', 'accepted', null],
      ['family', 'email', 'incident_raised', 'failed', 'taken'],
      ['family', 'live', 'incident_taken', 'queued', null],
      ['family', 'email', 'incident_taken', 'queued', null],
    ]);
    const taken = await db
      .selectFrom('notifications')
      .select('payload')
      .where('template', '=', 'incident_taken')
      .execute();
    expect(taken[0]?.payload).toMatchObject({
      ownerName: 'worker',
      actorName: 'worker',
      subjectName: '王奶奶',
    });
  });

  it('a second tap of the same person does nothing', async () => {
    await rescue.respond(sos(village, rescue.clock.now()));
    const [id = 0] = await incidentIds(test.database);
    await rescue.incidents.acknowledge(id, village.people.worker);
    const before = await sent(test.database, id);
    await rescue.incidents.acknowledge(id, village.people.worker);
    expect(await sent(test.database, id)).toEqual(before);
  });
});
