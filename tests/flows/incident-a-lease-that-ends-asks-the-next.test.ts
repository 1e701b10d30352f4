import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
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

const since = async (before: string[]) => (await sent(test.database, id)).slice(before.length);

describe('an acknowledgement is a lease', () => {
  it('who does not set out within 2 minutes loses it: he hears so, and the others and the next are asked', async () => {
    await rescue.incidents.acknowledge(id, village.people.worker);
    const before = await sent(test.database, id);
    await rescue.pass(119 * SECOND);
    expect(await since(before)).toEqual([]);
    await rescue.pass(SECOND);
    expect(await since(before)).toEqual([
      'worker incident_lost',
      'deputy incident_raised',
      'family incident_repeat',
    ]);
    expect(await rescue.look(id)).toMatchObject({ status: 'notified', owner: null, leaseUntil: null });
    await rescue.pass(45 * SECOND);
    expect((await since(before)).slice(3)).toEqual(['street incident_raised']);
  });

  it('who does not arrive by the time he gave loses it, and he may not give more than 45 minutes', async () => {
    const { worker } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.enRoute(id, worker, { etaMinutes: 45 });
    await rescue.pass(30 * MINUTE);
    await rescue.incidents.enRoute(id, worker, { etaMinutes: 45 });
    expect((await rescue.look(id)).etaAt).toBe(rescue.clock.now() + 15 * MINUTE);
    await rescue.pass(15 * MINUTE - SECOND);
    expect((await rescue.look(id)).status).toBe('en_route');
    await rescue.pass(SECOND);
    const seen = await rescue.look(id);
    expect(seen).toMatchObject({ status: 'notified', owner: null });
    expect(seen.timeline.at(-3)).toMatchObject({ kind: 'lease_ended', detail: { status: 'en_route' } });
  });

  it('without a time of his own he has 15 minutes', async () => {
    const { worker } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.enRoute(id, worker, {});
    expect((await rescue.look(id)).leaseUntil).toBe(rescue.clock.now() + 15 * MINUTE);
  });

  it('on scene nobody takes it from him, but he and the street desk are reminded each hour', async () => {
    const { worker } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.onScene(id, worker, EAST);
    const before = await sent(test.database, id);
    await rescue.pass(2 * 60 * MINUTE);
    expect(await since(before)).toEqual([
      'worker incident_reminder',
      'street incident_reminder',
      'worker incident_reminder',
      'street incident_reminder',
    ]);
    const { status, owner, timeline } = await rescue.look(id);
    expect([status, owner?.name]).toEqual(['on_scene', 'worker']);
    expect(timeline.find((entry) => entry.kind === 'on_scene')?.detail).toMatchObject({ distanceM: 0 });
  });

  it('a mistaken acknowledgement is given back, and everybody is asked again at once', async () => {
    await rescue.incidents.acknowledge(id, village.people.worker);
    const before = await sent(test.database, id);
    await rescue.incidents.release(id, village.people.worker, { reason: 'slipped' });
    expect(await since(before)).toEqual(['deputy incident_raised', 'family incident_released']);
    expect((await rescue.look(id)).timeline.at(-3)).toMatchObject({
      kind: 'released',
      actor: { name: 'worker' },
      detail: { reason: 'slipped' },
    });
  });

  it('the level never falls: after the city was asked a lost lease asks everybody', async () => {
    await rescue.pass(200 * SECOND);
    await rescue.incidents.acknowledge(id, village.people.worker);
    const before = await sent(test.database, id);
    await rescue.pass(2 * MINUTE);
    expect((await since(before)).toSorted()).toEqual(
      [
        'worker incident_lost',
        ...['worker', 'family', 'deputy', 'street', 'city'].map((login) => `${login} incident_repeat`),
      ].toSorted(),
    );
  });
});
