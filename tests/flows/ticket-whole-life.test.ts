import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildEstate,
  type Desk,
  fault,
  jpeg,
  kindsOf,
  MINUTE,
  NOON_MS,
  startDesk,
  type TicketEstate,
  ticketIds,
  told,
} from '../harness/ticket-estate.ts';

describe('the whole life of a ticket: a burst pipe is mended', () => {
  let test: TestDatabase;
  let estate: TicketEstate;
  let desk: Desk;
  let id: number;

  beforeAll(async () => {
    test = await openTestDatabase();
    estate = await buildEstate(test.database);
    desk = startDesk(test.database);
  });
  afterAll(() => test.close());

  it('opens with the company of the estate, the path of the asset and 30 minutes to accept it', async () => {
    await desk.respond(fault(estate, desk.clock.now()));
    [id = 0] = await ticketIds(test.database);
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'dispatched',
      level: 'property',
      faultClass: 'water_leak',
      company: { name: 'binhu-wuye' },
      grid: { name: '滨湖一网格' },
      asset: { name: '给水立管', path: ['滨湖苑', '3 号楼'] },
      owner: null,
      clock: { stage: 'accept', unit: 'round_the_clock', dueAt: NOON_MS + 30 * MINUTE, running: true },
    });
    expect(await told(test.database, id)).toEqual([
      'manager ticket_dispatched',
      'manager2 ticket_dispatched',
    ]);
    expect(desk.dispatched).toHaveLength(2);
  });

  it('a manager accepts it, once; another is told whose it is', async () => {
    const { manager, manager2 } = estate.people;
    await desk.tickets.accept(id, manager);
    await desk.tickets.accept(id, manager);
    await expect(desk.tickets.accept(id, manager2)).rejects.toMatchObject({
      code: 'TICKET_TAKEN',
      details: { owner: 'manager' },
    });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'accepted',
      owner: { name: 'manager' },
      clock: { stage: 'finish' },
    });
    expect(kindsOf(ticket).filter((kind) => kind === 'accepted')).toHaveLength(1);
  });

  it('a repairer gets the task, starts, and needs a photo of afterwards to finish', async () => {
    const { manager, repairer, otherManager } = estate.people;
    await desk.tickets.assign(id, manager, { accountId: repairer.id, note: '带上抢修卡' });
    await desk.tickets.assign(id, manager, { accountId: repairer.id });
    await expect(desk.tickets.assign(id, manager, { accountId: otherManager.id })).rejects.toMatchObject({
      code: 'TICKET_BAD_ASSIGNEE',
    });
    await desk.tickets.start(id, repairer);
    await desk.tickets.start(id, repairer);
    await expect(desk.tickets.finish(id, repairer, { note: '已更换' })).rejects.toMatchObject({
      code: 'TICKET_PHOTO_MISSING',
    });
    await desk.tickets.addPhoto(id, repairer, { stage: 'before', bytes: jpeg('wet') });
    await expect(desk.tickets.finish(id, repairer, { note: '已更换' })).rejects.toMatchObject({
      code: 'TICKET_PHOTO_MISSING',
    });
    await expect(
      desk.tickets.addPhoto(id, repairer, { stage: 'after', bytes: Buffer.from('<svg onload=x>') }),
    ).rejects.toMatchObject({ code: 'TICKET_PHOTO_UNREADABLE' });
    const first = await desk.tickets.addPhoto(id, repairer, { stage: 'after', bytes: jpeg('dry') });
    expect(await desk.tickets.addPhoto(id, repairer, { stage: 'after', bytes: jpeg('dry') })).toBe(first);
    desk.clock.set(desk.clock.now() + 20 * MINUTE);
    await desk.tickets.finish(id, repairer, { note: '已更换' });
    await desk.tickets.finish(id, repairer, { note: '已更换' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'finished',
      finishedBy: { name: 'repairer' },
      assignees: [],
      note: '已更换',
      clock: { running: false, elapsedMs: 20 * MINUTE, dueAt: null },
    });
    expect(ticket.tasks).toMatchObject([
      { account: { name: 'repairer' }, note: '带上抢修卡', doneAt: desk.clock.now() },
    ]);
    expect(ticket.photos.map((photo) => photo.stage)).toEqual(['before', 'after']);
  });

  it('a desk sends it back, and the clock goes on from where it stood', async () => {
    const { community, repairer } = estate.people;
    desk.clock.set(desk.clock.now() + 30 * MINUTE);
    await desk.tickets.verify(id, community, { ok: false, note: '还在渗水' });
    await desk.tickets.verify(id, community, { ok: false, note: '还在渗水' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({ status: 'in_progress', assignees: [{ name: 'repairer' }] });
    expect(ticket.clock.elapsedMs).toBe(20 * MINUTE);
    expect(ticket.clock.dueAt).toBe(desk.clock.now() + 100 * MINUTE);
    expect(kindsOf(ticket).filter((kind) => kind === 'rejected')).toHaveLength(1);
    desk.clock.set(desk.clock.now() + MINUTE);
    await expect(desk.tickets.finish(id, repairer, { note: '又换' })).rejects.toMatchObject({
      code: 'TICKET_PHOTO_MISSING',
    });
    await desk.tickets.addPhoto(id, repairer, { stage: 'after', bytes: jpeg('really dry') });
    await desk.tickets.finish(id, repairer, { note: '又换' });
  });

  it('the sensor says that it is dry: verified; a desk closes and rates it', async () => {
    const { community, manager } = estate.people;
    await desk.respond(fault(estate, desk.clock.now(), { state: 'resolved' }));
    expect(await desk.look(id)).toMatchObject({
      status: 'verified',
      verifiedBy: null,
      recoveredAt: desk.clock.now(),
    });
    await expect(desk.tickets.close(id, manager)).rejects.toMatchObject({ code: 'TICKET_NOT_YOURS' });
    await desk.tickets.close(id, community);
    await desk.tickets.close(id, community);
    await desk.tickets.rate(id, community, { rating: 4, note: '第二次才修好' });
    const ticket = await desk.look(id);
    expect(ticket).toMatchObject({
      status: 'closed',
      closedAt: desk.clock.now(),
      rating: 4,
      actions: ['rate'],
    });
    expect(kindsOf(ticket)).toEqual([
      'reported',
      'dispatched',
      'notified',
      'accepted',
      'assigned',
      'notified',
      'started',
      'photo',
      'photo',
      'finished',
      'notified',
      'rejected',
      'notified',
      'photo',
      'finished',
      'notified',
      'recovered',
      'verified',
      'closed',
      'notified',
      'rated',
    ]);
  });
});
