import type { AlertChange } from '../../src/model/alerts.ts';
import type { Reading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { loadRules } from '../../src/rules/load-rules.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { createRulesConsumer } from '../../src/rules/rules-consumer.ts';
import { openTestDatabase } from './postgres.ts';
import { withSteadyLimits } from './steady-limits.ts';

export const START = Date.UTC(2026, 10, 22);
export const PARTITION = 3;
const SILENT_AFTER_MS = 15 * 60_000;

export interface Sample {
  signal: Signal;
  value: Reading['value'];
  atMs: number;
  deviceId?: number;
  /** How late it comes. */
  lateMs?: number;
  place?: Pick<Reading, 'subjectId' | 'assetId' | 'gatewayId' | 'channel'>;
}

/** The shipped rules on one partition of a real database, without the engine around them. */
export interface RuleLog {
  db: Database['db'];
  /** Of a device that is there from the beginning. */
  deviceId: number;
  /** What the incidents and tickets were told. */
  heard: AlertChange[];
  /** What came too late for the rules. */
  tooLate: Reading[];
  told(): string[];
  addDevice(nativeId: string): Promise<number>;
  /** One row of the log. */
  hear(samples: readonly Sample[]): Promise<void>;
  tick(atMs: number): Promise<void>;
  /** Whoever follows remembers what is stored. */
  restart(): void;
  /** Other rules are in force from now on. */
  change(to: (rules: Rule[]) => Rule[]): void;
  /** The partition is left to somebody else, who goes on. */
  handOver(): Promise<void>;
  alerts(): ReturnType<typeof alertsIn>;
  states(rule: string): ReturnType<typeof statesIn>;
  close(): Promise<void>;
}

export async function openRuleLog(): Promise<RuleLog> {
  const test = await openTestDatabase();
  const { db } = test.database;
  let rules = withSteadyLimits((await loadRules('alert-rules')).rules);
  const clock = createVirtualClock(START);
  const heard: AlertChange[] = [];
  const tooLate: Reading[] = [];
  const start = () =>
    createRulesConsumer({
      clock,
      database: test.database,
      log: createLogger('silent'),
      rules: () => rules,
      calendar: { isWorkday: () => true },
      expectedEveryMs: () => SILENT_AFTER_MS,
      partitionOf: () => PARTITION,
      onTooLate: (reading) => void tooLate.push(reading),
      respond: async (_trx, changes) => () => void heard.push(...changes),
    });
  let consumer = start();
  const addDevice = async (native_id: string): Promise<number> => {
    const values = { protocol: 'native', native_id };
    return (await db.insertInto('devices').values(values).returning('id').executeTakeFirstOrThrow()).id;
  };
  const deviceId = await addDevice('device');
  return {
    db,
    deviceId,
    heard,
    tooLate,
    told: () => heard.map(({ rule, state, severity }) => `${rule} ${state} ${severity}`),
    addDevice,
    async hear(samples) {
      const payload = JSON.stringify({ readings: samples.map((sample) => readingOf(sample, deviceId)) });
      const after = await db
        .transaction()
        .execute((trx) => consumer.handle(trx, PARTITION, [{ no: 1, payload }]));
      after?.();
    },
    async tick(atMs) {
      clock.set(START + atMs);
      await consumer.due?.([PARTITION]);
      const after = await db.transaction().execute(async (trx) => consumer.tick?.(trx, PARTITION));
      after?.();
    },
    restart() {
      consumer = start();
    },
    change(to) {
      rules = to(rules);
    },
    async handOver() {
      await db.transaction().execute(async (trx) => consumer.leave?.(trx, PARTITION));
      consumer = start();
    },
    alerts: () => alertsIn(db),
    states: (rule) => statesIn(db, rule),
    close: () => test.close(),
  };
}

const readingOf = ({ signal, value, atMs, deviceId, lateMs = 0, place }: Sample, usual: number): Reading => ({
  ...place,
  deviceId: deviceId ?? usual,
  protocol: 'native',
  nativeId: deviceId === undefined || deviceId === usual ? 'device' : `device-${deviceId}`,
  signal,
  value,
  origin: 'live',
  observedAt: START + atMs,
  receivedAt: START + atMs + lateMs,
});

const alertsIn = (db: Database['db']) => db.selectFrom('alerts').selectAll().orderBy('id').execute();
const statesIn = (db: Database['db'], rule: string) =>
  db.selectFrom('rule_states').selectAll().where('rule', '=', rule).execute();
