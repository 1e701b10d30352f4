import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  EAST,
  gpsFix,
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
beforeAll(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
});
afterAll(() => test.close());

describe('an SOS that nobody answers', () => {
  it('reaches the worker and the family, then deputy, street and city, then everybody until somebody answers', async () => {
    const rescue = startRescue(test.database);
    const { clock } = rescue;
    const pressedAt = clock.now();
    const fix = gpsFix(EAST, pressedAt);
    await rescue.respond(
      sos(village, pressedAt, { evidence: { signal: 'sos', receivedAt: pressedAt, location: fix } }),
    );
    const [id = 0] = await incidentIds(test.database);

    expect(await sent(test.database, id)).toEqual(['worker incident_raised', 'family incident_raised']);
    expect(rescue.dispatched).toHaveLength(2);
    expect(await rescue.look(id)).toMatchObject({
      status: 'notified',
      responsibleBy: 'fix',
      grid: { name: 'east' },
      subject: { name: '王奶奶' },
      location: { latitude: EAST.latitude, accuracyM: 12, source: 'gps', fresh: true },
      address: '茅圻村 3 号',
    });

    await rescue.pass(44 * SECOND);
    expect(await sent(test.database, id)).toHaveLength(2);
    await rescue.pass(SECOND);
    expect((await sent(test.database, id)).slice(2)).toEqual(['deputy incident_raised']);
    await rescue.pass(45 * SECOND);
    expect((await sent(test.database, id)).slice(3)).toEqual(['street incident_raised']);
    await rescue.pass(90 * SECOND);
    expect((await sent(test.database, id)).slice(4)).toEqual(['city incident_raised']);

    const everybody = ['worker', 'family', 'deputy', 'street', 'city'].map(
      (login) => `${login} incident_repeat`,
    );
    for (let round = 0; round < 20; round++) {
      const before = await sent(test.database, id);
      await rescue.pass(2 * MINUTE);
      expect((await sent(test.database, id)).slice(before.length)).toEqual(everybody);
    }

    await rescue.incidents.acknowledge(id, village.people.city);
    const answered = await sent(test.database, id);
    expect(answered.slice(-4)).toEqual(
      ['worker', 'deputy', 'family', 'street'].map((login) => `${login} incident_taken`),
    );
    await rescue.pass(110 * SECOND);
    expect(await sent(test.database, id)).toEqual(answered);
    const { timeline } = await rescue.look(id);
    expect(timeline.slice(0, 5).map((entry) => [entry.kind, entry.at - pressedAt])).toEqual([
      ['raised', 0],
      ['step', 0],
      ['step', 45_000],
      ['step', 90_000],
      ['step', 180_000],
    ]);
    expect(timeline[1]?.detail).toMatchObject({
      step: 0,
      people: [
        { id: village.people.worker.id, why: 'worker', channels: ['live'] },
        { id: village.people.family.id, why: 'family', channels: ['live'] },
      ],
    });
  });
});
