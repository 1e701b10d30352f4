import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadScopes } from '../../src/api/scope-store.ts';
import { seesTicket } from '../../src/tickets/ticket-sight.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  addAccount,
  addCompany,
  buildEstate,
  type Desk,
  fault,
  jpeg,
  NOON_MS,
  type Person,
  startDesk,
  type TicketEstate,
  ticketIds,
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

async function open(more: Parameters<typeof fault>[2] = {}): Promise<number> {
  await desk.respond(fault(estate, desk.clock.now(), more));
  return (await ticketIds(test.database)).at(-1) ?? 0;
}
const refusal = (code: string) => ({ code });
const actionsOf = async (id: number, who: Person) => (await desk.views.get(who, id)).actions;

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

  it('the same whether one asks the tables or the facts, whatever its level and whoever has a task in it', async () => {
    const { db } = test.database;
    const agree = async (id: number) => {
      const facts = (await desk.views.facts([id])).get(id);
      const everybody = Object.values(people);
      const scopes = await loadScopes(
        db,
        everybody.map((who) => who.id),
      );
      for (const who of everybody) {
        const scope = scopes.get(who.id);
        const isListed = (await desk.views.list(who, {})).some((each) => each.id === id);
        expect([who.id, scope && facts && seesTicket(scope, facts)]).toEqual([who.id, isListed]);
      }
    };
    const id = await open();
    await agree(id);
    await desk.tickets.takeOver(id, people.street);
    await desk.tickets.assign(id, people.street, { companyId: estate.otherCompany });
    await agree(id);
    expect(await desk.views.list(people.otherManager, {})).toHaveLength(1);
    const { assetId: _, gatewayId: __, deviceId: ___, ...bare } = fault(estate, desk.clock.now());
    await desk.respond({ ...bare, nativeId: 'lost' });
    await agree((await ticketIds(test.database)).at(-1) ?? 0);
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
