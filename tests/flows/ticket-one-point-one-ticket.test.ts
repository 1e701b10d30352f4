import type { KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addDevice,
  buildEstate,
  DAY,
  type Desk,
  fault,
  HOUR,
  jpeg,
  kindsOf,
  MINUTE,
  NOON_MS,
  startDesk,
  type TicketEstate,
  ticketIds,
  told,
} from '../harness/ticket-estate.ts';

let test: TestDatabase;
let estate: TicketEstate;
let desk: Desk;

beforeEach(async () => {
  test = await openTestDatabase();
  estate = await buildEstate(test.database);
  desk = startDesk(test.database);
});
afterEach(() => test.close());

const leak = (more: Partial<AlertChange> = {}) => fault(estate, desk.clock.now(), more);
const warning: Partial<AlertChange> = {
  faultClass: 'water_supply',
  kind: 'pressure_low',
  severity: 'warning',
};

async function closeIt(id: number): Promise<void> {
  const { manager, community } = estate.people;
  await desk.tickets.accept(id, manager);
  await desk.tickets.start(id, manager);
  await desk.tickets.addPhoto(id, manager, { stage: 'after', bytes: jpeg(String(desk.clock.now())) });
  await desk.tickets.finish(id, manager, { note: '好了' });
  await desk.tickets.verify(id, community, { ok: true });
  await desk.tickets.close(id, community);
}

/** A ticket whose work people have verified although its alert fires. */
async function verifiedWith(alertId: number): Promise<number> {
  await desk.respond(leak({ alertId }));
  const [id = 0] = await ticketIds(test.database);
  const { manager, community } = estate.people;
  await desk.tickets.accept(id, manager);
  await desk.tickets.start(id, manager);
  await desk.tickets.addPhoto(id, manager, { stage: 'after', bytes: jpeg() });
  await desk.tickets.finish(id, manager, { note: '好了' });
  await desk.tickets.verify(id, community, { ok: true });
  return id;
}

let statements = 0;
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => {
    statements++;
    return node;
  },
  transformResult: async ({ result }) => result,
};
async function statementsOf(changes: AlertChange[]): Promise<number> {
  statements = 0;
  const counted = test.database.db.withPlugin(counting);
  await counted.transaction().execute((trx) => desk.tickets.respond(trx, changes));
  return statements;
}

/** A firing alert in the database; gives its id. */
async function alert(rule: string): Promise<number> {
  const { id } = await test.database.db
    .insertInto('alerts')
    .values({
      rule,
      kind: rule,
      severity: 'critical',
      state: 'firing',
      protocol: 'zigbee2mqtt',
      native_id: rule,
      fired_at: new Date(NOON_MS),
      evidence: '{}',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

describe('one point has one ticket', () => {
  it('200 writers at once open one, and every one of their faults is counted', async () => {
    const writers = Array.from({ length: 200 }, (_, i) => desk.respond(leak({ rule: `rule_${i}` })));
    await Promise.all(writers);
    const ids = await ticketIds(test.database);
    expect(ids).toHaveLength(1);
    const ticket = await desk.look(ids[0] ?? 0);
    expect(ticket.occurrences).toBe(200);
    const faults = ticket.timeline.filter(
      (entry) => entry.kind === 'reported' || entry.kind === 'occurrence',
    );
    expect(new Set(faults.map((entry) => entry.detail.rule)).size).toBe(200);
    expect(kindsOf(ticket).filter((kind) => kind === 'reported')).toHaveLength(1);
    expect(await told(test.database, ids[0] ?? 0)).toHaveLength(2);
  });

  it('200 writers on two points in either order open two and wait for each other without end never', async () => {
    const pair = (i: number) => {
      const both = [leak(), leak({ assetId: estate.assets.breaker, faultClass: 'breaker_trip' })];
      return desk.respond(...(i % 2 === 0 ? both : both.reverse()));
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => pair(i)));
    const tickets = await Promise.all((await ticketIds(test.database)).map((id) => desk.look(id)));
    expect(tickets.map((ticket) => ticket.occurrences)).toEqual([100, 100]);
  });

  it('a thousand points of one drain take as many statements as two', async () => {
    const points = (count: number, name: string) =>
      Array.from({ length: count }, (_, i) =>
        leak({ nativeId: `${name}${i}`, faultClass: 'device_battery', severity: 'warning' }),
      );
    await desk.respond(leak());
    const two = await statementsOf(points(2, 'a'));
    expect(two).toBe(7);
    expect(await statementsOf(points(1000, 'b'))).toBe(two);
    // The same again joins them: its readers and its one write, and nobody is told.
    expect(await statementsOf(points(1000, 'b'))).toBe(two);
    const { db } = test.database;
    const { count } = await db
      .selectFrom('tickets')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('occurrences', '=', 2)
      .executeTakeFirstOrThrow();
    expect(count).toBe(1000);
  });

  it('what is silent behind a dead gateway belongs to the gateway’s ticket', async () => {
    await desk.respond(
      leak({
        kind: 'gateway_dead',
        faultClass: 'gateway_dead',
        severity: 'warning',
        deviceId: estate.gateway,
        nativeId: 'binhu-gw-01',
      }),
    );
    const child = await addDevice(test.database.db, { nativeId: '0x2', gatewayId: estate.gateway });
    const { assetId: _, ...silent } = leak({
      kind: 'sensor_silent',
      faultClass: 'device_silent',
      severity: 'warning',
      deviceId: child,
      nativeId: '0x2',
    });
    await desk.respond(silent);
    const [id = 0, ...others] = await ticketIds(test.database);
    expect(others).toEqual([]);
    expect(await desk.look(id)).toMatchObject({ faultClass: 'gateway_dead', occurrences: 2 });
  });

  it('a sensor that falls silent once its gateway is back has a ticket of its own', async () => {
    const dead = { kind: 'gateway_dead', faultClass: 'gateway_dead', deviceId: estate.gateway } as const;
    await desk.respond(leak(dead));
    await desk.respond(leak({ ...dead, state: 'resolved' }));
    const child = await addDevice(test.database.db, { nativeId: '0x2', gatewayId: estate.gateway });
    await desk.respond(
      leak({ kind: 'sensor_silent', faultClass: 'device_silent', deviceId: child, nativeId: '0x2' }),
    );
    const tickets = await Promise.all((await ticketIds(test.database)).map((id) => desk.look(id)));
    expect(tickets.map(({ faultClass, occurrences }) => `${faultClass} ${occurrences}`)).toEqual([
      'gateway_dead 1',
      'device_silent 1',
    ]);
  });

  it('a child without an asset of its own is where its gateway is', async () => {
    const child = await addDevice(test.database.db, { nativeId: '0x2', gatewayId: estate.gateway });
    const { assetId: _, ...change } = leak({ deviceId: child, nativeId: '0x2' });
    await desk.respond(change);
    const [id = 0] = await ticketIds(test.database);
    expect(await desk.look(id)).toMatchObject({
      company: { name: 'binhu-wuye' },
      asset: { name: '3 号楼', path: ['滨湖苑'] },
      grid: { name: '滨湖一网格' },
    });
  });
});

describe('two sensors', () => {
  it('of one building are two points, for it holds many', async () => {
    const { building } = estate.assets;
    await desk.respond(
      leak({ nativeId: 'a', assetId: building }),
      leak({ nativeId: 'b', assetId: building }),
    );
    expect(await ticketIds(test.database)).toHaveLength(2);
  });

  it('of one pipe are one', async () => {
    await desk.respond(leak({ nativeId: 'a' }), leak({ nativeId: 'b' }));
    const [id = 0, ...others] = await ticketIds(test.database);
    expect(others).toEqual([]);
    expect(await desk.look(id)).toMatchObject({ occurrences: 2 });
  });
});

describe('what joins a ticket', () => {
  it('raises its severity, and the shorter deadline counts minus what has elapsed', async () => {
    await desk.respond(leak(warning));
    const [id = 0] = await ticketIds(test.database);
    await desk.tickets.accept(id, estate.people.manager);
    await desk.pass(90 * MINUTE);
    await desk.respond(leak({ ...warning, kind: 'burst_suspected', severity: 'critical' }));
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      severity: 'critical',
      kind: 'burst_suspected',
      occurrences: 2,
      owner: { name: 'manager' },
    });
    expect(ticket.clock).toMatchObject({
      limitMs: 2 * HOUR,
      elapsedMs: 90 * MINUTE,
      dueAt: NOON_MS + 2 * HOUR,
    });
    expect((await told(test.database, id)).at(-1)).toBe('manager ticket_again');
    await desk.respond(leak(warning));
    expect(await desk.look(id)).toMatchObject({ severity: 'critical', kind: 'burst_suspected' });
  });

  it('is told once where it repeats itself or flaps, and again once it had been well for minutes', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    await desk.respond(leak());
    expect((await told(test.database, id)).filter((line) => line.endsWith('again'))).toEqual([]);
    await desk.respond(leak({ state: 'resolved' }));
    expect((await desk.look(id)).recoveredAt).toBe(NOON_MS);
    for (let minute = 0; minute < 30; minute += 3) {
      await desk.respond(leak());
      await desk.respond(leak({ state: 'resolved' }));
      await desk.clock.advance(3 * MINUTE);
    }
    expect((await told(test.database, id)).filter((line) => line.endsWith('again'))).toEqual([]);
    await desk.clock.advance(10 * MINUTE);
    await desk.respond(leak());
    expect((await desk.look(id)).recoveredAt).toBeNull();
    expect((await told(test.database, id)).filter((line) => line.endsWith('again'))).toHaveLength(2);
  });

  it('is not well because a warning was not repeated: somebody has to look', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    const evidence = { signal: 'breaker_fault' as const, receivedAt: NOON_MS, lapsed: true };
    await desk.respond(leak({ state: 'resolved', evidence }));
    expect((await desk.look(id)).recoveredAt).toBeNull();
  });

  it('says in the time line why a breaker tripped, each time', async () => {
    const trip = (cause: string) =>
      leak({
        faultClass: 'breaker_trip',
        kind: 'breaker_tripped',
        evidence: { signal: 'breaker_fault', value: true, cause, stage: 'trip', receivedAt: NOON_MS },
      });
    await desk.respond(trip('overload'));
    await desk.respond(trip('short_circuit'));
    const [id = 0] = await ticketIds(test.database);
    const { timeline } = await desk.look(id);
    const causes = timeline.flatMap(({ kind, detail }) =>
      kind === 'reported' || kind === 'occurrence' ? [detail.cause] : [],
    );
    expect(causes).toEqual(['overload', 'short_circuit']);
  });

  it('recovers with its alert, though the device watches something else by then', async () => {
    const alertId = await alert('water_leak');
    await desk.respond(leak({ alertId }));
    const [id = 0] = await ticketIds(test.database);
    await test.database.db
      .updateTable('alerts')
      .set({ state: 'resolved' })
      .where('id', '=', alertId)
      .execute();
    await desk.respond(leak({ alertId, state: 'resolved', assetId: estate.assets.breaker }));
    expect((await desk.look(id)).recoveredAt).toBe(NOON_MS);
  });

  it('recovers only when the last of its alerts has', async () => {
    const { db } = test.database;
    const [a, b] = [await alert('a'), await alert('b')];
    await desk.respond(leak({ alertId: a }), leak({ alertId: b, rule: 'b' }));
    const [id = 0] = await ticketIds(test.database);
    const linked = await db.selectFrom('alerts').select('ticket_id').execute();
    expect(linked.map((row) => row.ticket_id)).toEqual([id, id]);
    await db.updateTable('alerts').set({ state: 'resolved' }).where('id', '=', a).execute();
    await desk.respond(leak({ alertId: a, state: 'resolved' }));
    expect((await desk.look(id)).recoveredAt).toBeNull();
    await db.updateTable('alerts').set({ state: 'resolved' }).where('id', '=', b).execute();
    await desk.respond(leak({ alertId: b, state: 'resolved' }));
    expect((await desk.look(id)).recoveredAt).toBe(NOON_MS);
  });

  it('is not closed by itself while its sensor still alarms, whatever people verified', async () => {
    const { db } = test.database;
    const id = await verifiedWith(await alert('a'));
    await desk.pass(4 * DAY);
    const ticket = await desk.look(id);
    expect(ticket.status).toBe('verified');
    expect(ticket.timeline.findLast((entry) => entry.kind === 'reminded')?.detail).toEqual({
      waits: 'sensor',
    });
    await db.updateTable('alerts').set({ state: 'resolved' }).execute();
    await desk.pass(DAY);
    expect(await desk.look(id)).toMatchObject({ status: 'closed' });
  });

  it('sends work that was said to be done back to whoever did it', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    const { manager } = estate.people;
    await desk.tickets.accept(id, manager);
    await desk.tickets.start(id, manager);
    await desk.tickets.addPhoto(id, manager, { stage: 'after', bytes: jpeg() });
    await desk.pass(20 * MINUTE);
    await desk.tickets.finish(id, manager, { note: '好了' });
    await desk.pass(HOUR);
    await desk.respond(leak());
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'in_progress',
      owner: { name: 'manager' },
      clock: { elapsedMs: 20 * MINUTE },
    });
    expect(ticket.timeline.findLast((entry) => entry.kind === 'rejected')?.detail).toEqual({ by: 'sensor' });
    expect((await told(test.database, id)).at(-1)).toBe('manager ticket_rejected');
  });
});

describe('a fault that comes back', () => {
  it('within 7 days of closing opens the same ticket again as rework, no lower than it was', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    await desk.pass(31 * MINUTE);
    await desk.tickets.accept(id, estate.people.community);
    await desk.tickets.start(id, estate.people.community);
    await desk.tickets.addPhoto(id, estate.people.community, { stage: 'after', bytes: jpeg() });
    await desk.tickets.finish(id, estate.people.community, { note: '好了' });
    await desk.respond(leak({ state: 'resolved' }));
    await desk.pass(3 * DAY + HOUR);
    expect(await desk.look(id)).toMatchObject({ status: 'closed', verifiedBy: null });
    desk.clock.set(desk.clock.now() + 6 * DAY);
    await desk.respond(leak());
    const ticket = await desk.look(id);
    expect(await ticketIds(test.database)).toEqual([id]);
    expect(ticket).toMatchObject({
      status: 'dispatched',
      level: 'community',
      reworks: 1,
      owner: null,
      closedAt: null,
      finishedAt: null,
      verifiedAt: null,
      breaches: 1,
      clock: { stage: 'accept', elapsedMs: 0 },
    });
    expect(await told(test.database, id)).toContain('community ticket_reopened');
  });

  it('later than that opens a new one', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    await closeIt(id);
    desk.clock.set(desk.clock.now() + 7 * DAY + 1);
    await desk.respond(leak());
    const [first = 0, second = 0] = await ticketIds(test.database);
    expect([(await desk.look(first)).status, (await desk.look(second)).status]).toEqual([
      'closed',
      'dispatched',
    ]);
  });

  it('and 50 writers see it at once: one reopening, 50 faults', async () => {
    await desk.respond(leak());
    const [id = 0] = await ticketIds(test.database);
    await closeIt(id);
    await Promise.all(Array.from({ length: 50 }, () => desk.respond(leak())));
    expect(await ticketIds(test.database)).toEqual([id]);
    expect(await desk.look(id)).toMatchObject({ reworks: 1, occurrences: 51 });
  });
});
