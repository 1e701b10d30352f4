import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getIncident, listIncidents } from '../../src/incidents/incident-views.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildVillage,
  incidentIds,
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
const code = (value: string) => expect.objectContaining({ code: value });

describe('an incident passes from hand to hand', () => {
  it('a hand-over is the successor’s when he accepts, and until then the owner’s', async () => {
    const { worker, deputy, stranger, family } = village.people;
    const { incidents } = rescue;
    await incidents.acknowledge(id, worker);
    await expect(incidents.handOver(id, deputy, { to: deputy.id })).rejects.toEqual(
      code('INCIDENT_NOT_YOURS'),
    );
    await expect(incidents.handOver(id, worker, { to: 999 })).rejects.toEqual(code('INCIDENT_BAD_SUCCESSOR'));
    await expect(incidents.handOver(id, worker, { to: worker.id })).rejects.toEqual(
      code('INCIDENT_BAD_SUCCESSOR'),
    );
    const before = await sent(test.database, id);
    await incidents.handOver(id, worker, { to: deputy.id });
    expect(await since(before)).toEqual(['deputy incident_hand_over']);
    expect(await rescue.look(id)).toMatchObject({
      owner: { name: 'worker' },
      handOverTo: { name: 'deputy' },
    });
    await expect(incidents.acceptHandOver(id, family)).rejects.toEqual(code('INCIDENT_NOT_YOURS'));
    await expect(incidents.acceptHandOver(id, stranger)).rejects.toEqual(code('INCIDENT_NOT_FOUND'));
    await rescue.pass(100 * SECOND);
    await incidents.acceptHandOver(id, deputy);
    expect((await since(before)).slice(1)).toEqual(['worker incident_taken']);
    expect(await rescue.look(id)).toMatchObject({
      status: 'acknowledged',
      owner: { name: 'deputy' },
      handOverTo: null,
      leaseUntil: rescue.clock.now() + 120 * SECOND,
    });
  });

  it('who handed over and was not relieved keeps the lease, and when it ends the next are asked', async () => {
    const { worker, deputy } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    await rescue.incidents.handOver(id, worker, { to: deputy.id });
    await rescue.pass(120 * SECOND);
    expect(await rescue.look(id)).toMatchObject({ status: 'notified', owner: null, handOverTo: null });
  });

  it('a dispatcher takes over, and the former owner hears of it', async () => {
    const { worker, city, deputy } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    await expect(rescue.incidents.takeOver(id, deputy)).rejects.toEqual(code('INCIDENT_NOT_YOURS'));
    const before = await sent(test.database, id);
    await rescue.incidents.takeOver(id, city);
    expect(await since(before)).toEqual(['worker incident_taken']);
    expect(await rescue.look(id)).toMatchObject({ owner: { name: 'city' }, status: 'acknowledged' });
    await expect(rescue.incidents.enRoute(id, worker, {})).rejects.toEqual(code('INCIDENT_NOT_YOURS'));
  });

  it('help is asked of the next level at once and without letting go', async () => {
    const { worker } = village.people;
    await rescue.incidents.acknowledge(id, worker);
    const before = await sent(test.database, id);
    await rescue.incidents.needHelp(id, worker, { what: '120', note: 'broken hip' });
    await rescue.incidents.needHelp(id, worker, { what: 'people' });
    expect(await since(before)).toEqual(['deputy incident_need_help', 'street incident_need_help']);
    const { status, owner, timeline } = await rescue.look(id);
    expect([status, owner?.name]).toEqual(['acknowledged', 'worker']);
    expect(timeline.find((entry) => entry.kind === 'need_help')).toMatchObject({
      actor: { name: 'worker' },
      detail: { what: '120', note: 'broken hip' },
    });
  });

  it('it ends with an outcome and a note that the family hears, and a dispatcher closes it', async () => {
    const { worker, city } = village.people;
    const { incidents } = rescue;
    const end = { outcome: 'helped', note: 'helped her up' } as const;
    await expect(incidents.resolve(id, worker, end)).rejects.toEqual(code('INCIDENT_WRONG_STATE'));
    await incidents.acknowledge(id, worker);
    await incidents.enRoute(id, worker, { etaMinutes: 5 });
    await incidents.onScene(id, worker, {});
    await incidents.comment(id, worker, { text: 'she sits up' });
    await expect(incidents.close(id, city)).rejects.toEqual(code('INCIDENT_WRONG_STATE'));
    const before = await sent(test.database, id);
    await incidents.resolve(id, worker, end);
    expect(await since(before)).toEqual(['family incident_resolved']);
    await expect(incidents.close(id, worker)).rejects.toEqual(code('INCIDENT_NOT_YOURS'));
    await incidents.close(id, city);
    const { status, timeline, outcome, note } = await rescue.look(id);
    expect([status, outcome, note]).toEqual(['closed', 'helped', 'helped her up']);
    expect(timeline.map((entry) => entry.kind)).toEqual([
      'raised',
      'step',
      'acknowledged',
      'en_route',
      'on_scene',
      'comment',
      'resolved',
      'closed',
    ]);
    await expect(incidents.comment(id, worker, { text: 'late' })).rejects.toEqual(
      code('INCIDENT_WRONG_STATE'),
    );
    await rescue.pass(10 * SECOND);
    expect((await since(before)).slice(1)).toEqual([]);
  });

  it('is seen and moved only by who has to do with it', async () => {
    const { stranger, family, worker, neighbour, deputy, street, city } = village.people;
    const { db } = test.database;
    const sees = async (viewer: typeof stranger) => (await listIncidents(db, viewer, {})).length === 1;
    expect(await Promise.all([family, worker, deputy, street, city].map(sees))).toEqual(Array(5).fill(true));
    expect(await Promise.all([stranger, neighbour].map(sees))).toEqual([false, false]);
    await expect(getIncident(db, stranger, id)).rejects.toEqual(code('INCIDENT_NOT_FOUND'));
    await expect(rescue.incidents.acknowledge(id, stranger)).rejects.toEqual(code('INCIDENT_NOT_FOUND'));

    const card = await getIncident(db, worker, id);
    expect(card.ringsForMe).toBe(true);
    expect(card.actions).toEqual(['acknowledge', 'need-help', 'comment']);
    expect(card.navigation.map((link) => link.app)).toEqual(['amap', 'baidu', 'tencent', 'apple', 'geo']);
    expect(card.subjectDetail?.family).toMatchObject([{ name: 'family', relation: 'daughter' }]);
    expect((await getIncident(db, deputy, id)).ringsForMe).toBe(false);
    await rescue.incidents.acknowledge(id, worker);
    expect((await getIncident(db, worker, id)).actions).toEqual([
      'release',
      'en-route',
      'on-scene',
      'hand-over',
      'need-help',
      'comment',
      'resolve',
    ]);
    expect((await getIncident(db, street, id)).actions).toContain('take-over');
    expect(await listIncidents(db, worker, { mine: true, open: true })).toHaveLength(1);
    expect(await listIncidents(db, deputy, { mine: true })).toHaveLength(0);
    expect(await listIncidents(db, worker, { open: false })).toHaveLength(0);
  });

  it('its time line cannot be changed afterwards', async () => {
    await expect(test.database.db.deleteFrom('timeline').execute()).rejects.toThrow(/append-only/);
  });
});
