import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRescueStage, type RescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';
import {
  breaker,
  connectGateway,
  ieeeOf,
  leakSensor,
  registerGateway,
  type ZigbeeGateway,
} from '../harness/zigbee-gateway.ts';

const run = promisify(execFile);
const mosquitto = requireProgram('mosquitto-clients');

let service: TestService;
let stage: RescueStage;
let gateway: ZigbeeGateway;
let port: number;
let pressed = 0;
beforeAll(async () => {
  service = await startTestService();
  stage = await buildRescueStage(service.database, { native: 12, watch: 0 });
  gateway = await registerGateway(service.database, 'gw-bad');
  port = Number(new URL(service.addresses.mqtt ?? '').port);
});
afterAll(() => service.close());

/** The next wearer presses, and her incident is there. */
async function pressIsHeard(): Promise<void> {
  const band = stage.native[pressed++];
  if (!band) throw new Error('too few wearers');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: band.nativeId,
    password: band.secret,
    reconnectPeriod: 0,
  });
  const topic = `gridguard/v1/${band.nativeId}/up`;
  await client.publishAsync(topic, JSON.stringify({ seq: 1, sos: true }), { qos: 1 });
  await until(
    () =>
      service.database.db
        .selectFrom('incidents')
        .select('id')
        .where('native_id', '=', band.nativeId)
        .executeTakeFirst(),
    { what: `the incident of ${band.nativeId}` },
  );
  await client.endAsync();
}

async function uplinkWith(part: string) {
  const rows = await service.database.db.selectFrom('uplinks').selectAll().orderBy('id').execute();
  return rows.findLast((row) => row.topic?.includes(part));
}

const connect = () => connectGateway(port, gateway);

test('half a JSON, an empty and an endless message are recorded with a reason, while somebody presses', async () => {
  const { say, close } = await connect();
  await say('bridge/devices', [leakSensor(1, 'cellar'), breaker(2, 'panel')]);
  const bad = say('cellar', '{"water_leak": tru');
  await Promise.all([bad, pressIsHeard()]);
  const half = await uplinkWith('/cellar');
  expect(half).toMatchObject({ outcome: 'undecodable', command: 'state', reading_count: 0 });
  expect(half?.reason).toContain('not JSON');
  await say('bridge/devices', '[{"ieee_address": "0x0015');
  expect(await uplinkWith('bridge/devices')).toMatchObject({
    outcome: 'undecodable',
    reason: 'bridge/devices: not JSON',
  });
  await say('cellar', { water_leak: true });
  expect(await uplinkWith('/cellar')).toMatchObject({ outcome: 'ok' });
  await close();
});

test('two megabytes of bridge/devices are read, and nobody waits for them', async () => {
  const { say, close } = await connect();
  const long = 'x'.repeat(2_000);
  const many = Array.from({ length: 900 }, (_, i) => ({
    ...leakSensor(5_000 + i, `sensor ${i}`),
    date_code: long,
  }));
  expect(JSON.stringify(many).length).toBeGreaterThan(2 * 1024 * 1024);
  await Promise.all([say('bridge/devices', many), pressIsHeard()]);
  const list = await uplinkWith('bridge/devices');
  expect(list).toMatchObject({ outcome: 'ok' });
  expect(list?.reason).toContain('only the first 500');
  await say('sensor 3', { water_leak: false });
  expect(await uplinkWith('/sensor 3')).toMatchObject({ outcome: 'ok', native_id: ieeeOf(5_003) });
  await say('bridge/devices', [leakSensor(1, 'cellar'), breaker(2, 'panel')]);
  await close();
});

test('what is larger than any list ends the connection, for a gateway and sooner for anybody else', async () => {
  const ended = (client: mqtt.MqttClient) =>
    new Promise<void>((resolve) => {
      client.on('error', () => {});
      client.once('close', () => resolve());
    });
  const { client } = await connect();
  const gone = ended(client);
  client.publish(`${gateway.prefix}/bridge/devices`, Buffer.alloc(6 * 1024 * 1024, 0x20), { qos: 1 });
  await gone;
  const [band] = stage.native;
  const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: band?.nativeId ?? '',
    password: band?.secret ?? '',
    reconnectPeriod: 0,
  });
  const cut = ended(other);
  other.publish(`gridguard/v1/${band?.nativeId}/up`, Buffer.alloc(400 * 1024, 0x20), { qos: 1 });
  await cut;
  await pressIsHeard();
});

test('a list of two megabytes passes over WebSocket too, once the gateway has logged in', async () => {
  const url = `${service.addresses.mqttWebSocket}`;
  const client = await mqtt.connectAsync(url, {
    username: gateway.nativeId,
    password: gateway.secret,
    reconnectPeriod: 0,
  });
  const padded = [
    { ...leakSensor(1, 'cellar'), date_code: 'y'.repeat(2 * 1024 * 1024) },
    breaker(2, 'panel'),
  ];
  await client.publishAsync(`${gateway.prefix}/bridge/devices`, JSON.stringify(padded), { qos: 1 });
  expect(await uplinkWith('bridge/devices')).toMatchObject({ outcome: 'ok', transport: 'mqtt' });
  await client.endAsync();
});

test('impossible values and unknown words are left out with a reason, the rest of the message counts', async () => {
  const { say, close } = await connect();
  await Promise.all([
    say('panel', { state: 'ON', voltage: 1_000_000 }),
    say('panel', { state: 'MAYBE', voltage: 228 }),
    say('cellar', { water_leak: 'perhaps', battery_low: null }),
    say('cellar', [1, 2, 3]),
    say('panel/availability', 'sometimes'),
    pressIsHeard(),
  ]);
  const rows = await service.database.db
    .selectFrom('uplinks')
    .selectAll()
    .where('protocol', '=', 'zigbee2mqtt')
    .orderBy('id', 'desc')
    .limit(5)
    .execute();
  const told = rows.filter((row) => row.reason !== null);
  expect(told.length).toBe(5);
  const impossible = rows.find((row) => row.bytes.toString().includes('1000000'));
  expect(impossible).toMatchObject({ outcome: 'ok', reading_count: 1 });
  const unknown = rows.find((row) => row.bytes.toString().includes('MAYBE'));
  expect(unknown).toMatchObject({ outcome: 'ok', reading_count: 1 });
  await close();
});

test.skipIf(!mosquitto.path)(
  `a payload of mosquitto_pub counts as that of the gateway whose secret it has, and of no other ${mosquitto.reason}`,
  async () => {
    const publish = (topic: string, payload: string, secret = gateway.secret) => {
      const who = ['-u', gateway.nativeId, '-P', secret];
      const where = ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', '1'];
      return run(mosquitto.path ?? '', [...where, ...who, '-m', payload]);
    };
    const list = JSON.stringify([leakSensor(1, 'cellar'), breaker(2, 'panel')]);
    await publish(`${gateway.prefix}/bridge/devices`, list);
    await publish(`${gateway.prefix}/cellar`, '{"water_leak":true,"battery":87,"linkquality":120}');
    expect(await uplinkWith('/cellar')).toMatchObject({ outcome: 'ok', native_id: ieeeOf(1) });
    await expect(publish(`${gateway.prefix}/cellar`, '{}', 'wrong')).rejects.toThrow();
    await publish('zigbee2mqtt/somebody-else/cellar', '{"water_leak":true}').catch(() => {});
    const refused = await until(() => uplinkWith('somebody-else'));
    expect(refused).toMatchObject({ outcome: 'forbidden', native_id: 'gw-bad' });
    await pressIsHeard();
  },
);
