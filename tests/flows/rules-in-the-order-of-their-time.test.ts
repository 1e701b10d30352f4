import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockOutages } from '../../src/rules/outage-store.ts';
import { openRuleLog, type RuleLog, type Sample, START } from '../harness/rule-log.ts';
import { until } from '../harness/until.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let log: RuleLog;
beforeEach(async () => {
  log = await openRuleLog();
});
afterEach(() => log.close());

const pulse = (values: readonly number[], from = 0, lateMs = 0): Sample[] =>
  values.map((value, index) => ({ signal: 'heart_rate', value, atMs: from + index * 10 * SECOND, lateMs }));
const leak = (value: boolean, atMs: number, lateMs = 0): Sample => ({
  signal: 'water_leak',
  value,
  atMs,
  lateMs,
  place: { assetId: 5 },
});
const ofPulse = async () => (await log.alerts()).filter(({ rule }) => rule === 'heart_rate_high');

it('an alert that a late reading shows to be wrong is withdrawn, and people are told', async () => {
  await log.hear(pulse(Array(7).fill(130)));
  await log.hear(pulse(Array(5).fill(130), 80 * SECOND));
  await log.hear(pulse([130], 130 * SECOND));
  expect(log.told()).toEqual(['heart_rate_high firing warning']);
  await log.hear([{ signal: 'heart_rate', value: 90, atMs: 70 * SECOND, lateMs: 65 * SECOND }]);
  expect(log.told()).toEqual(['heart_rate_high firing warning', 'heart_rate_high resolved warning']);
  expect(log.heard[1]?.evidence).toMatchObject({ withdrawn: true });
  const [alert] = await ofPulse();
  expect(alert).toMatchObject({ state: 'resolved', withdrawn_at: START + 135 * SECOND });
});

it('what came true and ended in a backlog is history; what still stands is told once', async () => {
  await log.hear([leak(false, 0)]);
  const late = (atMs: number) => 3 * HOUR - atMs;
  const backlog = [
    leak(true, HOUR, late(HOUR)),
    leak(false, HOUR + 10 * MINUTE, late(HOUR + 10 * MINUTE)),
    leak(false, HOUR + 20 * MINUTE, late(HOUR + 20 * MINUTE)),
    leak(true, 2 * HOUR, late(2 * HOUR)),
  ];
  await log.hear(backlog);
  expect(log.told()).toEqual([]);
  await log.tick(3 * HOUR + 61 * SECOND);
  expect(log.told()).toEqual(['water_leak firing critical']);
  expect(log.heard[0]).toMatchObject({ at: START + 2 * HOUR, late: true });
  expect(
    (await log.alerts()).map(({ fired_at, state, evidence }) => [fired_at, state, evidence.history]),
  ).toEqual([
    [START + HOUR, 'resolved', true],
    [START + 2 * HOUR, 'firing', undefined],
  ]);
  expect(log.tooLate).toEqual([]);
  await log.hear([leak(true, 0.5 * HOUR, late(0.5 * HOUR)), leak(true, 2 * HOUR, late(2 * HOUR))]);
  expect(log.tooLate.map(({ observedAt }) => observedAt)).toEqual([START + 0.5 * HOUR]);
});

it('whoever waits for an outage holds no alert that it may take in', async () => {
  await log.hear([{ signal: 'online', value: false, atMs: 0 }]);
  const ticked = await log.db.transaction().execute(async (trx) => {
    await lockOutages(trx);
    const tick = log.tick(11 * MINUTE);
    const waits = async () => {
      const { rows } = await sql<{ pid: number }>`
        select pid from pg_locks join pg_database d on d.oid = database
        where locktype = 'advisory' and not granted and d.datname = current_database()`.execute(trx);
      return rows[0]?.pid;
    };
    const pid = await until(waits, { timeoutMs: 20_000, what: 'the tick to wait for the outage' });
    const { rows } = await sql`
      select from pg_locks where pid = ${pid} and relation = 'alerts'::regclass and mode = 'RowExclusiveLock'`.execute(
      trx,
    );
    expect(rows).toEqual([]);
    return { tick };
  });
  await ticked.tick;
  expect(log.told()).toEqual(['sensor_silent firing warning']);
});

it('each alert keeps the version of its rule and the samples that decided', async () => {
  await log.hear(pulse([100, ...Array(13).fill(130)]));
  const [alert] = await ofPulse();
  expect(alert?.rule_version).toMatch(/^[0-9a-f]{12}$/);
  const inputs = alert?.evidence.inputs as [number, number][];
  expect(inputs.at(-1)).toEqual([START + 130 * SECOND, 130]);
  expect(inputs[0]).toEqual([START + 10 * SECOND, 130]);
});

it('a rule on trial records and nothing follows', async () => {
  log.change((rules) => [
    ...rules,
    ...rules
      .filter(({ name }) => name === 'heart_rate_high')
      .map((rule) => ({ ...rule, name: 'heart_rate_high~shadow', shadow: true as const })),
  ]);
  await log.hear(pulse([160]));
  await log.hear(pulse(Array(7).fill(90), MINUTE));
  expect(log.told()).toEqual(['heart_rate_high firing critical', 'heart_rate_high resolved critical']);
  const recorded = await log.db.selectFrom('shadow_alerts').selectAll().execute();
  expect(recorded.map(({ rule, state }) => [rule, state])).toEqual([['heart_rate_high~shadow', 'resolved']]);
});

it('how often a rule gave way to another is kept, once for each time', async () => {
  log.change((rules) =>
    rules.map((rule) => (rule.name === 'heart_rate_high' ? { ...rule, inhibitedBy: ['water_leak'] } : rule)),
  );
  await log.hear([leak(true, 0)]);
  await log.hear([...pulse(Array(14).fill(130)), ...pulse(Array(14).fill(130), 3 * MINUTE)]);
  await log.tick(6 * MINUTE);
  await log.hear(pulse(Array(14).fill(130), 6 * MINUTE));
  expect(log.told()).toEqual(['water_leak firing critical']);
  const held = await log.db.selectFrom('held_alerts').selectAll().execute();
  expect(held.map(({ rule, device_id }) => [rule, device_id])).toEqual([['heart_rate_high', log.deviceId]]);
});

it('a rule that is changed while it waits goes on with what it knows', async () => {
  await log.hear(pulse(Array(7).fill(130)));
  log.change((rules) => rules.map((rule) => ({ ...rule, version: 'other' })));
  await log.hear(pulse(Array(6).fill(130), 70 * SECOND));
  expect(log.told()).toEqual(['heart_rate_high firing warning']);
  expect((await ofPulse())[0]?.rule_version).toBe('other');
});

it('what is only remembered is stored when the partition is left', async () => {
  const samples = (from: number): Sample[] =>
    [0, 1, 2].map((index) => ({
      signal: 'water_pressure',
      value: 300,
      atMs: from + index * MINUTE,
      place: { assetId: 5 },
    }));
  await log.hear(samples(0));
  await log.hear(samples(3 * MINUTE));
  await log.handOver();
  const [state] = await log.states('burst_suspected');
  expect(JSON.stringify(state?.state)).toContain(String(START + 5 * MINUTE));
});
