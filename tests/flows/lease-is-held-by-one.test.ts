import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { holdLease, type Lease } from '../../src/platform/leases.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { until } from '../harness/until.ts';

let shared: TestDatabase;
beforeEach(async () => {
  shared = await openTestDatabase();
});
afterEach(() => shared.close());

const clock = createVirtualClock(Date.parse('2026-11-22T08:00:00Z'));
const DEAD = new Proxy({} as Database['db'], {
  get: () => () => {
    throw new Error('the database does not answer');
  },
});

/** A process that wants the lease; `cut` takes its database away. */
function candidate(owner: string) {
  const told: string[] = [];
  const own = { db: shared.database.db };
  const lease: Lease = holdLease({
    name: 'reader',
    owner,
    database: own,
    clock,
    log: createLogger('silent'),
    taken: () => told.push('taken'),
    lost: () => told.push('lost'),
  });
  return { told, lease, cut: () => (own.db = DEAD) };
}

/** Lets virtual time pass, and real statements be answered. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    await clock.advance(Math.min(left, 250));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('one holds it, the other waits; who gives it back is followed within a second', async () => {
  const first = candidate('a');
  await until(() => first.lease.held());
  const second = candidate('b');
  await pass(20_000);
  expect([first.lease.held(), second.lease.held()]).toEqual([true, false]);
  await first.lease.close();
  await pass(1_500);
  expect(second.lease.held()).toBe(true);
  expect(first.told).toEqual(['taken']);
  await second.lease.close();
});

test('who cannot renew lets go before anybody else may take it', async () => {
  const first = candidate('a');
  await until(() => first.lease.held());
  const second = candidate('b');
  await pass(3_000);
  first.cut();
  const lost = until(() => first.told.includes('lost'), { timeoutMs: 20_000 });
  let both = false;
  for (let i = 0; i < 32 && !second.lease.held(); i++) {
    await pass(250);
    both ||= first.lease.held() && second.lease.held();
  }
  await lost;
  expect(both).toBe(false);
  expect(second.lease.held()).toBe(true);
  await first.lease.close();
  await second.lease.close();
});

test('every new holder and every gap has an epoch of its own', async () => {
  const epoch = async () =>
    (await shared.database.db.selectFrom('leases').select('epoch').executeTakeFirstOrThrow()).epoch;
  const first = candidate('a');
  await until(() => first.lease.held());
  const before = await epoch();
  await pass(3_000);
  expect(await epoch()).toBe(before);
  await first.lease.close();
  await pass(100);
  const again = candidate('a');
  await until(() => again.lease.held());
  expect(await epoch()).toBe(before + 1);
  await again.lease.close();
});
