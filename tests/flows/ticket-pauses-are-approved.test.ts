import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildEstate,
  DAY,
  type Desk,
  fault,
  HOUR,
  kindsOf,
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

const battery = { faultClass: 'device_battery', kind: 'battery_low', severity: 'warning' } as const;

async function open(more: Parameters<typeof fault>[2] = {}): Promise<number> {
  await desk.respond(fault(estate, desk.clock.now(), more));
  return (await ticketIds(test.database)).at(-1) ?? 0;
}
const refusal = (code: string) => ({ code });
const actionsOf = async (id: number, who: Person) => (await desk.views.get(who, id)).actions;

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
