import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  EAST,
  gpsFix,
  incidentIds,
  MINUTE,
  type Rescue,
  type RescueVillage,
  SECOND,
  sent,
  sos,
  startRescue,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
let pressedAt: number;
let id: number;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
  pressedAt = rescue.clock.now();
  const location = gpsFix(EAST, pressedAt);
  await rescue.respond(
    sos(village, pressedAt, { evidence: { signal: 'sos', receivedAt: pressedAt, location } }),
  );
  [id = 0] = await incidentIds(test.database);
});
afterEach(() => test.close());

const since = async (count: number) => (await sent(test.database, id)).slice(count);

describe('an SOS that nobody answers', () => {
  it('stands there at once with who she is, where she is and which grid that is', async () => {
    expect(rescue.dispatched).toHaveLength(2);
    expect(await rescue.look(id)).toMatchObject({
      status: 'notified',
      responsibleBy: 'fix',
      grid: { name: 'east' },
      subject: { name: '王奶奶' },
      location: { latitude: EAST.latitude, accuracyM: 12, source: 'gps', fresh: true },
      address: '茅圻村 3 号',
    });
  });

  it('reaches the worker and the family, then deputy, street and city, each at its second', async () => {
    expect(await since(0)).toEqual(['worker incident_raised', 'family incident_raised']);
    await rescue.pass(44 * SECOND);
    expect(await since(2)).toEqual([]);
    await rescue.pass(SECOND);
    expect(await since(2)).toEqual(['deputy incident_raised']);
    await rescue.pass(45 * SECOND);
    expect(await since(3)).toEqual(['street incident_raised']);
    await rescue.pass(90 * SECOND);
    expect(await since(4)).toEqual(['city incident_raised']);

    const { timeline } = await rescue.look(id);
    expect(timeline.map((entry) => [entry.kind, entry.at - pressedAt])).toEqual([
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

  it('goes round everybody every 2 minutes until somebody has it, and then is still', async () => {
    const logins = ['worker', 'family', 'deputy', 'street', 'city'];
    await rescue.pass(3 * MINUTE);
    for (let round = 0; round < 20; round++) {
      await rescue.pass(2 * MINUTE);
      expect(await since(5 + round * 5)).toEqual(logins.map((login) => `${login} incident_repeat`));
    }
    await rescue.incidents.acknowledge(id, village.people.city);
    const others = ['worker', 'deputy', 'family', 'street'];
    expect(await since(105)).toEqual(others.map((login) => `${login} incident_taken`));
    await rescue.pass(110 * SECOND);
    expect(await since(109)).toEqual([]);
  });
});
