import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildEstate,
  DAY,
  type Desk,
  fault,
  HOUR,
  jpeg,
  kindsOf,
  MINUTE,
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

  it('a lower desk decides nothing about what a higher one has', async () => {
    const id = await open();
    await desk.tickets.escalate(id, people.manager, { reason: '要停水' });
    await desk.tickets.takeOver(id, people.city);
    await desk.tickets.start(id, people.city);
    await desk.tickets.addPhoto(id, people.city, { stage: 'after', bytes: jpeg() });
    await desk.tickets.finish(id, people.city, { note: '好了' });
    for (const who of [people.community, people.street])
      await expect(desk.tickets.verify(id, who, { ok: true })).rejects.toMatchObject(
        refusal('TICKET_NOT_YOURS'),
      );
    expect((await desk.views.get(people.street, id)).actions).toEqual(['comment']);
    await desk.tickets.verify(id, people.admin, { ok: true });
    expect((await desk.look(id)).status).toBe('verified');
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
