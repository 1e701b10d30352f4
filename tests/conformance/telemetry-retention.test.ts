import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { at } from '../../src/platform/database.ts';
import { dayOf, ensureDayPartitions, listDayPartitions } from '../../src/platform/day-partitions-store.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { createRetention } from '../../src/telemetry/retention.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { NOON, reading } from '../harness/readings.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

describe('retention', () => {
  let test: TestDatabase;
  const clock = createVirtualClock(NOON);
  const log = createLogger('silent');
  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.close());

  const uplink = async (receivedAt: number, nativeId: string, deviceId: number | null = null) => {
    await test.database.db
      .insertInto('uplinks')
      .values({
        received_at: at(receivedAt),
        device_id: deviceId,
        protocol: 'watch',
        transport: 'tcp',
        native_id: nativeId,
        source: '10.0.0.1',
        command: 'AL',
        outcome: 'ok',
        reading_count: 1,
        bytes: Buffer.from(`[3G*${nativeId}]`),
      })
      .execute();
  };

  it('makes the days that are needed, from several processes at once', async () => {
    const { database } = test;
    const retention = createRetention({ database, clock, log });
    await Promise.all([retention.ensureDays(), retention.ensureDays(), retention.ensureDays()]);
    const today = dayOf(NOON);
    expect(await listDayPartitions(database.db, 'uplinks')).toEqual([-1, 0, 1, 2].map((d) => today + d));
    expect(await listDayPartitions(database.db, 'readings')).toHaveLength(11);
  });

  it('drops old days, and keeps the uplinks of incidents', async () => {
    const { database } = test;
    const retention = createRetention({ database, clock, log });
    await createReadingsStore(database.db).write([reading()]);
    const { id } = await database.db
      .insertInto('incidents')
      .values({
        kind: 'sos',
        severity: 'critical',
        status: 'closed',
        dedup_key: 'device:watch:1',
        device_id: 5,
        protocol: 'watch',
        native_id: '861234567890123',
        responsible_by: 'none',
        raised_at: at(NOON),
        observed_at: at(NOON),
        last_press_at: at(NOON),
        resolved_at: at(NOON + 30 * MINUTE),
        policy: '{}',
        evidence: '{}',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await uplink(NOON - 11 * MINUTE, '861234567890123');
    await uplink(NOON - 9 * MINUTE, '861234567890123');
    await uplink(NOON + 39 * MINUTE, '1234567890', 5);
    await uplink(NOON + 41 * MINUTE, '1234567890', 5);
    await uplink(NOON, '869999999999999');

    clock.set(NOON + 30 * DAY);
    await retention.sweep();
    expect(await database.db.selectFrom('uplinks').selectAll().execute()).toHaveLength(5);

    clock.set(NOON + 31 * DAY);
    await retention.sweep();
    await retention.sweep();
    expect(await database.db.selectFrom('uplinks').selectAll().execute()).toHaveLength(0);
    const kept = await database.db
      .selectFrom('incident_uplinks')
      .selectAll()
      .orderBy('received_at')
      .execute();
    expect(kept.map((u) => [u.incident_id, u.received_at, u.bytes.toString()])).toEqual([
      [id, NOON - 9 * MINUTE, '[3G*861234567890123]'],
      [id, NOON + 39 * MINUTE, '[3G*1234567890]'],
    ]);
    expect(await database.db.selectFrom('readings').selectAll().execute()).toHaveLength(1);

    clock.set(NOON + 91 * DAY);
    await retention.sweep();
    expect(await database.db.selectFrom('readings').selectAll().execute()).toHaveLength(0);

    clock.set(NOON + 3 * 366 * DAY);
    await retention.sweep();
    expect(await database.db.selectFrom('incident_uplinks').selectAll().execute()).toHaveLength(0);
    expect(await database.db.selectFrom('incidents').selectAll().execute()).toHaveLength(1);
  });

  it('keeps the access log for three years and not longer', async () => {
    const { database } = test;
    const now = clock.now();
    const entry = (days: number) => ({ at: at(now - days * DAY), action: 'read', detail: '{}' });
    await database.db
      .insertInto('audit')
      .values([entry(1), entry(3 * 365 - 1), entry(3 * 365 + 1)])
      .execute();
    await createRetention({ database, clock, log }).sweep();
    expect(await database.db.selectFrom('audit').selectAll().execute()).toHaveLength(2);
  });

  it('does not wait for a partition that somebody is reading, and drops it the next time', async () => {
    const { database } = test;
    const old = dayOf(clock.now()) - 200;
    await ensureDayPartitions(database.db, 'readings', old, old);
    const reader = await database.pool.connect();
    await reader.query('begin');
    await reader.query('select 1 from readings limit 1');
    await createRetention({ database, clock, log }).sweep();
    expect(await listDayPartitions(database.db, 'readings')).toContain(old);
    await reader.query('rollback');
    reader.release();
    await createRetention({ database, clock, log }).sweep();
    expect(await listDayPartitions(database.db, 'readings')).not.toContain(old);
  });
});
