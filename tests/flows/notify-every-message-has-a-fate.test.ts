import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fate } from '../../src/notify/channel.ts';
import { deliveryStates } from '../../src/notify/delivery.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import {
  acknowledge,
  createOpenIncident,
  createRecipient,
  type FakeChannel,
  fakeChannel,
  put,
  stateOf,
  type TestNotifier,
  testNotifier,
} from '../harness/outbox.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { NOON } from '../harness/readings.ts';
import { until } from '../harness/until.ts';

describe('every message has a fate', () => {
  let database: Database;
  let close: () => Promise<void>;
  let accountId: number;
  let incidentId: number;
  let clock: VirtualClock;
  let channel: FakeChannel;
  let notifier: TestNotifier;

  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    accountId = await createRecipient(database);
  });
  afterAll(() => close());
  beforeEach(async () => {
    clock = createVirtualClock(NOON);
    channel = fakeChannel('fake');
    notifier = testNotifier({ database, clock, channels: [channel] });
    incidentId = await createOpenIncident(database, NOON);
  });

  const putOne = async (given: Parameters<typeof put>[2] = {}): Promise<number> => {
    const [id] = await put(database, clock.now(), { accountId, incidentId, ...given });
    return id ?? 0;
  };
  const send = async (id: number) => {
    notifier.dispatch([id]);
    await notifier.settled();
  };
  /** Lets time go on, from one due time to the next, until the message has an end. */
  const follow = async (id: number) => {
    for (;;) {
      const now = await stateOf(database, id);
      if (now.due_at === null) return now;
      clock.set(now.due_at);
      await notifier.sweep();
      await notifier.settled();
    }
  };

  it.each(['accepted', 'delivered'] as const)('%s is written with the time it was sent', async (fate) => {
    channel.answer = () => ({ fate, providerId: 'p-1' });
    const id = await putOne();
    await send(id);
    expect(await stateOf(database, id)).toMatchObject({
      state: fate,
      attempts: 1,
      due_at: null,
      sent_at: NOON,
    });
    await notifier.sweep();
    await notifier.settled();
    expect(channel.sent).toHaveLength(1);
  });

  it('a refusal for good of an incident message is told at once', async () => {
    channel.answer = () => ({ fate: 'failed', reason: 'http 410' });
    const id = await putOne({ step: 2 });
    await send(id);
    expect(await stateOf(database, id)).toMatchObject({ state: 'failed', reason: 'http 410' });
    expect(notifier.failures).toEqual([{ incidentId, step: 2, notificationId: id }]);
  });

  it('a temporary refusal is tried again after 2, 5, 15, 30 and 60 s, then fails loudly', async () => {
    const times: number[] = [];
    const id = await putOne();
    channel.answer = () => {
      times.push(clock.now() - NOON);
      return { fate: 'retry', reason: 'http 503' };
    };
    await send(id);
    const end = await follow(id);
    expect(times).toEqual([0, 2_000, 7_000, 22_000, 52_000, 112_000]);
    expect(end).toMatchObject({ state: 'failed', reason: 'gave up after 6 attempts: http 503', attempts: 6 });
    expect(notifier.failures).toHaveLength(1);
    expect(notifier.retries.map((r) => r.afterMs)).toEqual([2_000, 5_000, 15_000, 30_000, 60_000]);
  });

  it('a notice is tried for ten minutes, and its failure asks for nobody else', async () => {
    channel.answer = () => ({ fate: 'retry', reason: 'ECONNREFUSED' });
    const [id = 0] = await put(database, NOON, { accountId, template: 'notice' });
    await send(id);
    const end = await follow(id);
    expect(end.state).toBe('failed');
    expect(clock.now() - NOON).toBeGreaterThan(8 * 60_000);
    expect(clock.now() - NOON).toBeLessThanOrEqual(10 * 60_000);
    expect(notifier.failures).toEqual([]);
  });

  it('a provider may ask for a pause, but for no more than a minute', async () => {
    channel.answer = () => ({ fate: 'retry', reason: 'http 429', afterMs: 20_000 });
    const id = await putOne();
    await send(id);
    expect((await stateOf(database, id)).due_at).toBe(NOON + 20_000);
    channel.answer = () => ({ fate: 'retry', reason: 'http 429', afterMs: 86_400_000 });
    clock.set(NOON + 20_000);
    await send(id);
    expect((await stateOf(database, id)).due_at).toBe(NOON + 80_000);
  });

  it('a channel that throws is tried again', async () => {
    channel.answer = () => {
      throw new Error('a fault of ours');
    };
    const id = await putOne();
    await send(id);
    expect(await stateOf(database, id)).toMatchObject({ state: 'queued', reason: 'channel error' });
  });

  it.each([
    ['no such channel', { channel: 'pigeon' }],
    ['no active account', { accountId: undefined }],
  ])('"%s" fails at once', async (reason, given) => {
    const { accountId: to = undefined, ...rest } = { accountId, ...given };
    const message = { incidentId, ...rest, ...(to === undefined ? {} : { accountId: to }) };
    const [id = 0] = await put(database, NOON, message);
    await send(id);
    expect(await stateOf(database, id)).toMatchObject({ state: 'failed', reason });
    expect(notifier.failures).toHaveLength(1);
  });

  it('an account that is not active any more gets nothing', async () => {
    const former = await createRecipient(database);
    await database.db.updateTable('accounts').set({ active: false }).where('id', '=', former).execute();
    const id = await putOne({ accountId: former });
    await send(id);
    expect(await stateOf(database, id)).toMatchObject({ state: 'failed', reason: 'no active account' });
    expect(channel.sent).toEqual([]);
  });

  it('an attempt that hangs is given up after 8 s and tried again; a late "accepted" still counts', async () => {
    const answer = Promise.withResolvers<Fate>();
    channel.answer = () => answer.promise;
    const id = await putOne();
    notifier.dispatch([id]);
    await until(() => channel.sent.length === 1);
    await clock.advance(8_000);
    await until(async () => (await stateOf(database, id)).reason === 'timeout');
    expect(channel.sent[0]?.signal.aborted).toBe(true);
    expect((await stateOf(database, id)).due_at).toBe(NOON + 10_000);
    answer.resolve({ fate: 'accepted' });
    await until(async () => (await stateOf(database, id)).state === 'accepted');
    expect((await stateOf(database, id)).due_at).toBe(null);
  });

  it('a call is not sent any more when somebody has acknowledged since; what was written later is', async () => {
    const [early, info] = [await putOne(), await putOne({ template: 'incident_taken' })];
    await acknowledge(database, incidentId, NOON + 10);
    clock.set(NOON + 20);
    const again = await putOne({ template: 'incident_again' });
    notifier.dispatch([early, info, again]);
    await notifier.settled();
    expect(await stateOf(database, early)).toMatchObject({ state: 'failed', reason: 'taken', attempts: 0 });
    expect((await stateOf(database, info)).state).toBe('accepted');
    expect((await stateOf(database, again)).state).toBe('accepted');
    expect(notifier.failures).toEqual([]);
  });

  it('a call whose incident was given back is sent', async () => {
    const id = await putOne();
    await acknowledge(database, incidentId, NOON + 10);
    await database.db
      .updateTable('incidents')
      .set({ status: 'notified' })
      .where('id', '=', incidentId)
      .execute();
    await send(id);
    expect((await stateOf(database, id)).state).toBe('accepted');
  });

  it('a receipt that is faster than the answer of the channel is not taken back', async () => {
    channel.answer = async (message) => {
      await notifier.receipt(message.id, 'delivered', accountId);
      return { fate: 'accepted' };
    };
    const id = await putOne();
    await send(id);
    expect((await stateOf(database, id)).state).toBe('delivered');
  });

  it("nobody gives a receipt for another's message", async () => {
    const id = await putOne();
    await send(id);
    expect(await notifier.receipt(id, 'read', accountId + 1)).toBe(false);
    expect(await notifier.receipt(id, 'read', accountId)).toBe(true);
    expect((await stateOf(database, id)).state).toBe('read');
  });

  it('a provider that reports a failure later is believed until the message was delivered', async () => {
    const [bounced, read] = [await putOne({ step: 1 }), await putOne()];
    notifier.dispatch([bounced, read]);
    await notifier.settled();
    expect(await notifier.receipt(bounced, 'failed')).toBe(true);
    await notifier.settled();
    expect(notifier.failures).toEqual([{ incidentId, step: 1, notificationId: bounced }]);
    await notifier.receipt(read, 'read');
    expect(await notifier.receipt(read, 'failed')).toBe(false);
  });

  it('receipts in any order, repeated or lost, only move a message forward', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...deliveryStates), { maxLength: 12 }), async (receipts) => {
        const id = await putOne();
        let furthest = 0;
        for (const state of receipts) {
          const moved = await notifier.receipt(id, state);
          const rank = deliveryStates.indexOf(state);
          expect(moved).toBe(rank > furthest);
          furthest = Math.max(furthest, rank);
        }
        expect((await stateOf(database, id)).state).toBe(deliveryStates[furthest]);
      }),
      { numRuns: 40 },
    );
  });
});
