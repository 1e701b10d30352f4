import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Reading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { createVirtualClock, type VirtualClock } from '../../src/platform/clock.ts';
import type { Trx } from '../../src/platform/database.ts';
import type { LogConsumer } from '../../src/platform/log-consumer.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { insertAlerts, updateAlerts } from '../../src/rules/alert-store.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { createRulesConsumer } from '../../src/rules/rules-consumer.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { withSteadyLimits } from '../harness/steady-limits.ts';

const START = Date.UTC(2026, 10, 22);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PARTITION = 3;
const rules = withSteadyLimits((await loadRules('alert-rules')).rules);

let test: TestDatabase;
let clock: VirtualClock;
let heard: AlertChange[];
let consumer: LogConsumer;
let respond: (trx: Trx, changes: AlertChange[]) => Promise<() => void>;
let deviceId: number;

function startConsumer(set: readonly Rule[] = rules): LogConsumer {
  return createRulesConsumer({
    clock,
    database: test.database,
    log: createLogger('silent'),
    rules: () => set,
    calendar: { isWorkday: () => true },
    expectedEveryMs: () => 15 * MINUTE,
    partitionOf: () => PARTITION,
    respond: (trx, changes) => respond(trx, changes),
  });
}

beforeEach(async () => {
  test = await openTestDatabase();
  clock = createVirtualClock(START);
  heard = [];
  respond = async (_trx, changes) => () => void heard.push(...changes);
  consumer = startConsumer();
  const device = await test.database.db
    .insertInto('devices')
    .values({ protocol: 'native', native_id: 'band-1' })
    .returning('id')
    .executeTakeFirstOrThrow();
  deviceId = device.id;
  await test.database.db
    .insertInto('device_aliases')
    .values({ protocol: 'native', alias: 'band-1', device_id: deviceId })
    .execute();
});
afterEach(() => test.close());

interface Sample {
  signal: Signal;
  value: Reading['value'];
  atMs: number;
  deviceId?: number;
}

const readingOf = ({ signal, value, atMs, deviceId: id = deviceId }: Sample): Reading => ({
  subjectId: 1,
  deviceId: id,
  protocol: 'native',
  nativeId: id === deviceId ? 'band-1' : `band-${id}`,
  signal,
  value,
  origin: 'live',
  observedAt: START + atMs,
  receivedAt: START + atMs,
});

async function handlePayloads(payloads: string[], partition = PARTITION): Promise<void> {
  const rows = payloads.map((payload, index) => ({ no: index + 1, payload }));
  const after = await test.database.db.transaction().execute((trx) => consumer.handle(trx, partition, rows));
  after?.();
}

const handle = (samples: Sample[], partition?: number): Promise<void> =>
  handlePayloads([JSON.stringify({ readings: samples.map(readingOf) })], partition);

const heartRate = (values: number[], from = 0): Sample[] =>
  values.map((value, index) => ({ signal: 'heart_rate', value, atMs: from + index * 10 * SECOND }));

async function tick(atMs: number): Promise<void> {
  clock.set(START + atMs);
  const after = await test.database.db.transaction().execute(async (trx) => consumer.tick?.(trx, PARTITION));
  after?.();
}

const alerts = () => test.database.db.selectFrom('alerts').selectAll().orderBy('id').execute();
const states = (rule: string) =>
  test.database.db.selectFrom('rule_states').selectAll().where('rule', '=', rule).execute();
const told = () => heard.map(({ rule, state, severity }) => `${rule} ${state} ${severity}`);

describe('the rules over the log', () => {
  it('fire, rise and resolve as one alert, which the incidents are told of', async () => {
    await handle(heartRate(Array(13).fill(130)));
    await handle(heartRate([160], 130 * SECOND));
    await handle(heartRate(Array(7).fill(90), 140 * SECOND));
    expect(told()).toEqual([
      'heart_rate_high firing warning',
      'heart_rate_high firing critical',
      'heart_rate_high resolved critical',
    ]);
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(heard.map((change) => change.alertId)).toEqual([alert?.id, alert?.id, alert?.id]);
    expect(alert).toMatchObject({
      state: 'resolved',
      severity: 'critical',
      fired_at: START + 120 * SECOND,
      resolved_at: START + 200 * SECOND,
      native_id: 'band-1',
    });
    expect(await states('heart_rate_high')).toEqual([]);
  });

  it('store an alert that fires and resolves within one drain once, as resolved', async () => {
    await handle([
      ...heartRate([160]),
      ...heartRate(Array(7).fill(90), 10 * SECOND),
      ...heartRate([170], 80 * SECOND),
    ]);
    expect((await alerts()).map((alert) => alert.state)).toEqual(['resolved', 'firing']);
    expect(heard.map((change) => change.alertId)).toEqual(
      (await alerts()).flatMap(({ id, state }) => (state === 'resolved' ? [id, id] : [id])),
    );
  });

  it('go on from the same point after a restart, pending and firing', async () => {
    await handle(heartRate(Array(7).fill(130)));
    consumer = startConsumer();
    await handle(heartRate(Array(6).fill(130), 70 * SECOND));
    expect(told()).toEqual(['heart_rate_high firing warning']);
    consumer = startConsumer();
    await handle(heartRate(Array(6).fill(130), 130 * SECOND));
    expect(told()).toHaveLength(1);
    await handle(heartRate(Array(7).fill(90), 190 * SECOND));
    expect(told()).toEqual(['heart_rate_high firing warning', 'heart_rate_high resolved warning']);
    expect(heard[1]?.alertId).toBe(heard[0]?.alertId);
  });

  it('forget what a transaction that rolled back had taught them', async () => {
    await handle(heartRate(Array(7).fill(130)));
    const rows = [
      { no: 2, payload: JSON.stringify({ readings: heartRate([130, 170], 70 * SECOND).map(readingOf) }) },
    ];
    const failing = test.database.db.transaction().execute(async (trx) => {
      await consumer.handle(trx, PARTITION, rows);
      throw new Error('lease lost');
    });
    await expect(failing).rejects.toThrow('lease lost');
    consumer.forget(PARTITION);
    expect(await alerts()).toEqual([]);
    await handle(heartRate(Array(6).fill(130), 70 * SECOND));
    expect(told()).toEqual(['heart_rate_high firing warning']);
  });

  it('keep the alert of a device that moves to another partition', async () => {
    await handle(heartRate([160]));
    await handle(heartRate(Array(7).fill(90), 10 * SECOND), PARTITION + 1);
    expect(told()).toEqual(['heart_rate_high firing critical', 'heart_rate_high resolved critical']);
  });

  it('take over an alert whose state was lost, instead of failing on it', async () => {
    await handle(heartRate([160]));
    await test.database.db.deleteFrom('rule_states').execute();
    consumer = startConsumer();
    await handle(heartRate([165], 10 * SECOND));
    expect(await alerts()).toHaveLength(1);
  });

  it('skip what cannot be read or evaluated, and go on', async () => {
    const broken = {
      readings: [null, { deviceId, signal: 'heart_rate' }, { ...readingOf(heartRate([160])[0] as Sample) }],
    };
    await handlePayloads(['not json', '{"readings": 7}', JSON.stringify(broken)]);
    expect(told()).toEqual(['heart_rate_high firing critical']);
  });

  it('store whatever code a device gave its event', async () => {
    const vibration: Rule = {
      name: 'vibration',
      version: '1',
      title: { zh: '震动', en: 'Vibration' },
      kind: 'vibration',
      severity: 'info',
      consequence: 'notice',
      parts: [{ type: 'event', signal: 'vibration' }],
    };
    consumer = startConsumer([...rules, vibration]);
    const reading = { ...readingOf({ signal: 'vibration', value: true, atMs: 0 }), code: 'a\0\ud800' };
    await handlePayloads([
      JSON.stringify({ readings: [reading, { ...reading, observedAt: reading.observedAt + 1 }] }),
    ]);
    expect((await alerts()).map((alert) => alert.state)).toEqual(['resolved', 'resolved']);
    expect(told()).toEqual(['vibration firing info', 'vibration firing info']);
  });

  it('do not let one alert that nobody can respond to hold up the others', async () => {
    respond = async (trx, changes) => {
      if (changes.some((change) => change.rule === 'spo2_low')) {
        await trx.selectNoFrom((e) => e.fn('no_such_function', []).as('x')).execute();
      }
      return () => void heard.push(...changes);
    };
    await handle([...heartRate([160]), { signal: 'spo2', value: 70, atMs: 0 }]);
    expect(told()).toEqual(['heart_rate_high firing critical']);
    expect(await alerts()).toHaveLength(2);
  });

  it('roll back as a whole when responding fails for a reason that passes', async () => {
    respond = () => Promise.reject(Object.assign(new Error('deadlock detected'), { code: '40P01' }));
    await expect(handle(heartRate([160]))).rejects.toThrow('deadlock');
    expect(await alerts()).toEqual([]);
  });
});

describe('time', () => {
  it('makes a device silent, and its next word ends that', async () => {
    await handle([{ signal: 'battery', value: 80, atMs: 0 }]);
    await tick(14 * MINUTE);
    expect(told()).toEqual([]);
    await tick(15 * MINUTE);
    await tick(16 * MINUTE);
    expect(told()).toEqual(['device_silent firing warning']);
    expect(heard[0]).toMatchObject({ deviceId, nativeId: 'band-1', protocol: 'native' });
    await handle([{ signal: 'battery', value: 79, atMs: 20 * MINUTE }]);
    expect(told()).toEqual(['device_silent firing warning', 'device_silent resolved warning']);
  });

  it('does so after a restart too', async () => {
    await handle([{ signal: 'battery', value: 80, atMs: 0 }]);
    consumer = startConsumer();
    await tick(15 * MINUTE);
    expect(told()).toEqual(['device_silent firing warning']);
  });

  it('does not make a device silent that spoke within memory, or of which an uplink without readings came', async () => {
    await handle([{ signal: 'battery', value: 80, atMs: 0 }]);
    await handle([{ signal: 'battery', value: 80, atMs: 20 * SECOND }]);
    await tick(15 * MINUTE);
    expect(told()).toEqual([]);
    await test.database.db
      .updateTable('devices')
      .set({ last_seen_at: new Date(START + 10 * MINUTE) })
      .execute();
    await tick(16 * MINUTE);
    expect(told()).toEqual([]);
    await tick(25 * MINUTE);
    expect(told()).toEqual(['device_silent firing warning']);
  });

  it('does not make a device silent while its words wait in the log', async () => {
    await handle([{ signal: 'battery', value: 80, atMs: 0 }]);
    const waiting = [readingOf({ signal: 'battery', value: 79, atMs: 10 * MINUTE })];
    await test.database.db
      .insertInto('log')
      .values({ partition: PARTITION, no: 9, payload: JSON.stringify({ readings: waiting }) })
      .execute();
    await tick(20 * MINUTE);
    expect(told()).toEqual([]);
  });

  it('tells that a band lies on the table', async () => {
    await handle([{ signal: 'worn', value: false, atMs: 0 }]);
    await tick(10 * MINUTE);
    expect(told()).toEqual(['not_worn firing info']);
  });

  it('tells nothing of a device that is retired', async () => {
    await handle([{ signal: 'worn', value: false, atMs: 0 }]);
    await test.database.db.updateTable('devices').set({ active: false }).execute();
    await tick(20 * MINUTE);
    expect(told()).toEqual([]);
    expect(await states('device_silent')).toEqual([]);
  });

  it('ends the alerts of a rule that no longer exists', async () => {
    await handle(heartRate([160]));
    await test.database.db
      .updateTable('rule_states')
      .set({ rule: 'gone' })
      .where('rule', '=', 'heart_rate_high')
      .execute();
    consumer = startConsumer();
    await tick(MINUTE);
    expect((await alerts()).map((alert) => alert.state)).toEqual(['resolved']);
  });
});

describe('the cost of remembering', () => {
  it('is no write for a reading that changes nothing, and one per device now and then for the last sign of life', async () => {
    await handle(heartRate([80]));
    const before = await states('device_silent');
    await handle(heartRate([81, 82], 10 * SECOND));
    expect(await states('device_silent')).toEqual(before);
    expect(await states('heart_rate_high')).toEqual([]);
    await handle(heartRate([83], 500 * SECOND));
    expect((await states('device_silent'))[0]?.due_at).toBe(START + 500 * SECOND + 15 * MINUTE);
  });
});

it('takes back one alert of a point and opens the one before it again, at once', async () => {
  const point = {
    rule: 'water_leak',
    ruleVersion: '',
    kind: 'water_leak',
    severity: 'warning',
    deviceId,
  } as const;
  const whose = {
    subjectId: undefined,
    assetId: undefined,
    protocol: 'native',
    nativeId: 'device',
    channel: undefined,
  };
  const alert = {
    ...point,
    ...whose,
    faultClass: undefined,
    evidence: { signal: 'water_leak', receivedAt: START },
  } as const;
  const rows = await test.database.db.transaction().execute(async (trx) => {
    const [first] = await insertAlerts(trx, [{ ...alert, firedAt: START, resolvedAt: START + SECOND }]);
    const [second] = await insertAlerts(trx, [{ ...alert, firedAt: START + MINUTE, resolvedAt: undefined }]);
    await updateAlerts(trx, [
      { ref: { id: first ?? 0 }, resolvedAt: null, evidence: {} },
      { ref: { id: second ?? 0 }, resolvedAt: START + MINUTE, withdrawnAt: START + MINUTE, evidence: {} },
    ]);
    return trx.selectFrom('alerts').select('state').orderBy('id').execute();
  });
  expect(rows.map(({ state }) => state)).toEqual(['firing', 'resolved']);
});
