import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Gauge, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveHub } from '../../src/api/live-hub.ts';
import { loadScopes } from '../../src/api/scope-store.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { announce, LIVE_CHANNEL } from '../../src/platform/live-store.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { addAccount } from '../harness/rescue-village.ts';
import { until } from '../harness/until.ts';

/** A connection that takes what is written, or keeps it waiting. */
class FakeResponse extends EventEmitter {
  written = '';
  writableLength = 0;
  destroyed = false;
  write(text: string): boolean {
    this.written += text;
    return true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

describe('the hub of open pages', () => {
  let test: TestDatabase;
  let hub: LiveHub;
  let accountId: number;
  const registry = new Registry();
  const gauge = new Gauge({ name: 'streams', help: 'open', registers: [registry] });
  const streams = async () => (await gauge.get()).values[0]?.value;
  const failures: unknown[] = [];

  beforeAll(async () => {
    test = await openTestDatabase();
    const { database } = test;
    const log = { ...createLogger('silent'), warn: (problem: unknown) => void failures.push(problem) };
    hub = new LiveHub(
      {
        database,
        clock: createVirtualClock(0),
        log,
        notifier: { receipt: async () => true },
        ticketViews: { facts: async () => new Map() },
      },
      gauge,
    );
    await database.listen(LIVE_CHANNEL, (payload) => hub.announced(payload));
    accountId = (await addAccount(database.db, 'viewer', ['family'])).id;
  });
  afterAll(() => test.close());

  async function open(): Promise<FakeResponse> {
    const scope = (await loadScopes(test.database.db, [accountId])).get(accountId);
    if (!scope) throw new Error('no scope');
    const response = new FakeResponse();
    await hub.open({ accountId, token: 'x', scope, response: response as unknown as ServerResponse });
    return response;
  }
  const tell = (id: number) => announce(test.database.db, { type: 'claim', id, accounts: [accountId] });

  it('drops a page that reads nothing, and tells the others on', async () => {
    const deaf = await open();
    const other = await open();
    expect(await streams()).toBe(2);
    deaf.writableLength = 70_000;
    await tell(1);
    await until(() => other.written.includes('"id":1'), { what: 'the event' });
    expect([deaf.destroyed, other.destroyed, await streams()]).toEqual([true, false, 1]);
    expect(deaf.written).not.toContain('"id":1');
    hub.endAll();
  });

  it('keeps the newest twenty pages of one account', async () => {
    const pages: FakeResponse[] = [];
    for (let i = 0; i < 22; i++) pages.push(await open());
    expect(pages.map((page) => page.destroyed).indexOf(false)).toBe(2);
    expect(await streams()).toBe(20);
    hub.endAll();
  });

  it('forgets a page that closes', async () => {
    const page = await open();
    page.emit('close');
    expect(await streams()).toBe(0);
  });

  it('lives on when something announces nonsense', async () => {
    const page = await open();
    for (const payload of [
      '',
      'null',
      '[]',
      '{"type":1}',
      '{"type":"incident","id":"x"}',
      '{"type":"x","id":1}',
    ])
      hub.announced(payload);
    await tell(2);
    await until(() => page.written.includes('"id":2'), { what: 'the event' });
    expect(failures).toEqual([]);
    hub.endAll();
  });

  it('has all pages start over when the database does not answer', async () => {
    const page = await open();
    const broken = { ...test.database, db: undefined as never };
    const warned: unknown[] = [];
    const sick = new LiveHub(
      {
        database: broken,
        clock: createVirtualClock(0),
        log: { ...createLogger('silent'), warn: (problem: unknown) => void warned.push(problem) },
        notifier: { receipt: async () => true },
        ticketViews: { facts: async () => new Map() },
      },
      gauge,
    );
    await sick
      .open({
        accountId,
        token: 'x',
        scope: {} as never,
        response: page as unknown as ServerResponse,
      })
      .catch(() => undefined);
    sick.announced(JSON.stringify({ type: 'incident', id: 1 }));
    await until(() => page.destroyed, { what: 'the end of the stream' });
    expect(warned).toHaveLength(1);
    hub.endAll();
  });
});
