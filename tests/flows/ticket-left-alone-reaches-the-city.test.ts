import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildEstate,
  DAY,
  type Desk,
  fault,
  HOUR,
  kindsOf,
  MINUTE,
  NOON_MS,
  startDesk,
  type TicketEstate,
  ticketIds,
  told,
} from '../harness/ticket-estate.ts';

describe('a ticket that is left alone', () => {
  let test: TestDatabase;
  let estate: TicketEstate;
  let desk: Desk;
  let id: number;

  beforeEach(async () => {
    test = await openTestDatabase();
    estate = await buildEstate(test.database);
    desk = startDesk(test.database);
    await desk.respond(fault(estate, desk.clock.now()));
    [id = 0] = await ticketIds(test.database);
  });
  afterEach(() => test.close());

  it('is called to mind at 50 and 80 %, rises at 100 % until the city has it, and never ends there', async () => {
    await desk.pass(15 * MINUTE);
    expect(kindsOf(await desk.look(id)).at(-2)).toBe('reminded');
    await desk.pass(9 * MINUTE);
    expect((await told(test.database, id)).slice(2)).toEqual([
      'manager ticket_reminder',
      'manager2 ticket_reminder',
      'manager ticket_reminder',
      'manager2 ticket_reminder',
      'community ticket_reminder',
      'community2 ticket_reminder',
    ]);
    await desk.pass(5 * MINUTE);
    expect(await desk.look(id)).toMatchObject({ level: 'property', breachList: [] });
    await desk.pass(MINUTE);
    expect(await desk.look(id)).toMatchObject({
      level: 'community',
      status: 'dispatched',
      desk: { name: '滨湖社区' },
      breachList: [
        { stage: 'accept', level: 'property', organisation: 'binhu-wuye', dueAt: NOON_MS + 30 * MINUTE },
      ],
      clock: { stage: 'accept', elapsedMs: 0, dueAt: NOON_MS + 60 * MINUTE },
    });
    await desk.pass(30 * MINUTE);
    expect(await desk.look(id)).toMatchObject({
      level: 'city',
      desk: { name: '鄂州市' },
      status: 'dispatched',
    });
    await desk.pass(30 * MINUTE);
    const atCity = await desk.look(id);
    expect(atCity.breachList.map((breach) => breach.level)).toEqual(['property', 'community', 'city']);
    await desk.pass(3 * DAY);
    const later = await desk.look(id);
    expect(later).toMatchObject({ level: 'city', status: 'dispatched', breaches: 3 });
    const reminders = later.timeline.filter(
      (entry) => entry.kind === 'reminded' && entry.detail.percent === 100,
    );
    expect(reminders).toHaveLength(4);
    expect((await told(test.database, id)).at(-1)).toBe('city ticket_reminder');
  });

  it('rises from work that is not finished in time, and the work in the field stays the company’s', async () => {
    const { manager, community } = estate.people;
    await desk.tickets.accept(id, manager);
    await desk.tickets.start(id, manager);
    await desk.pass(2 * HOUR);
    const risen = await desk.look(id);
    expect(risen).toMatchObject({
      level: 'community',
      status: 'dispatched',
      owner: null,
      company: { name: 'binhu-wuye' },
      breachList: [{ stage: 'finish', owner: { name: 'manager' } }],
      tasks: [{ company: { name: 'binhu-wuye' }, doneAt: null }],
    });
    await expect(desk.tickets.accept(id, manager)).rejects.toMatchObject({ code: 'TICKET_NOT_YOURS' });
    await desk.tickets.accept(id, community);
    await desk.tickets.start(id, manager);
    expect(await desk.look(id)).toMatchObject({
      status: 'in_progress',
      owner: { name: 'community' },
      level: 'community',
    });
  });

  it('records the breach and the rise together or not at all', async () => {
    await sql`create function fail() returns trigger language plpgsql as $$ begin raise exception 'the machine dies here'; end $$`.execute(
      test.database.db,
    );
    await sql`create trigger dies before insert on notifications for each row execute function fail()`.execute(
      test.database.db,
    );
    desk.clock.set(NOON_MS + 31 * MINUTE);
    await desk.tickets.sweep();
    expect(await desk.look(id)).toMatchObject({ level: 'property', breaches: 0, status: 'dispatched' });
    await sql`drop trigger dies on notifications`.execute(test.database.db);
    const restarted = startDesk(test.database, { clock: desk.clock });
    await restarted.tickets.sweep();
    expect(await desk.look(id)).toMatchObject({ level: 'community', breaches: 1 });
  });

  it('rises once, however many processes look at the same moment', async () => {
    desk.clock.set(NOON_MS + 31 * MINUTE);
    const processes = Array.from({ length: 8 }, () => startDesk(test.database, { clock: desk.clock }));
    const moved = await Promise.all(processes.map((each) => each.tickets.sweep()));
    expect(moved.reduce((sum, each) => sum + each, 0)).toBe(1);
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({ level: 'community', breaches: 1 });
    expect(kindsOf(ticket).filter((kind) => kind === 'escalated')).toHaveLength(1);
  });

  it('is found by the auditor where nothing would have looked at it again', async () => {
    await test.database.db.updateTable('tickets').set({ next_at: null }).where('id', '=', id).execute();
    desk.clock.set(NOON_MS + 31 * MINUTE);
    await desk.tickets.sweep();
    expect(desk.repaired()).toBe(1);
    expect(await desk.look(id)).toMatchObject({ level: 'community', breaches: 1 });
  });

  it('the database itself refuses a level that falls and a breach that is edited', async () => {
    await desk.pass(31 * MINUTE);
    const { db } = test.database;
    await expect(db.updateTable('tickets').set({ level: 'property' }).execute()).rejects.toThrow(
      'never falls',
    );
    await expect(db.deleteFrom('ticket_breaches').execute()).rejects.toThrow('append-only');
    await expect(db.updateTable('ticket_breaches').set({ level: 'city' }).execute()).rejects.toThrow(
      'append-only',
    );
  });
});

describe('where nobody is', () => {
  let test: TestDatabase;
  let estate: TicketEstate;

  beforeEach(async () => {
    test = await openTestDatabase();
    estate = await buildEstate(test.database);
  });
  afterEach(() => test.close());

  it('on duty, all managers are told; on duty, he alone', async () => {
    const { db } = test.database;
    await db
      .insertInto('company_shifts')
      .values({
        company_id: estate.company,
        account_id: estate.people.manager2.id,
        weekday: 1,
        from_minute: 480,
        to_minute: 1200,
      })
      .execute();
    const desk = startDesk(test.database);
    await desk.respond(fault(estate, desk.clock.now()));
    const [id = 0] = await ticketIds(test.database);
    expect(await told(test.database, id)).toEqual(['manager2 ticket_dispatched']);
    desk.clock.set(NOON_MS + 9 * HOUR);
    await desk.respond(fault(estate, desk.clock.now(), { assetId: estate.assets.breaker }));
    const [, second = 0] = await ticketIds(test.database);
    expect(await told(test.database, second)).toEqual([
      'manager ticket_dispatched',
      'manager2 ticket_dispatched',
    ]);
  });

  it('in the company, the community has it at once; at no desk of it, the street; at none, the city; at none, the admins', async () => {
    const { db } = test.database;
    const open = async (): Promise<[string | undefined, readonly string[], readonly string[]]> => {
      const desk = startDesk(test.database);
      await db
        .updateTable('tickets')
        .set({ status: 'closed', closed_at: new Date(0), next_at: null })
        .execute();
      await desk.respond(fault(estate, desk.clock.now()));
      const id = (await ticketIds(test.database)).at(-1) ?? 0;
      const ticket = await desk.look(id);
      const nobody = ticket.timeline.flatMap((entry) =>
        entry.kind === 'nobody' ? [String(entry.detail.level)] : [],
      );
      return [`${ticket.level} ${ticket.status}`, nobody, await told(test.database, id)];
    };
    await db.updateTable('accounts').set({ active: false }).where('login', 'like', 'manager%').execute();
    expect(await open()).toEqual([
      'community dispatched',
      ['property'],
      ['community ticket_dispatched', 'community2 ticket_dispatched'],
    ]);
    await db.deleteFrom('desk_members').where('grid_id', '=', estate.grids.community).execute();
    expect(await open()).toEqual(['community dispatched', ['property'], ['street ticket_dispatched']]);
    await db.deleteFrom('desk_members').where('grid_id', '=', estate.grids.street).execute();
    expect(await open()).toEqual(['city dispatched', ['property', 'community'], ['city ticket_dispatched']]);
    await db.deleteFrom('desk_members').execute();
    expect(await open()).toEqual(['city dispatched', ['property', 'community'], ['admin ticket_dispatched']]);
    await db
      .updateTable('accounts')
      .set({ roles: ['family'] })
      .where('login', '=', 'city')
      .execute();
  });

  it('a place without company and grid is every desk’s', async () => {
    const desk = startDesk(test.database);
    const { assetId: _, gatewayId: __, deviceId: ___, ...bare } = fault(estate, desk.clock.now());
    await desk.respond({ ...bare, nativeId: 'lost' });
    const [id = 0] = await ticketIds(test.database);
    expect(await desk.look(id)).toMatchObject({ level: 'community', company: null, grid: null, desk: null });
    expect(await told(test.database, id)).toEqual([
      'street ticket_dispatched',
      'community ticket_dispatched',
      'community2 ticket_dispatched',
    ]);
    await desk.tickets.accept(id, estate.people.street);
    expect(await desk.look(id)).toMatchObject({ status: 'accepted', owner: { name: 'street' } });
  });
});
