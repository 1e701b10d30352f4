import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import type { Reading } from '../../src/model/readings.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { at } from '../../src/platform/database.ts';
import { storedBacktest } from '../../src/rules/lab/stored-backtest.ts';
import { loadRules, versionOf } from '../../src/rules/load-rules.ts';
import { replay } from '../../src/rules/replay.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { readProjectFile } from '../harness/source.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 20);
const TO = { fromDay: START / DAY_MS, toDay: START / DAY_MS + 1 };
const SILENCE_MS = 40 * MINUTE_MS;

let test: TestDatabase;
let dataDir: string;
let readings: Reading[];
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gridguard-backtest-'));
  test = await openTestDatabase();
  const { db } = test.database;
  const bandId = await registered('band-1');
  const breakerId = await registered('breaker-1');
  readings = [...bandReadings(bandId), ...breakerReadings(breakerId)].sort(
    (a, b) => a.receivedAt - b.receivedAt,
  );
  await createReadingsStore(db).write(readings);
});
afterAll(async () => {
  await test.close();
  rmSync(dataDir, { recursive: true });
});

async function registered(nativeId: string): Promise<number> {
  const { id } = await registerDevice(test.database.db, { protocol: 'native', nativeId, withSecret: false });
  return id;
}

const whose = (deviceId: number, nativeId: string) =>
  ({ deviceId, nativeId, protocol: 'native', origin: 'live' }) as const;

/** An hour that is too fast and passes midnight, and a place now and then. */
function bandReadings(deviceId: number): Reading[] {
  return Array.from({ length: 2 * 1440 }, (_, minute): Reading => {
    const observedAt = START + minute * MINUTE_MS + (minute % 7) * 1000;
    const base = { ...whose(deviceId, 'band-1'), observedAt, receivedAt: observedAt + (minute % 3) * 700 };
    if (minute % 60 === 30)
      return { ...base, signal: 'location', value: { latitude: 30.1, longitude: 114.2, source: 'gps' } };
    return {
      ...base,
      signal: 'heart_rate',
      value: minute >= 1400 && minute < 1460 ? 168 : 74 + (minute % 5),
    };
  });
}

function breakerReadings(deviceId: number): Reading[] {
  const at = (minute: number) => ({
    observedAt: START + minute * MINUTE_MS,
    receivedAt: START + minute * MINUTE_MS,
  });
  const base = whose(deviceId, 'breaker-1');
  return [
    {
      ...base,
      ...at(100),
      signal: 'breaker_fault',
      value: true,
      cause: 'overload',
      stage: 'trip',
      channel: 'a',
    },
    { ...base, ...at(101), signal: 'breaker_position', value: 'open', channel: 'a' },
    { ...base, ...at(130), signal: 'breaker_position', value: 'closed', channel: 'a' },
  ];
}

const deps = () => ({
  database: test.database,
  clock: createVirtualClock(START + 30 * DAY_MS),
  dataDir,
  alone: [],
  expectedEveryMs: () => SILENCE_MS,
  calendar: undefined,
});
const silent = { day: () => undefined, groups: () => undefined };

it('says of stored days what the rules say of the readings themselves, and keeps them for the next time', async () => {
  const { rules } = await loadRules('alert-rules');
  const days: number[] = [];
  const progress = { ...silent, day: ({ readings: count }: { readings: number }) => void days.push(count) };
  const played = await storedBacktest(deps(), { ...TO, ruleSets: [rules] }, progress);
  expect(played.readings).toBe(readings.length);
  expect(days).toEqual([1443, 1440]);
  expect(readdirSync(join(dataDir, 'backtest'))).toHaveLength(2);
  const step = ({
    at,
    state,
    channel,
    evidence,
  }: {
    at: number;
    state: string;
    channel: string | undefined;
    evidence: unknown;
  }) => JSON.stringify({ at, state, channel, evidence });
  const known = replay(rules, readings, { expectedEveryMs: SILENCE_MS, untilMs: START + 2 * DAY_MS });
  expect(known.map(({ rule }) => rule.name)).toContain('heart_rate_high');
  expect(known.map(({ rule }) => rule.name)).toContain('breaker_tripped');
  expect(played.changes[0]?.map(step).sort()).toEqual(known.map(step).sort());

  days.length = 0;
  await storedBacktest(deps(), { ...TO, ruleSets: [rules] }, progress);
  expect(days).toEqual([]);
});

/** A version of the rule that was in force before, and an alert that it raised. */
async function keepVersion(name: string, change: (body: string) => string) {
  const { db } = test.database;
  const body = change(readProjectFile(`alert-rules/${name}.yaml`));
  const version = versionOf(body);
  const kept = {
    rule: name,
    shadow: false,
    revision: 1,
    version,
    body,
    origin: 'page',
    action: 'saved',
  } as const;
  await db
    .insertInto('rule_versions')
    .values({ ...kept, created_at: at(START) })
    .execute();
  const device = await db
    .selectFrom('devices')
    .select('id')
    .where('native_id', '=', 'band-1')
    .executeTakeFirst();
  const { id } = await db
    .insertInto('alerts')
    .values({
      ...{
        rule: name,
        rule_version: version,
        kind: name,
        severity: 'warning',
        state: 'resolved',
        protocol: 'native',
      },
      ...{
        native_id: 'band-1',
        device_id: device?.id ?? 0,
        fired_at: at(START + 1410 * MINUTE_MS),
        evidence: '{}',
      },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { alert: String(id), version };
}

it('is asked by subject or device and day from the command line, and says why', async () => {
  const environment = { ...process.env, DATABASE_URL: urlOf(test), DATA_DIR: dataDir };
  const rules = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['src/tools/rules.ts', ...args, '--lang', 'en'],
      {
        encoding: 'utf8',
        env: environment,
      },
    );
    return { status, stderr, stdout, lines: stdout.split('\n').filter(Boolean) };
  };
  const days = ['--from', '2026-11-20', '--to', '2026-11-21'];
  const played = rules('backtest', ...days, '--device', 'band-1');
  expect(played.stderr).toContain('2.0 days, 1 subjects:');
  const alerts = played.lines.map((line) => JSON.parse(line));
  const [fired] = alerts.filter(({ rule }) => rule === 'heart_rate_high');
  expect(fired).toMatchObject({ record: 'native/band-1', state: 'firing' });
  expect(rules('backtest', ...days, '--device', 'nobody')).toMatchObject({
    status: 2,
    stderr: 'no such device: nobody\n',
  });
  expect(rules('backtest', ...days).status).toBe(2);
  const why = rules(
    'explain',
    '--rule',
    'heart_rate_high',
    '--device',
    'band-1',
    '--at',
    '2026-11-20T23:50:00Z',
  );
  expect(why.stdout).toContain('It fires, since 2026-11-21 07:2');

  const { alert, version } = await keepVersion('heart_rate_high', (body) =>
    body.replaceAll(/(above|at_least): 1[234]./g, '$1: 180').replace('above: 150', 'above: 190'),
  );
  const then = rules('explain', '--alert', alert);
  expect(then.stdout).toContain('180');
  expect(then.stdout).not.toContain('It fires');
  expect(then.stderr).toContain(`was version ${version} then and is another now`);
  const against = rules('backtest', ...days, '--device', 'band-1', '--against', 'heart_rate_high@1');
  expect(against.lines.map((line) => JSON.parse(line))).toMatchObject([{ rule: 'heart_rate_high' }]);
  expect(rules('backtest', ...days, '--all', '--against', 'heart_rate_high@ffff').stderr).toContain(
    'no version ffff',
  );
}, 60_000);

function urlOf({ address }: TestDatabase): string {
  if ('url' in address) return address.url;
  return `postgres://${address.user}@${encodeURIComponent(address.socketDir)}/${address.database}`;
}
