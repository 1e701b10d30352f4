import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import type { RuleDetail } from '../../src/api/rule-schemas.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { versionOf } from '../../src/rules/load-rules.ts';
import { readGeneration, readReports } from '../../src/rules/rule-version-store.ts';
import { buildRescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { ApiClient } from '../harness/api-client.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { addAccount } from '../harness/rescue-village.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const running: TestService[] = [];
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.close();
});

const TESTS = `rule: battery_low
cases:
  - name: low
    every: 10m
    device: { with_subject: true }
    series: { battery: 60 30 60 }
    expect: [{ at: 10m, state: firing }, { at: 20m, state: resolved }]
  - name: not low
    every: 10m
    device: { with_subject: true }
    series: { battery: 41x3 }
    expect: []
`;

/** From the page, over the database, into the process that evaluates. */
async function followARule(
  { database: { db } }: TestDatabase,
  url: string,
  say: (battery: number) => Promise<unknown>,
): Promise<void> {
  const admin = new ApiClient(url);
  await addAccount(db, 'admin', ['admin']);
  const password_hash = await hashPassword('of the office');
  await db.updateTable('accounts').set({ password_hash }).where('login', '=', 'admin').execute();
  expect((await admin.login('admin', 'of the office')).status).toBe(200);
  const path = '/api/rules/battery_low';
  const { body: was } = await admin.get<RuleDetail>(path);
  const save = (body: string) => admin.put<Refused>(path, { body, tests: TESTS, basedOn: was.basedOn });
  const alert = (version: string) =>
    until(
      () =>
        db
          .selectFrom('alerts')
          .select('evidence')
          .where('rule', '=', 'battery_low')
          .where('rule_version', '=', version)
          .executeTakeFirst(),
      { what: `an alert of version ${version}` },
    );

  const refused = await save(was.body.replace('at_most: 15', 'at_most: fifteen'));
  expect(refused.status).toBe(422);
  expect(refused.body.error.details.problems[0]).toMatchObject({ line: 17, column: 18 });
  await say(30);
  await say(14);
  expect((await alert(versionOf(was.body))).evidence).toMatchObject({ value: 14, limit: 15 });
  await say(60);

  const body = was.body.replace('at_most: 15', 'at_most: 40').replaceAll('at_least: 25', 'at_least: 50');
  expect((await save(body)).status).toBe(200);
  await until(
    async () => {
      const generation = await readGeneration(db);
      const reports = await readReports(db, 0);
      return (reports.length > 0 && reports.every((one) => one.generation === generation)) || undefined;
    },
    { what: 'whoever evaluates to run it' },
  );
  await say(30);
  expect((await alert(versionOf(body))).evidence).toMatchObject({ value: 30, limit: 40 });
}

interface Refused {
  error: { details: { problems: { line: number; column: number }[] } };
}

test('sockets, rules, escalation and pages work as processes of their own on one database, and a rule that is saved is in force where they are evaluated', async () => {
  const shared = await openTestDatabase();
  try {
    const stage = await buildRescueStage(shared.database, { native: 1, watch: 0 });
    for (const ROLES of ['ingest', 'rules', 'respond', 'api'])
      running.push(await startTestService({ ROLES }, { on: shared }));
    const [ingest, , , api] = running;
    expect(ingest?.addresses.http).toBeUndefined();
    expect(api?.addresses.mqtt).toBeUndefined();
    const [device] = stage.native;
    const client = await mqtt.connectAsync(ingest?.addresses.mqtt ?? '', {
      username: device?.nativeId ?? '',
      password: device?.secret ?? '',
    });
    await client.publishAsync(`gridguard/v1/${device?.nativeId}/up`, '{"seq":1,"sos":true,"heart_rate":80}', {
      qos: 1,
    });
    const sent = await until(
      () =>
        shared.database.db
          .selectFrom('notifications')
          .innerJoin('incidents', 'incidents.id', 'notifications.incident_id')
          .select(['notifications.state', 'notifications.account_id', 'incidents.kind'])
          .where('notifications.state', '!=', 'queued')
          .executeTakeFirst(),
      { what: 'the worker to be told' },
    );
    expect(sent).toMatchObject({ kind: 'sos', account_id: stage.workerId, state: 'accepted' });
    await until(() => shared.database.db.selectFrom('readings').selectAll().executeTakeFirst(), {
      what: 'the telemetry to be stored',
    });
    const say = (battery: number) =>
      client.publishAsync(`gridguard/v1/${device?.nativeId}/up`, JSON.stringify({ battery }), { qos: 1 });
    await followARule(shared, api?.addresses.http ?? '', say);
    await client.endAsync();
  } finally {
    for (const service of running.splice(0).reverse()) await service.close();
    await shared.close();
  }
});

test('an SOS is answered by whoever lives while no process with the rules does', async () => {
  const shared = await openTestDatabase();
  try {
    const stage = await buildRescueStage(shared.database, { native: 1, watch: 0 });
    for (const ROLES of ['ingest', 'api']) running.push(await startTestService({ ROLES }, { on: shared }));
    const [device] = stage.native;
    const client = await mqtt.connectAsync(running[0]?.addresses.mqtt ?? '', {
      username: device?.nativeId ?? '',
      password: device?.secret ?? '',
    });
    await client.publishAsync(`gridguard/v1/${device?.nativeId}/up`, '{"seq":1,"sos":true}', { qos: 1 });
    await client.endAsync();
    const incident = await until(
      () => shared.database.db.selectFrom('incidents').select(['kind', 'status']).executeTakeFirst(),
      { what: 'the incident' },
    );
    expect(incident.kind).toBe('sos');
  } finally {
    for (const service of running.splice(0).reverse()) await service.close();
    await shared.close();
  }
});

test('a device reaches the broker over WebSocket on the port of the pages, which has the figures of all parts', async () => {
  const service = await startTestService();
  running.push(service);
  const stage = await buildRescueStage(service.database, { native: 1, watch: 0 });
  const metrics = await (await fetch(`${service.addresses.http}/metrics`)).text();
  expect(metrics).toContain('gridguard_readings_too_late_total');
  const [device] = stage.native;
  const client = await mqtt.connectAsync(service.addresses.mqttWebSocket ?? '', {
    username: device?.nativeId ?? '',
    password: device?.secret ?? '',
  });
  await client.publishAsync(`gridguard/v1/${device?.nativeId}/up`, '{"seq":1,"fall":true}', { qos: 1 });
  const incident = await until(() =>
    service.database.db.selectFrom('incidents').select(['kind', 'native_id']).executeTakeFirst(),
  );
  expect(incident).toEqual({ kind: 'fall', native_id: device?.nativeId });
  await client.endAsync();
});
