import { sql } from 'kysely';
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
  WEST,
} from '../harness/rescue-village.ts';
import { until } from '../harness/until.ts';

let test: TestDatabase;
let village: RescueVillage;
let rescue: Rescue;
beforeEach(async () => {
  test = await openTestDatabase();
  village = await buildVillage(test.database);
  rescue = startRescue(test.database);
});
afterEach(() => test.close());

const press = (more = {}) => rescue.respond(sos(village, rescue.clock.now(), more));
const since = async (id: number, before: string[]) => (await sent(test.database, id)).slice(before.length);

describe('one event, one incident', () => {
  it('presses that arrive at once by many ways are one incident, and none is lost', async () => {
    await Promise.all(Array.from({ length: 20 }, () => press()));
    const ids = await incidentIds(test.database);
    expect(ids).toHaveLength(1);
    const { presses, timeline } = await rescue.look(ids[0] ?? 0);
    expect(presses).toBe(20);
    expect(timeline.filter((entry) => entry.kind === 'raised' || entry.kind === 'press')).toHaveLength(20);
  });

  it('many presses in one drain are one incident, whatever the order in which two drains hold them', async () => {
    const now = rescue.clock.now();
    const of = (name: string) => sos(undefined, now, { nativeId: name, source: name });
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all([
      rescue.respond(...names.map(of), ...names.map(of)),
      rescue.respond(...names.toReversed().map(of)),
    ]);
    const ids = await incidentIds(test.database);
    const seen = await Promise.all(ids.map((id) => rescue.look(id)));
    expect(seen.map((incident) => [incident.device.nativeId, incident.presses]).toSorted()).toEqual(
      names.map((name) => [name, 3]),
    );
  });

  it('drains that press again on the same incidents in opposite order wait for each other in turn', async () => {
    const now = rescue.clock.now();
    const presses = Array.from({ length: 30 }, (_, i) =>
      sos(undefined, now, { nativeId: `band${i}`, source: `10.0.1.${i}` }),
    );
    await rescue.respond(...presses);
    for (let round = 0; round < 5; round++) {
      await Promise.all([rescue.respond(...presses), rescue.respond(...presses.toReversed())]);
    }
    const ids = await incidentIds(test.database);
    const counts = await Promise.all(ids.map(async (id) => (await rescue.look(id)).presses));
    expect(counts).toEqual(presses.map(() => 11));
  });

  it('a press that meets an acknowledgement rings at him who has it, not at those who were asked', async () => {
    await press();
    const [id = 0] = await incidentIds(test.database);
    const before = await sent(test.database, id);
    const { db } = test.database;
    let pressed = Promise.resolve();
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable('incidents')
        .set({
          status: 'acknowledged',
          owner_id: village.people.worker.id,
          next_step_at: null,
          lease_until: new Date(rescue.clock.now() + MINUTE),
        })
        .execute();
      pressed = press();
      await until(
        async () => (await sql`select from pg_locks where not granted`.execute(db)).rows.length > 0,
        {
          what: 'the press waits for the acknowledgement',
        },
      );
    });
    await pressed;
    expect(await since(id, before)).toEqual(['worker incident_again']);
    expect(await rescue.look(id)).toMatchObject({ presses: 2, status: 'acknowledged' });
  });

  it('a second press rings again at whoever was asked, and once somebody has it, at him', async () => {
    await press();
    const [id = 0] = await incidentIds(test.database);
    await rescue.pass(50 * SECOND);
    let before = await sent(test.database, id);
    await press();
    expect(await since(id, before)).toEqual(
      ['worker', 'family', 'deputy'].map((who) => `${who} incident_again`),
    );
    await rescue.incidents.acknowledge(id, village.people.deputy);
    before = await sent(test.database, id);
    await press();
    expect(await since(id, before)).toEqual(['deputy incident_again']);
    const { presses, status, timeline } = await rescue.look(id);
    expect([presses, status]).toEqual([3, 'acknowledged']);
    expect(timeline.filter((entry) => entry.kind === 'press')).toHaveLength(2);
    expect(await incidentIds(test.database)).toEqual([id]);
  });

  it('a press raises the urgency and its fix replaces the guess, so that the right worker is asked', async () => {
    await press({ severity: 'warning' });
    const [id = 0] = await incidentIds(test.database);
    expect(await rescue.look(id)).toMatchObject({
      responsibleBy: 'home',
      location: { source: 'home', fresh: false },
    });
    const now = rescue.clock.now();
    const before = await sent(test.database, id);
    await press({ evidence: { signal: 'sos', receivedAt: now, location: gpsFix(WEST, now) } });
    expect(await rescue.look(id)).toMatchObject({
      severity: 'critical',
      responsibleBy: 'fix',
      grid: { name: 'west' },
      location: { source: 'gps', fresh: true },
      address: null,
    });
    expect(await since(id, before)).toEqual(['neighbour incident_again', 'family incident_again']);
  });

  it('within 30 minutes of its end a press opens it again from the foot of the ladder', async () => {
    const { worker, city } = village.people;
    await press();
    const [id = 0] = await incidentIds(test.database);
    await rescue.pass(100 * SECOND);
    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.resolve(id, worker, { outcome: 'false_press', note: 'slept on it' });
    await rescue.pass(29 * MINUTE);
    const before = await sent(test.database, id);
    await press();
    expect(await since(id, before)).toEqual(['worker incident_reopened', 'family incident_reopened']);
    expect(await rescue.look(id)).toMatchObject({
      status: 'notified',
      owner: null,
      outcome: null,
      note: null,
      resolvedAt: null,
      acknowledgedAt: null,
      presses: 2,
      nextStepAt: rescue.clock.now() + 45 * SECOND,
    });
    await rescue.pass(45 * SECOND);
    expect((await since(id, before)).slice(2)).toEqual(['deputy incident_raised']);

    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.resolve(id, worker, { outcome: 'helped', note: 'fell' });
    await rescue.pass(31 * MINUTE);
    await press();
    expect(await incidentIds(test.database)).toHaveLength(2);

    const [, second = 0] = await incidentIds(test.database);
    await rescue.incidents.acknowledge(second, worker);
    await rescue.incidents.resolve(second, worker, { outcome: 'helped', note: 'again' });
    await rescue.incidents.close(second, city);
    await press();
    expect(await incidentIds(test.database)).toHaveLength(3);
  });

  it('presses race with its end: each is on it or opens it again, never beside it', async () => {
    const { worker } = village.people;
    await press();
    const [id = 0] = await incidentIds(test.database);
    await rescue.incidents.acknowledge(id, worker);
    await Promise.all([
      ...Array.from({ length: 6 }, () => press()),
      rescue.incidents.resolve(id, worker, { outcome: 'helped', note: 'well' }),
      ...Array.from({ length: 6 }, () => press()),
    ]);
    expect(await incidentIds(test.database)).toEqual([id]);
    const { presses, status, nextStepAt } = await rescue.look(id);
    expect(presses).toBe(13);
    if (status !== 'resolved') expect(nextStepAt).not.toBeNull();
  });

  it('a fall and an SOS of one wearer are two incidents, and her vitals turning normal ends neither', async () => {
    const now = rescue.clock.now();
    const fall = { rule: 'fall', kind: 'fall', evidence: { signal: 'fall', receivedAt: now } } as const;
    await press(fall);
    await press();
    const [first = 0, second] = await incidentIds(test.database);
    expect(second).toBeDefined();
    await press({ ...fall, state: 'resolved' });
    const { status, timeline } = await rescue.look(first);
    expect(status).toBe('notified');
    expect(timeline.at(-1)).toMatchObject({ kind: 'alert', detail: { state: 'resolved' } });
  });

  it('an alert knows its incident, and a late one says so until she presses again', async () => {
    const { id: alertId } = await test.database.db
      .insertInto('alerts')
      .values({
        rule: 'sos',
        kind: 'sos',
        severity: 'critical',
        state: 'firing',
        native_id: '8800000001',
        protocol: 'watch',
        fired_at: new Date(rescue.clock.now()),
        evidence: '{}',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const happenedAt = rescue.clock.now() - 10 * MINUTE;
    await press({ alertId, late: true, at: happenedAt });
    const [id = 0] = await incidentIds(test.database);
    expect(await rescue.look(id)).toMatchObject({ late: true, happenedAt });
    const told = await test.database.db
      .selectFrom('notifications')
      .select('payload')
      .executeTakeFirstOrThrow();
    expect(told.payload).toMatchObject({ late: true, happenedAt });
    await press();
    expect(await rescue.look(id)).toMatchObject({ late: false, happenedAt: null, presses: 2 });
    const alert = await test.database.db.selectFrom('alerts').select('incident_id').executeTakeFirstOrThrow();
    expect(alert.incident_id).toBe(id);
    const now = rescue.clock.now();
    await rescue.respond(sos(village, now, { late: true, at: happenedAt }), sos(village, now));
    const again = await test.database.db
      .selectFrom('notifications')
      .select('payload')
      .where('template', '=', 'incident_again')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(again.payload).toMatchObject({ late: false, happenedAt: null, presses: 4 });
  });

  it('a fix outside every grid falls back to her home and says so', async () => {
    const now = rescue.clock.now();
    const location = gpsFix({ latitude: 31, longitude: 116 }, now);
    await press({ evidence: { signal: 'sos', receivedAt: now, location } });
    const [id = 0] = await incidentIds(test.database);
    const incident = await rescue.look(id);
    expect(incident).toMatchObject({
      responsibleBy: 'home',
      grid: { name: 'east' },
      location: { latitude: 31 },
    });
    expect(incident.timeline[0]).toMatchObject({ kind: 'raised', detail: { fixOutside: true, by: 'home' } });
  });

  it('without a fix the last one known stands in, with its age', async () => {
    const at = rescue.clock.now() - 5 * MINUTE;
    const { accuracyM, ...point } = gpsFix(EAST, at);
    await test.database.db
      .insertInto('latest_readings')
      .values({
        device_id: village.deviceId,
        signal: 'location',
        observed_at: new Date(at),
        received_at: new Date(at),
        origin: 'live',
        value: JSON.stringify({ ...point, accuracyM }),
      })
      .execute();
    await press();
    const [id = 0] = await incidentIds(test.database);
    expect(await rescue.look(id)).toMatchObject({
      responsibleBy: 'fix',
      location: { source: 'gps', observedAt: at, fresh: false, accuracyM: 12 },
    });
  });
});
