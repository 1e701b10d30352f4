import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  incidentIds,
  MINUTE,
  type Rescue,
  sent,
  sos,
  startRescue,
} from '../harness/rescue-village.ts';

let test: TestDatabase;
let rescue: Rescue;
beforeEach(async () => {
  test = await openTestDatabase();
  await buildVillage(test.database);
  rescue = startRescue(test.database);
});
afterEach(() => test.close());

const unknown = (i: number, more = {}) =>
  sos(undefined, rescue.clock.now(), { nativeId: `99000000${String(i).padStart(2, '0')}`, ...more });

const listed = async () => Promise.all((await incidentIds(test.database)).map((id) => rescue.look(id)));

describe('an SOS of a device that nobody registered', () => {
  it('goes to the dispatchers at once, with its id', async () => {
    await rescue.respond(unknown(1));
    const [id = 0] = await incidentIds(test.database);
    expect(await rescue.look(id)).toMatchObject({
      status: 'notified',
      subject: null,
      grid: null,
      responsibleBy: 'none',
      device: { id: null, protocol: 'watch', nativeId: '9900000001' },
      location: null,
    });
    expect(await sent(test.database, id)).toEqual(
      ['street', 'city', 'admin'].map((who) => `${who} incident_raised`),
    );
  });

  it('has one open incident per device, however often it presses', async () => {
    for (let i = 0; i < 30; i++) await rescue.respond(unknown(1));
    const [only, ...others] = await listed();
    expect(others).toEqual([]);
    expect(only?.presses).toBe(30);
  });

  it('joins one incident that lists each device, beyond 20 within a minute from one address', async () => {
    for (let i = 0; i < 25; i++) await rescue.respond(unknown(i));
    await rescue.respond(...Array.from({ length: 15 }, (_, i) => unknown(25 + i)));
    const incidents = await listed();
    expect(incidents).toHaveLength(21);
    const flood = incidents.find((incident) => incident.presses > 1);
    expect(flood?.presses).toBe(20);
    const devices = flood?.timeline.flatMap((entry) => entry.detail.nativeId ?? []);
    expect(devices).toEqual(Array.from({ length: 20 }, (_, i) => `99000000${20 + i}`));
    const { dedup_key } = await test.database.db
      .selectFrom('incidents')
      .select('dedup_key')
      .where('id', '=', flood?.id ?? 0)
      .executeTakeFirstOrThrow();
    expect(dedup_key).toBe('sos:flood:10.0.0.7');
  });

  it('joins that one incident too when many drains hold the flood at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, drain) =>
        rescue.respond(...Array.from({ length: 10 }, (_, i) => unknown(10 * drain + i))),
      ),
    );
    const incidents = await listed();
    expect(incidents).toHaveLength(21);
    expect(incidents.reduce((sum, { presses }) => sum + presses, 0)).toBe(80);
  });

  it('is not held back by a flood from elsewhere, nor after a minute', async () => {
    await rescue.respond(...Array.from({ length: 30 }, (_, i) => unknown(i)));
    expect(await incidentIds(test.database)).toHaveLength(21);
    await rescue.respond(unknown(60, { source: '10.0.0.8' }));
    expect(await incidentIds(test.database)).toHaveLength(22);
    rescue.clock.set(rescue.clock.now() + MINUTE);
    await rescue.respond(unknown(61));
    expect(await incidentIds(test.database)).toHaveLength(23);
  });

  it('in a flood each of the first 20 rings, then every tenth', async () => {
    for (let i = 0; i < 20; i++) await rescue.respond(unknown(i));
    for (let i = 0; i < 60; i++) await rescue.respond(unknown(20 + i));
    const flood = (await listed()).find((incident) => incident.presses > 1);
    const rings = new Set(flood?.notifications.map((n) => n.createdAt));
    expect(flood?.presses).toBe(60);
    expect(flood?.notifications.filter((n) => n.account?.name === 'street')).toHaveLength(20 + 4);
    expect(rings.size).toBe(1);
  });
});
