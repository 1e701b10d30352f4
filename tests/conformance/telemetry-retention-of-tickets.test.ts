import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../../src/platform/database.ts';
import { dayOf, ensureDayPartitions } from '../../src/platform/day-partitions-store.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createRetention } from '../../src/telemetry/retention.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import {
  buildEstate,
  DAY,
  type Desk,
  fault,
  jpeg,
  MINUTE,
  NOON_MS,
  startDesk,
  type TicketEstate,
  ticketIds,
} from '../harness/ticket-estate.ts';

describe('what belongs to a ticket', () => {
  let test: TestDatabase;
  let estate: TicketEstate;
  let desk: Desk;
  beforeAll(async () => {
    test = await openTestDatabase();
    estate = await buildEstate(test.database);
    desk = startDesk(test.database);
  });
  afterAll(() => test.close());

  const uplink = (native_id: string, receivedAt: number) =>
    test.database.db
      .insertInto('uplinks')
      .values({
        received_at: at(receivedAt),
        protocol: 'zigbee2mqtt',
        transport: 'mqtt',
        native_id,
        source: '',
        command: '',
        outcome: 'ok',
        reading_count: 1,
        bytes: Buffer.of(1),
      })
      .execute();

  const sweepAt = async (ms: number) => {
    const { database } = test;
    desk.clock.set(ms);
    await createRetention({ database, clock: desk.clock, log: createLogger('silent') }).sweep();
  };

  const left = async () => {
    const { db } = test.database;
    const count = async (
      table: 'ticket_uplinks' | 'ticket_photos' | 'notifications' | 'tickets' | 'ticket_breaches',
    ) => (await db.selectFrom(table).selectAll().execute()).length;
    return {
      uplinks: await count('ticket_uplinks'),
      photos: await count('ticket_photos'),
      messages: (await count('notifications')) > 0,
      tickets: await count('tickets'),
    };
  };

  it('is kept until three years after it was closed, and the ticket itself for good', async () => {
    const { db } = test.database;
    await ensureDayPartitions(db, 'uplinks', dayOf(NOON_MS) - 1, dayOf(NOON_MS) + 1);
    await desk.respond(fault(estate, NOON_MS));
    const [id = 0] = await ticketIds(test.database);
    await desk.tickets.addPhoto(id, estate.people.manager, { stage: 'before', bytes: jpeg() });
    await uplink('0x00158d0000000001', NOON_MS - 9 * MINUTE);
    await uplink('0x00158d0000000001', NOON_MS - 11 * MINUTE);
    await uplink('0x00158d0000000002', NOON_MS);
    await sweepAt(NOON_MS + 91 * DAY);
    expect(await left()).toEqual({ uplinks: 1, photos: 1, messages: true, tickets: 1 });
    await db
      .updateTable('tickets')
      .set({ status: 'closed', next_at: null, closed_at: at(NOON_MS + DAY) })
      .execute();
    await sweepAt(NOON_MS + 3 * 365 * DAY);
    expect(await left()).toEqual({ uplinks: 0, photos: 1, messages: true, tickets: 1 });
    await sweepAt(NOON_MS + 3 * 366 * DAY);
    expect(await left()).toEqual({ uplinks: 0, photos: 0, messages: false, tickets: 1 });
  });
});
