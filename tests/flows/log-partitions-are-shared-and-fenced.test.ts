import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { LogConsumer } from '../../src/platform/log-consumer.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { type Partitions, startPartitions } from '../../src/platform/partitions.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { until } from '../harness/until.ts';

let test_: TestDatabase;
/** Of each process that is alive: one that died is a process whose time stands still. */
let clocks: VirtualClock[];
let engines: Partitions[];
beforeEach(async () => {
  test_ = await openTestDatabase();
  clocks = [];
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  await test_.close();
});

type Handle = (partition: number, payloads: string[]) => Promise<void> | void;

function consumer(handle: Handle, name: LogConsumer['name'] = 'rules'): LogConsumer {
  return {
    name,
    batch: 3,
    async handle(_trx, partition, rows) {
      await handle(
        partition,
        rows.map((row) => row.payload),
      );
      return undefined;
    },
    forget() {},
  };
}

const BEGIN = Date.UTC(2026, 10, 22);

async function start(processId: string, consumers: LogConsumer[]): Promise<Partitions> {
  const clock = createVirtualClock(clocks[0]?.now() ?? BEGIN);
  clocks.push(clock);
  const engine = await startPartitions({
    processId,
    roles: ['rules'],
    database: test_.database,
    clock,
    log: createLogger('silent'),
    consumers,
  });
  engines.push(engine);
  return engine;
}

async function append(partition: number, ...payloads: string[]): Promise<void> {
  for (const payload of payloads)
    await sql`
      with n as (update log_partitions set next_no = next_no + 1 where id = ${partition} returning next_no - 1 as no)
      insert into log (partition, no, payload) select ${partition}, no, ${payload} from n`.execute(
      test_.database.db,
    );
}

/** Moves the clocks on until something is true; the sweeps run on them. */
const passing = (what: string, check: () => boolean) =>
  until(
    async () => {
      for (const clock of clocks) await clock.advance(250);
      return check();
    },
    { what },
  );

test('a consumer reads every row once, in order, and each consumer has a cursor of its own', async () => {
  const read: string[] = [];
  const stored: string[] = [];
  let away = true;
  const engine = await start('a', [
    consumer((_p, payloads) => void read.push(...payloads)),
    consumer((_p, payloads) => {
      if (away) throw new Error('the store is away');
      stored.push(...payloads);
    }, 'telemetry'),
  ]);
  const rows = Array.from({ length: 10 }, (_, i) => `row ${i}`);
  await append(2, ...rows);
  void engine.wake([2]);
  await until(() => read.length === 10, { what: 'the rules to have read all' });
  expect(read).toEqual(rows);
  expect(stored).toEqual([]);
  away = false;
  await passing('telemetry to catch up', () => stored.length === 10);
  expect(stored).toEqual(rows);
  expect(read).toHaveLength(10);
});

test('two processes share the partitions, and the living one takes over what a dead one held', async () => {
  const read: string[] = [];
  let isDead = false;
  const first = await start('first', [
    consumer(() => {
      // A sweep that was under way would read the row after all.
      if (isDead) throw new Error('the dead read nothing');
    }),
  ]);
  expect(first.held()).toHaveLength(8);
  const second = await start('second', [consumer((_p, payloads) => void read.push(...payloads))]);
  await passing('a fair share', () => first.held().length === 4 && second.held().length === 4);
  const [orphan] = first.held();
  if (orphan === undefined) throw new Error('nothing was shared');
  isDead = true;
  const still = clocks.shift();
  await append(orphan, 'left behind');
  await passing('the takeover', () => second.held().length === 8);
  await passing('the row of the dead one', () => read.includes('left behind'));
  // What it began ends, so that it can be closed.
  await still?.advance(1_000);
});

test('what a process does after it lost its partition is not committed', async () => {
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let started = false;
  const first = await start('first', [
    consumer(async () => {
      started = true;
      await held;
    }),
  ]);
  await append(5, 'once');
  const work = first.wake([5]);
  await until(() => started, { what: 'the first process to be at work' });
  await sql`update log_partitions set owner = 'second', epoch = epoch + 1 where id = 5`.execute(
    test_.database.db,
  );
  await sql`update log_cursors set epoch = epoch + 1 where partition = 5`.execute(test_.database.db);
  letGo();
  await work;
  const { rows } = await sql<{
    no: number;
  }>`select no from log_cursors where partition = 5 and consumer = 'rules'`.execute(test_.database.db);
  expect(rows).toEqual([{ no: 0 }]);
  expect(first.held()).not.toContain(5);
});
