import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock, createVirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { enqueue } from '../../src/platform/outbox-store.ts';
import {
  createOpenIncident,
  createRecipient,
  fakeChannel,
  put,
  stateOf,
  testNotifier,
} from '../harness/outbox.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { NOON } from '../harness/readings.ts';
import { until } from '../harness/until.ts';

const never = () => new Promise<never>(() => {});

describe('the outbox outlives its senders', () => {
  let database: Database;
  let close: () => Promise<void>;
  let accountId: number;
  let incidentId: number;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    accountId = await createRecipient(database);
    incidentId = await createOpenIncident(database, NOON);
  });
  afterAll(() => close());

  it('what a process was sending when it died is sent by another under the same id', async () => {
    const clock = createVirtualClock(NOON);
    const dying = fakeChannel('fake', never);
    const other = fakeChannel('fake');
    const [id = 0] = await put(database, NOON, { accountId, incidentId });
    testNotifier({ database, clock, channels: [dying] }).dispatch([id]);
    await until(() => dying.sent.length === 1);
    const survivor = testNotifier({ database, clock, channels: [other] });
    clock.set(NOON + 9_999);
    expect(await survivor.sweep()).toBe(0);
    clock.set(NOON + 10_000);
    expect(await survivor.sweep()).toBe(1);
    await survivor.settled();
    expect(other.sent.map((m) => [m.id, m.attempt])).toEqual([[id, 2]]);
    expect((await stateOf(database, id)).state).toBe('accepted');
  });

  it('the refusal that a slow process reports after another took over changes nothing', async () => {
    const clock = createVirtualClock(NOON);
    const answer = Promise.withResolvers<{ fate: 'failed'; reason: string }>();
    const slow = fakeChannel('fake', () => answer.promise);
    const [id = 0] = await put(database, NOON, { accountId, incidentId });
    const first = testNotifier({ database, clock, channels: [slow] });
    first.dispatch([id]);
    await until(() => slow.sent.length === 1);
    clock.set(NOON + 11_000);
    const holding = fakeChannel('fake', never);
    await testNotifier({ database, clock, channels: [holding] }).sweep();
    await until(() => holding.sent.length === 1);
    answer.resolve({ fate: 'failed', reason: 'http 410' });
    await first.settled();
    expect(await stateOf(database, id)).toMatchObject({ state: 'queued', attempts: 2 });
    expect(first.failures).toEqual([]);
    await database.db.deleteFrom('notifications').where('id', '=', id).execute();
  });

  it('many processes that sweep and dispatch at once send each message once', async () => {
    const clock = createVirtualClock(NOON + 60_000);
    const channel = fakeChannel('fake');
    const notifiers = Array.from({ length: 4 }, () => testNotifier({ database, clock, channels: [channel] }));
    const messages = Array.from({ length: 1_500 }, (_, i) =>
      i % 3 ? { accountId, incidentId } : { accountId, template: 'notice' },
    );
    const ids = await put(database, clock.now(), ...messages);
    await Promise.all(
      notifiers.map(async (notifier, i) => {
        notifier.dispatch(i % 2 ? ids : [...ids].reverse());
        await notifier.sweep();
      }),
    );
    await until(async () => {
      const { n } = await database.db
        .selectFrom('notifications')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('id', 'in', ids)
        .where('state', '=', 'accepted')
        .executeTakeFirstOrThrow();
      return n === ids.length;
    });
    expect(channel.sent.map((m) => m.id).sort((a, b) => a - b)).toEqual(ids);
  });

  it('a leg that hangs and legs that fail hold up no other, not even hundreds of them', async () => {
    const clock = createVirtualClock(NOON + 120_000);
    const channels = [
      fakeChannel('hangs', never),
      fakeChannel('fails', () => Promise.reject(new Error('no'))),
      fakeChannel('works'),
    ];
    const notifier = testNotifier({ database, clock, channels });
    const stuck = Array.from({ length: 400 }, () => ({ accountId, channel: 'hangs', template: 'notice' }));
    await put(database, clock.now(), ...stuck);
    await notifier.sweep();
    const ids = await put(
      database,
      clock.now(),
      ...['hangs', 'fails', 'works'].map((channel) => ({ accountId, incidentId, channel })),
    );
    notifier.dispatch(ids);
    await until(async () => (await stateOf(database, ids[2] ?? 0)).state === 'accepted');
  });

  it('dispatch never throws, and what it could not claim is found by a sweep', async () => {
    const clock = createVirtualClock(NOON + 180_000);
    const channel = fakeChannel('fake');
    const [id = 0] = await put(database, clock.now(), { accountId, incidentId });
    let broken = true;
    const handler: ProxyHandler<Database> = {
      get: (target, key) => {
        if (broken && key === 'db') throw new Error('the database is away');
        return target[key as keyof Database];
      },
    };
    const notifier = testNotifier({ database: new Proxy(database, handler), clock, channels: [channel] });
    notifier.dispatch([id]);
    await notifier.settled();
    expect(channel.sent).toEqual([]);
    broken = false;
    await notifier.sweep();
    await notifier.settled();
    expect(channel.sent).toHaveLength(1);
  });

  it('the first attempt begins within milliseconds of the commit', async () => {
    const clock = createSystemClock();
    const begun = new Map<number, number>();
    const channel = fakeChannel('fake', (message) => {
      begun.set(message.id, performance.now());
      return { fate: 'accepted' };
    });
    const notifier = testNotifier({ database, clock, channels: [channel] });
    const waits: number[] = [];
    for (let i = 0; i < 60; i++) {
      const ids = await database.db.transaction().execute((trx) =>
        enqueue(
          trx,
          [1, 2, 3].map(() => ({
            accountId,
            incidentId,
            channel: 'fake',
            template: 'incident_raised',
            why: 'worker',
            payload: {},
          })),
          clock.now(),
        ),
      );
      const committed = performance.now();
      notifier.dispatch(ids);
      await until(() => ids.every((id) => begun.has(id)), { everyMs: 1 });
      waits.push(Math.max(...ids.map((id) => begun.get(id) ?? Number.NaN)) - committed);
    }
    await notifier.settled();
    waits.sort((a, b) => a - b);
    // Some 2 ms where nothing else runs; the sweep would need up to a second.
    expect(waits[30]).toBeLessThan(200);
  });
});
