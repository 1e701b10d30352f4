import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addAccount,
  addCompany,
  buildEstate,
  DAY,
  type Desk,
  fault,
  HOUR,
  jpeg,
  kindsOf,
  MINUTE,
  NOON_MS,
  type Person,
  startDesk,
  type TicketEstate,
  ticketIds,
  told,
} from '../harness/ticket-estate.ts';

let test: TestDatabase;
let estate: TicketEstate;
let desk: Desk;
let people: TicketEstate['people'];

beforeEach(async () => {
  test = await openTestDatabase();
  estate = await buildEstate(test.database);
  people = estate.people;
  desk = startDesk(test.database);
});
afterEach(() => test.close());

const battery = { faultClass: 'device_battery', kind: 'battery_low', severity: 'warning' } as const;

async function open(more: Parameters<typeof fault>[2] = {}): Promise<number> {
  await desk.respond(fault(estate, desk.clock.now(), more));
  return (await ticketIds(test.database)).at(-1) ?? 0;
}
const refusal = (code: string) => ({ code });
const actionsOf = async (id: number, who: Person) => (await desk.views.get(who, id)).actions;

describe('mis-dispatched', () => {
  it('goes back to the dispatcher once, with its reason, and is given to another company', async () => {
    const id = await open();
    await expect(desk.tickets.return(id, people.repairer, { reason: '不归我们管' })).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
    await desk.tickets.return(id, people.manager, { reason: '不归我们管' });
    await desk.tickets.return(id, people.manager, { reason: '不归我们管' });
    const returned = await desk.look(id);
    expect(returned).toMatchObject({ status: 'reported', level: 'property', company: null, owner: null });
    expect(kindsOf(returned).filter((kind) => kind === 'returned')).toHaveLength(1);
    expect((await told(test.database, id)).slice(-2)).toEqual([
      'community ticket_returned',
      'community2 ticket_returned',
    ]);
    await expect(desk.tickets.accept(id, people.manager)).rejects.toMatchObject(refusal('TICKET_NOT_FOUND'));
    await expect(desk.tickets.dispatch(id, people.community, { companyId: 999 })).rejects.toMatchObject(
      refusal('TICKET_BAD_COMPANY'),
    );
    await desk.tickets.dispatch(id, people.community, { companyId: estate.otherCompany });
    await desk.tickets.dispatch(id, people.community, { companyId: estate.otherCompany });
    expect(await desk.look(id)).toMatchObject({
      status: 'dispatched',
      company: { name: 'other-wuye' },
      desk: null,
    });
    expect((await told(test.database, id)).at(-1)).toBe('otherManager ticket_dispatched');
    await expect(
      desk.tickets.return(id, people.otherManager, { reason: '也不归我们' }),
    ).rejects.toMatchObject(refusal('TICKET_RETURNED_BEFORE'));
  });

  it('and left lying by the dispatcher rises like any other', async () => {
    const id = await open();
    await desk.tickets.return(id, people.manager, { reason: '不归我们管' });
    await desk.pass(31 * MINUTE);
    expect(await desk.look(id)).toMatchObject({
      level: 'community',
      status: 'dispatched',
      breachList: [{ level: 'property', organisation: '滨湖社区' }],
    });
  });

  it('never goes back once it has risen', async () => {
    const id = await open();
    await desk.pass(31 * MINUTE);
    await expect(desk.tickets.return(id, people.manager, { reason: '不归我们管' })).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
  });
});

describe('a pause', () => {
  it('needs a desk’s approval, stops the clock, ends by itself, and never passes its limit', async () => {
    const id = await open(battery);
    await desk.tickets.accept(id, people.manager);
    const monday = NOON_MS;
    expect((await desk.look(id)).clock).toMatchObject({ unit: 'working_days', dueAt: monday + 9 * DAY });
    await expect(
      desk.tickets.pause(id, people.manager, { reason: '等配件', until: monday + 20 * DAY }),
    ).rejects.toMatchObject({
      code: 'TICKET_PAUSE_TOO_LONG',
      details: { atMostMs: 15 * DAY },
    });
    await expect(
      desk.tickets.pause(id, people.manager, { reason: '等配件', until: monday - 1 }),
    ).rejects.toMatchObject(refusal('TICKET_PAUSE_TOO_LONG'));
    await desk.pass(DAY);
    const until = monday + 8 * DAY;
    await desk.tickets.pause(id, people.manager, { reason: '等配件', until });
    await desk.tickets.pause(id, people.manager, { reason: '等配件', until });
    expect(await desk.look(id)).toMatchObject({
      status: 'accepted',
      request: { kind: 'pause', reason: '等配件', until, by: { name: 'manager' } },
    });
    await expect(desk.tickets.approve(id, people.manager, {})).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
    await desk.tickets.approve(id, people.community, { note: '同意' });
    await desk.tickets.approve(id, people.community, { note: '同意' });
    const paused = await desk.look(id);
    expect(paused).toMatchObject({ status: 'paused', pausedUntil: until, request: null });
    expect(paused.clock).toMatchObject({ running: false, elapsedMs: DAY, dueAt: null });
    expect(kindsOf(paused).filter((kind) => kind === 'paused')).toHaveLength(1);
    await desk.pass(7 * DAY);
    const resumed = await desk.look(id);
    expect(resumed).toMatchObject({ status: 'accepted', pausedUntil: null });
    expect(resumed.clock).toMatchObject({ running: true, elapsedMs: DAY, dueAt: until + 8 * DAY });
    await expect(
      desk.tickets.pause(id, people.manager, { reason: '再等', until: desk.clock.now() + 9 * DAY }),
    ).rejects.toMatchObject({ details: { atMostMs: 8 * DAY } });
  });

  it('that is refused changes nothing but says why', async () => {
    const id = await open(battery);
    await desk.tickets.accept(id, people.manager);
    await desk.tickets.pause(id, people.manager, { reason: '忙', until: NOON_MS + DAY });
    await desk.tickets.refuse(id, people.street, { note: '不是理由' });
    await desk.tickets.refuse(id, people.street, { note: '不是理由' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({ status: 'accepted', request: null, clock: { running: true } });
    expect(ticket.timeline.findLast((entry) => entry.kind === 'pause_refused')?.detail).toEqual({
      note: '不是理由',
    });
    await expect(desk.tickets.approve(id, people.street, {})).rejects.toMatchObject(
      refusal('TICKET_WRONG_STATE'),
    );
  });

  it('is never for what is urgent, and ends when it becomes urgent', async () => {
    const urgent = await open();
    await desk.tickets.accept(urgent, people.manager);
    await expect(
      desk.tickets.pause(urgent, people.manager, { reason: '忙', until: NOON_MS + HOUR }),
    ).rejects.toMatchObject(refusal('TICKET_NO_PAUSE'));
    expect(await actionsOf(urgent, people.manager)).not.toContain('pause');
    const supply = { faultClass: 'water_supply', kind: 'pressure_low', severity: 'warning' } as const;
    const id = await open(supply);
    await desk.tickets.accept(id, people.manager);
    await desk.tickets.start(id, people.manager);
    await desk.pass(HOUR);
    await desk.tickets.pause(id, people.manager, { reason: '等配件', until: NOON_MS + DAY });
    await desk.tickets.approve(id, people.community, {});
    await desk.pass(5 * HOUR);
    await open({ ...supply, kind: 'burst_suspected', severity: 'critical' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({ status: 'in_progress', severity: 'critical', pausedUntil: null });
    expect(ticket.clock).toMatchObject({ running: true, elapsedMs: HOUR, dueAt: desk.clock.now() + HOUR });
  });
});

describe('more time', () => {
  it('is asked for once, granted by another, and at most the limit once more', async () => {
    const id = await open(battery);
    await expect(
      desk.tickets.extend(id, people.manager, { reason: '缺货', byMs: DAY }),
    ).rejects.toMatchObject(refusal('TICKET_WRONG_STATE'));
    await desk.tickets.accept(id, people.manager);
    const { dueAt } = (await desk.look(id)).clock;
    await expect(
      desk.tickets.extend(id, people.manager, { reason: '缺货', byMs: 8 * DAY }),
    ).rejects.toMatchObject(refusal('TICKET_EXTENSION_TOO_LONG'));
    await desk.tickets.extend(id, people.manager, { reason: '缺货', byMs: 2 * DAY });
    await desk.tickets.approve(id, people.community, {});
    expect((await desk.look(id)).clock).toMatchObject({ limitMs: 9 * DAY, dueAt: (dueAt ?? 0) + 2 * DAY });
    await expect(
      desk.tickets.extend(id, people.manager, { reason: '还缺', byMs: DAY }),
    ).rejects.toMatchObject(refusal('TICKET_NO_EXTENSION'));
  });
});

describe('above the company', () => {
  it('a desk takes over, gives the field work down as a task, and the ownership stays with it', async () => {
    const id = await open();
    await desk.tickets.accept(id, people.manager);
    await desk.tickets.takeOver(id, people.community);
    await desk.tickets.takeOver(id, people.community);
    expect(await desk.look(id)).toMatchObject({
      level: 'community',
      owner: { name: 'community' },
      status: 'accepted',
    });
    await expect(desk.tickets.finish(id, people.manager, { note: '好了' })).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
    await desk.tickets.assign(id, people.community, { companyId: estate.company, note: '请立即止水' });
    await desk.tickets.assign(id, people.manager, { accountId: people.repairer.id });
    await desk.tickets.start(id, people.repairer);
    await desk.tickets.addPhoto(id, people.repairer, { stage: 'after', bytes: jpeg() });
    await desk.tickets.finish(id, people.repairer, { note: '已止水' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'finished',
      level: 'community',
      owner: { name: 'community' },
      assignees: [],
    });
    await desk.tickets.verify(id, people.community, { ok: true });
    await desk.tickets.close(id, people.community);
    expect((await desk.look(id)).status).toBe('closed');
  });

  it('a lower desk takes nothing from a higher one, and what rose by hand stays up', async () => {
    const id = await open();
    await desk.tickets.escalate(id, people.manager, { reason: '要停整条街的水' });
    await desk.tickets.takeOver(id, people.street);
    expect(await desk.look(id)).toMatchObject({
      level: 'community',
      desk: { name: '滨湖街道' },
      breaches: 0,
    });
    await expect(desk.tickets.takeOver(id, people.community)).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
    await desk.tickets.escalate(id, people.street, { reason: '要市自来水' });
    await desk.tickets.escalate(id, people.street, { reason: '要市自来水' });
    expect(await desk.look(id)).toMatchObject({ level: 'city', status: 'dispatched' });
    await desk.tickets.accept(id, people.city);
    await expect(desk.tickets.takeOver(id, people.street)).rejects.toMatchObject(refusal('TICKET_NOT_YOURS'));
    await expect(desk.tickets.escalate(id, people.city, { reason: '再高' })).rejects.toMatchObject(
      refusal('TICKET_WRONG_STATE'),
    );
  });

  it('a second tap does not raise it twice', async () => {
    const id = await open();
    await desk.tickets.escalate(id, people.community, { reason: '太慢' });
    await desk.tickets.escalate(id, people.community, { reason: '太慢' });
    expect((await desk.look(id)).level).toBe('community');
  });

  it('an admin stands for an empty desk of the city', async () => {
    await test.database.db.deleteFrom('desk_members').execute();
    const id = await open();
    await desk.pass(2 * HOUR);
    expect((await desk.look(id)).level).toBe('city');
    await desk.tickets.accept(id, people.admin);
    expect(await desk.look(id)).toMatchObject({ owner: { name: 'admin' }, level: 'city' });
  });
});

describe('who did the work does not verify it', () => {
  it('even where he sits at the desk', async () => {
    const id = await open();
    await desk.tickets.takeOver(id, people.community);
    await desk.tickets.start(id, people.community);
    await desk.tickets.addPhoto(id, people.community, { stage: 'after', bytes: jpeg() });
    await desk.tickets.finish(id, people.community, { note: '好了' });
    await expect(desk.tickets.verify(id, people.community, { ok: true })).rejects.toMatchObject(
      refusal('TICKET_VERIFIER_IS_FINISHER'),
    );
    expect(await actionsOf(id, people.community)).not.toContain('verify');
    await desk.tickets.verify(id, people.community2, { ok: true });
    await desk.tickets.verify(id, people.community2, { ok: true });
    expect(await desk.look(id)).toMatchObject({ status: 'verified', verifiedBy: { name: 'community2' } });
    await desk.pass(3 * DAY);
    expect((await desk.look(id)).status).toBe('closed');
  });
});

describe('who sees a ticket', () => {
  it('the company, the desks above, the grid’s responders, whoever has a task, admins; nobody else', async () => {
    const id = await open();
    const { db } = test.database;
    await db
      .insertInto('shifts')
      .values({
        grid_id: estate.grids.grid,
        account_id: people.worker.id,
        duty: 'worker',
        weekday: 1,
        from_minute: 0,
        to_minute: 1440,
      })
      .execute();
    const family = await addAccount(db, 'family', ['family']);
    const elsewhere = await addAccount(db, 'elsewhere', ['responder']);
    const seers = [
      people.manager,
      people.repairer,
      people.community,
      people.street,
      people.city,
      people.admin,
      people.worker,
    ];
    for (const who of seers) expect((await desk.views.list(who, {})).map((each) => each.id)).toEqual([id]);
    for (const who of [people.otherManager, family, elsewhere]) {
      expect(await desk.views.list(who, {})).toEqual([]);
      await expect(desk.views.get(who, id)).rejects.toMatchObject(refusal('TICKET_NOT_FOUND'));
      await expect(desk.tickets.comment(id, who, { text: '?' })).rejects.toMatchObject(
        refusal('TICKET_NOT_FOUND'),
      );
      await expect(desk.tickets.addPhoto(id, who, { stage: 'after', bytes: jpeg() })).rejects.toMatchObject(
        refusal('TICKET_NOT_FOUND'),
      );
    }
    await expect(desk.tickets.comment(id, people.worker, { text: '我在现场' })).rejects.toMatchObject(
      refusal('TICKET_NOT_YOURS'),
    );
    expect(await actionsOf(id, people.worker)).toEqual([]);
    expect(await actionsOf(id, people.manager)).toEqual(['accept', 'return', 'escalate', 'comment']);
    expect(await actionsOf(id, people.repairer)).toEqual([]);
    expect(await actionsOf(id, people.community)).toEqual(['dispatch', 'escalate', 'take-over', 'comment']);
  });

  it('and a photo is seen by who sees its ticket', async () => {
    const id = await open();
    const photo = await desk.tickets.addPhoto(id, people.manager, { stage: 'before', bytes: jpeg() });
    expect(await desk.views.photo(people.repairer, photo)).toMatchObject({
      type: 'image/jpeg',
      ticketId: id,
    });
    await expect(desk.views.photo(people.otherManager, photo)).rejects.toMatchObject(
      refusal('TICKET_PHOTO_NOT_FOUND'),
    );
    expect((await desk.look(id)).photos).toMatchObject([{ url: `/api/photos/${photo}` }]);
  });

  it('lists ask for open ones, a status, a company, a device, or an asset with all below it', async () => {
    const id = await open();
    const all = (query: Parameters<typeof desk.views.list>[1]) => desk.views.list(people.admin, query);
    expect(
      await all({
        open: true,
        status: 'dispatched',
        asset: estate.assets.estate,
        device: estate.sensor,
        company: estate.company,
      }),
    ).toMatchObject([{ id }]);
    expect(await all({ open: false })).toEqual([]);
    expect(await all({ asset: estate.assets.breaker })).toEqual([]);
    expect(await all({ company: estate.otherCompany })).toEqual([]);
  });
});

describe('to whom a task may be given', () => {
  it('at level property to people of the company, above it also to companies', async () => {
    const id = await open();
    await desk.tickets.accept(id, people.manager);
    const { assignable } = await desk.views.get(people.manager, id);
    expect(assignable.people.map((person) => person.name)).toEqual(['manager', 'manager2', 'repairer']);
    expect(assignable.companies).toEqual([]);
    await expect(
      desk.tickets.assign(id, people.manager, { companyId: estate.otherCompany }),
    ).rejects.toMatchObject(refusal('TICKET_BAD_ASSIGNEE'));
    await desk.tickets.takeOver(id, people.community);
    const nobody = await addCompany(test.database.db, 'empty', []);
    const above = (await desk.views.get(people.community, id)).assignable;
    expect(above.companies.map((company) => company.name)).toEqual(['binhu-wuye', 'other-wuye']);
    await expect(desk.tickets.assign(id, people.community, { companyId: nobody })).rejects.toMatchObject(
      refusal('TICKET_BAD_ASSIGNEE'),
    );
  });
});

describe('a breaker that a rule wants off', () => {
  it('is switched only where its asset says automatic; either way it is written down', async () => {
    const switched: unknown[] = [];
    desk = startDesk(test.database, { queueSwitchOff: async (_trx, breaker) => switched.push(breaker) });
    const { db } = test.database;
    await db
      .updateTable('devices')
      .set({ asset_id: estate.assets.breaker })
      .where('id', '=', estate.sensor)
      .execute();
    const overload = {
      faultClass: 'electrical_warning',
      kind: 'conductor_hot',
      assetId: estate.assets.breaker,
      switchOff: true,
    } as const;
    const id = await open(overload);
    const outcomes = async () =>
      (await desk.look(id)).timeline.flatMap((entry) =>
        entry.kind === 'switched' ? [entry.detail.outcome] : [],
      );
    expect(await outcomes()).toEqual(['not_allowed']);
    expect(switched).toEqual([]);
    await db
      .updateTable('assets')
      .set({ remote_switch: 'automatic' })
      .where('id', '=', estate.assets.breaker)
      .execute();
    await open(overload);
    expect(await outcomes()).toEqual(['not_allowed', 'queued']);
    expect(switched).toEqual([
      {
        protocol: 'zigbee2mqtt',
        nativeId: '0x00158d0000000001',
        deviceId: estate.sensor,
        channel: '',
        ticketId: id,
        now: NOON_MS,
      },
    ]);
    const audit = await db.selectFrom('audit').select(['action', 'ticket_id', 'device_id']).execute();
    expect(audit).toEqual(
      Array(2).fill({ action: 'downlink_sent', ticket_id: id, device_id: estate.sensor }),
    );
  });
});
