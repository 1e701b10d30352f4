import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/model/readings.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import type { LogConsumer } from '../../src/platform/log-consumer.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { type Partitions, startPartitions } from '../../src/platform/partitions.ts';
import { createTelemetryConsumer } from '../../src/telemetry/consumer.ts';
import { createInfluxStore } from '../../src/telemetry/influx.ts';
import { readLatest } from '../../src/telemetry/latest-store.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import type { TelemetryStore } from '../../src/telemetry/telemetry.ts';
import { startInfluxd, startInfluxProxy } from '../harness/influx.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { NOON, reading } from '../harness/readings.ts';
import { requireProgram } from '../harness/requirements.ts';
import { until } from '../harness/until.ts';

const influxd = requireProgram('influxdb');
const log = createLogger('silent');
const clock = createSystemClock();
const PARTITIONS = 8;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openDatabase(): Promise<Database> {
  const { database, close } = await openTestDatabase();
  cleanUp.push(close);
  return database;
}

/** The engine with the telemetry of `store` beside rules that only count what they are given. */
async function startEngine(database: Database, store: TelemetryStore): Promise<Partitions> {
  const rules: LogConsumer = { name: 'rules', batch: 100, handle: async () => undefined, forget() {} };
  const engine = await startPartitions({
    processId: randomUUID(),
    roles: ['rules'],
    database,
    clock,
    log,
    consumers: [rules, createTelemetryConsumer({ store })],
  });
  cleanUp.push(() => engine.close());
  return engine;
}

/** Writes log rows as ingest does and says which partitions have work. */
async function append(
  database: Database,
  engine: Partitions | undefined,
  readings: Reading[],
): Promise<void> {
  const byPartition = Map.groupBy(readings, (r) => r.deviceId % PARTITIONS);
  for (const [partition, batch] of byPartition) {
    const { next_no } = await database.db
      .updateTable('log_partitions')
      .set((e) => ({ next_no: e('next_no', '+', 1) }))
      .where('id', '=', partition)
      .returning('next_no')
      .executeTakeFirstOrThrow();
    await database.db
      .insertInto('log')
      .values({ partition, no: next_no - 1, payload: JSON.stringify({ readings: batch }) })
      .execute();
  }
  void engine?.wake([...byPartition.keys()]);
}

/** Whether a consumer has read all that is in the log. */
async function isDone(database: Database, consumer: string): Promise<boolean> {
  const cursors = await database.db
    .selectFrom('log_cursors as c')
    .innerJoin('log_partitions as p', 'p.id', 'c.partition')
    .select(['c.no', 'p.next_no'])
    .where('c.consumer', '=', consumer)
    .execute();
  return cursors.every((c) => c.no === c.next_no - 1);
}

const burst = (round: number): Reading[] =>
  Array.from({ length: 200 }, (_, i) =>
    reading({ deviceId: i % 16, observedAt: NOON + round * 1_000_000 + i * 1_000, value: 60 + (i % 50) }),
  );

async function countPoints(store: TelemetryStore): Promise<number> {
  const deviceIds = Array.from({ length: 16 }, (_, i) => i);
  const points = await store.series({
    deviceIds,
    signal: 'heart_rate',
    from: 0,
    to: NOON * 2,
    maxPoints: 100_000,
  });
  return points.length;
}

describe('telemetry out of the log', () => {
  it('stores every reading once in PostgreSQL, with the newest as the latest', async () => {
    const database = await openDatabase();
    const store = createReadingsStore(database.db);
    const engine = await startEngine(database, store);
    for (let round = 0; round < 5; round++) await append(database, engine, burst(round));
    await until(() => isDone(database, 'telemetry'));
    expect(await countPoints(store)).toBe(1_000);
    const [latest] = await readLatest(database.db, [15]);
    expect(latest).toMatchObject({
      signal: 'heart_rate',
      channel: '',
      observedAt: NOON + 4_191_000,
      value: 101,
    });
  });

  it('lets no late, replayed or retained value become the latest', async () => {
    const database = await openDatabase();
    const engine = await startEngine(database, createReadingsStore(database.db));
    await append(database, engine, [reading({ value: 80 })]);
    await append(database, engine, [
      reading({ value: 70, observedAt: NOON - 60_000, origin: 'history' }),
      reading({ value: 71, observedAt: NOON + 60_000, origin: 'replay' }),
      reading({ value: 72, observedAt: NOON + 60_001, origin: 'retained' }),
      reading({ signal: 'worn', value: false }),
    ]);
    await until(() => isDone(database, 'telemetry'));
    const latest = await readLatest(database.db, [1]);
    expect(latest.map((l) => [l.signal, l.value])).toEqual([
      ['heart_rate', 80],
      ['worn', false],
    ]);
  });

  it('says when a device was last heard, and not more often than every ten seconds', async () => {
    const database = await openDatabase();
    const engine = await startEngine(database, createReadingsStore(database.db));
    const device = await database.db
      .insertInto('devices')
      .values({ protocol: 'native', native_id: 'band-1' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const seen = async () =>
      (await database.db.selectFrom('devices').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at;
    const hear = async (receivedAt: number) => {
      await append(database, engine, [reading({ deviceId: device.id, observedAt: receivedAt, receivedAt })]);
      await until(() => isDone(database, 'telemetry'));
    };
    await hear(NOON);
    expect(await seen()).toBe(NOON);
    await hear(NOON + 9_000);
    expect(await seen()).toBe(NOON);
    await hear(NOON + 11_000);
    expect(await seen()).toBe(NOON + 11_000);
    await hear(NOON + 5_000);
    expect(await seen()).toBe(NOON + 11_000);
  });

  it('takes it for no sign of life that a device is said to be gone', async () => {
    const database = await openDatabase();
    const engine = await startEngine(database, createReadingsStore(database.db));
    const device = { protocol: 'native', native_id: 'sensor-1' };
    const insert = database.db.insertInto('devices').values(device).returning('id');
    const { id } = await insert.executeTakeFirstOrThrow();
    await append(database, engine, [reading({ deviceId: id, signal: 'online', value: false })]);
    await until(() => isDone(database, 'telemetry'));
    expect(await readLatest(database.db, [id])).toMatchObject([{ signal: 'online', value: false }]);
    const row = await database.db.selectFrom('devices').select('last_seen_at').executeTakeFirstOrThrow();
    expect(row.last_seen_at).toBeNull();
  });

  it('has the latest fault of each cause, with what the breaker says of it', async () => {
    const database = await openDatabase();
    const engine = await startEngine(database, createReadingsStore(database.db));
    const fault = { signal: 'breaker_fault', value: true, channel: 'l1' } as const;
    await append(database, engine, [
      reading({ ...fault, cause: 'overload', stage: 'trip', code: 'overload_alarm' }),
      reading({ ...fault, cause: 'residual_current', stage: 'warning' }),
    ]);
    await append(database, engine, [
      reading({ ...fault, cause: 'overload', stage: 'trip', code: 'again', observedAt: NOON + 5 }),
    ]);
    await until(() => isDone(database, 'telemetry'));
    const common = { signal: 'breaker_fault', channel: 'l1', value: true };
    expect(await readLatest(database.db, [1])).toMatchObject([
      { ...common, cause: 'overload', stage: 'trip', code: 'again', observedAt: NOON + 5 },
      { ...common, cause: 'residual_current', stage: 'warning', observedAt: NOON },
    ]);
  });

  it('makes the partition of a day that nobody expected', async () => {
    const database = await openDatabase();
    const store = createReadingsStore(database.db);
    const engine = await startEngine(database, store);
    const longAgo = Date.UTC(2025, 0, 1);
    await append(database, engine, [reading({ observedAt: longAgo, value: 61 })]);
    await until(() => isDone(database, 'telemetry'));
    expect(await countPoints(store)).toBe(1);
  });

  it('writes points again that are stored already, and has them once', async () => {
    const database = await openDatabase();
    const store = createReadingsStore(database.db);
    const consumer = createTelemetryConsumer({ store });
    const rows = [{ no: 1, payload: JSON.stringify({ readings: burst(0) }) }];
    for (let i = 0; i < 2; i++)
      await database.db.transaction().execute((trx) => consumer.handle(trx, 0, rows));
    expect(await countPoints(store)).toBe(200);
  });
});

describe.skipIf(!influxd.path)('telemetry in an InfluxDB that is not always there', () => {
  const open = async () => {
    const database = await openDatabase();
    const server = await startInfluxd(influxd.path ?? '');
    cleanUp.push(() => server.close());
    const proxy = await startInfluxProxy(server.url);
    cleanUp.push(() => proxy.close());
    const settings = { url: proxy.url, token: '', org: 'gridguard', bucket: 'gridguard', log };
    const store = createInfluxStore({ ...settings, timeoutMs: 1_000 });
    return { database, server, proxy, store, reader: createInfluxStore(settings) };
  };

  it.each(['drop', 'hang'] as const)(
    'misses nothing after it did %s, and only its own cursor waited',
    async (mode) => {
      const { database, proxy, store, reader } = await open();
      proxy.mode = mode;
      const engine = await startEngine(database, store);
      for (let round = 0; round < 3; round++) await append(database, engine, burst(round));
      await until(() => isDone(database, 'rules'), { what: 'the rules to go on' });
      expect(await isDone(database, 'telemetry')).toBe(false);
      const held = await database.pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
      );
      expect(held.rowCount).toBe(0);
      proxy.mode = 'pass';
      await until(() => isDone(database, 'telemetry'), { what: 'telemetry to catch up', timeoutMs: 25_000 });
      expect(await countPoints(reader)).toBe(600);
      expect(await readLatest(database.db, [3])).toHaveLength(1);
    },
  );

  it('misses nothing when it is killed and comes back', async () => {
    const { database, server, store, reader } = await open();
    const engine = await startEngine(database, store);
    await append(database, engine, burst(0));
    await until(() => isDone(database, 'telemetry'));
    await server.kill();
    await append(database, engine, burst(1));
    await until(() => isDone(database, 'rules'));
    await server.start();
    await append(database, engine, burst(2));
    await until(() => isDone(database, 'telemetry'), { what: 'telemetry to catch up', timeoutMs: 25_000 });
    expect(await countPoints(reader)).toBe(600);
  });

  it('leaves out a point that it refuses for good, and nothing beside it', async () => {
    const { database, server, store, reader } = await open();
    const engine = await startEngine(database, store);
    await append(database, engine, burst(0));
    await until(() => isDone(database, 'telemetry'));
    // A field that has become text in one series of InfluxDB 1.x refuses numbers in the same shard.
    await fetch(`${server.url}/write?db=gridguard&precision=ms`, {
      method: 'POST',
      body: `reading,device=1,signal=heart_rate number="x" ${NOON + 30 * 86_400_000}`,
    });
    const clash = reading({ deviceId: 1, observedAt: NOON + 30 * 86_400_000 });
    await append(database, engine, [...burst(1), clash]);
    await until(() => isDone(database, 'telemetry'), { what: 'telemetry to go on', timeoutMs: 25_000 });
    expect(await countPoints(reader)).toBe(400);
  });

  it('leaves nothing out where a server has refused everything so far, or cannot be reached', async () => {
    const { store } = await open();
    const unavailable = { code: 'TELEMETRY_UNAVAILABLE', retryable: true };
    await expect(store.write([reading({ observedAt: Number.NaN })])).rejects.toMatchObject(unavailable);
    const settings = { url: 'http://127.0.0.1:1', token: '', org: 'o', bucket: 'b', log };
    await expect(createInfluxStore(settings).write([reading()])).rejects.toMatchObject(unavailable);
  });
});
