import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { buildRescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { openTestDatabase } from '../harness/postgres.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const running: TestService[] = [];
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.close();
});

test('sockets, rules, escalation and pages work as processes of their own on one database', async () => {
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
    await client.endAsync();
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
    expect((await fetch(`${api?.addresses.http}/healthz`)).status).toBe(200);
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

test('a device reaches the broker over WebSocket on the port of the pages', async () => {
  const service = await startTestService();
  running.push(service);
  const stage = await buildRescueStage(service.database, { native: 1, watch: 0 });
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
