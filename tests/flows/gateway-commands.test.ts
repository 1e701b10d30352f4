import type mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireDownlinks, queueDownlink } from '../../src/devices/downlink-store.ts';
import { queueSwitch } from '../../src/devices/switching-store.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import { breaker, connectGateway, ieeeOf, registerGateway } from '../harness/zigbee-gateway.ts';

let postgres: TestDatabase;
let ingress: Ingress;
beforeAll(async () => {
  postgres = await openTestDatabase();
  ingress = await startIngress([], postgres);
});
afterAll(async () => {
  await ingress.close();
  await postgres.close();
});

const deviceId = async (nativeId: string) =>
  (
    await ingress.database.db
      .selectFrom('devices')
      .select('id')
      .where('native_id', '=', nativeId)
      .executeTakeFirstOrThrow()
  ).id;
const wish = (device: number, on: boolean, channel?: string) =>
  ingress.database.db
    .transaction()
    .execute((trx) =>
      queueSwitch(trx, { deviceId: device, on, ...(channel ? { channel } : {}) }, Date.now()),
    );
const downlink = (id: number) =>
  ingress.database.db.selectFrom('downlinks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const untilState = (id: number, state: string) =>
  until(async () => ((await downlink(id)).state === state ? downlink(id) : undefined), {
    what: `command ${id} to be ${state}`,
  });

/** What a client hears, and with which QoS. */
function listenTo(client: mqtt.MqttClient) {
  const heard: { topic: string; text: string; qos: number }[] = [];
  client.on('message', (topic, payload, packet) =>
    heard.push({ topic, text: payload.toString(), qos: packet.qos }),
  );
  return heard;
}

async function gatewayWithBreaker(nativeId: string, n: number) {
  const gateway = await registerGateway(ingress.database, nativeId);
  const connection = await connectGateway(ingress.ports.mqtt, gateway);
  const heard = listenTo(connection.client);
  await connection.client.subscribeAsync(`${gateway.prefix}/#`);
  await connection.say('bridge/devices', [breaker(n, 'panel/main')]);
  await connection.say('panel/main', { state: 'ON', voltage: 229 });
  return { gateway, ...connection, heard, device: await deviceId(ieeeOf(n)) };
}

test('a breaker behind a gateway is switched by its friendly name, and counts when it shows that it is open', async () => {
  const { say, heard, device, gateway, close } = await gatewayWithBreaker('gw-switch', 1);
  const id = await wish(device, false);
  await until(() => heard.length > 0, { what: 'the command' });
  expect(heard).toEqual([{ topic: `${gateway.prefix}/panel/main/set`, text: '{"state":"OFF"}', qos: 0 }]);
  const sent = await untilState(id, 'sent');
  expect(sent.confirm).toEqual({ signal: 'breaker_position', value: 'open' });
  expect(sent.expires_at - sent.created_at).toBe(30_000);
  await say('panel/main', { state: 'ON', voltage: 230 });
  expect((await downlink(id)).state).toBe('sent');
  await say('panel/main', { state: 'OFF', voltage: 0 });
  const done = await downlink(id);
  expect(done.state).toBe('acknowledged');
  expect(done.done_at ?? 0).toBeGreaterThanOrEqual(done.sent_at ?? 0);
  await close();
});

test('the position is seen by whichever process hears it, after a restart too', async () => {
  const { heard, device, gateway, close } = await gatewayWithBreaker('gw-restart', 2);
  const id = await wish(device, false);
  await until(() => heard.length > 0);
  await untilState(id, 'sent');
  await close();
  const other = await startIngress([], postgres);
  try {
    const again = await connectGateway(other.ports.mqtt, gateway);
    await again.say('panel/main', { state: 'OFF' });
    expect((await downlink(id)).state).toBe('acknowledged');
    await again.close();
  } finally {
    await other.close();
  }
});

test('what a gateway replays or a broker kept proves nothing', async () => {
  const { say, heard, device, gateway, close } = await gatewayWithBreaker('gw-replay', 3);
  const id = await wish(device, false);
  await until(() => heard.length > 0);
  await untilState(id, 'sent');
  const conversation = await ingress.ingest.conversationOf('zigbee2mqtt', 'gw-replay');
  await ingress.ingest.accept(
    {
      protocol: 'zigbee2mqtt',
      transport: 'mqtt',
      bytes: Buffer.from('{"state":"OFF"}'),
      topic: `${gateway.prefix}/panel/main`,
      topicPrefix: gateway.prefix,
      claimedId: 'gw-replay',
      retained: true,
      receivedAt: Date.now() + 5,
      source: 'outside',
    },
    conversation,
  );
  expect((await downlink(id)).state).toBe('sent');
  await say('panel/main', { state: 'OFF' });
  await untilState(id, 'acknowledged');
  await close();
});

test('a command waits for a gateway that is away, and expires when it stays away', async () => {
  const { device, close } = await gatewayWithBreaker('gw-away', 4);
  await close();
  const late = await wish(device, true);
  await expireDownlinks(ingress.database.db, Date.now() + 29_000);
  expect((await downlink(late)).state).toBe('queued');
  await expireDownlinks(ingress.database.db, Date.now() + 31_000);
  expect((await downlink(late)).state).toBe('expired');
});

test('a gateway that comes back gets what waits for what is behind it', async () => {
  const { gateway, device, close } = await gatewayWithBreaker('gw-back', 5);
  await close();
  const id = await wish(device, false);
  const { client, close: leave } = await connectGateway(ingress.ports.mqtt, gateway);
  const heard = listenTo(client);
  await client.subscribeAsync(`${gateway.prefix}/+/set`);
  await until(() => heard.length > 0, { what: 'the command' });
  await untilState(id, 'sent');
  await leave();
});

test('the same wish twice is one command, the opposite one takes its place', async () => {
  const { device, close } = await gatewayWithBreaker('gw-twice', 6);
  await close();
  const ids = await Promise.all(Array.from({ length: 8 }, () => wish(device, false)));
  expect(new Set(ids).size).toBe(1);
  const [off = 0] = ids;
  const on = await wish(device, true);
  expect(on).not.toBe(off);
  expect(await downlink(off)).toMatchObject({ state: 'failed', reason: `superseded by ${on}` });
  expect((await downlink(on)).state).toBe('queued');
  const other = await wish(device, false, 'l2');
  expect((await downlink(on)).state).toBe('queued');
  expect((await downlink(other)).state).toBe('queued');
});

test('what a gateway cannot say to its device fails with a reason', async () => {
  const { gateway, client, close } = await gatewayWithBreaker('gw-mute', 7);
  const id = await queueDownlink(
    ingress.database.db,
    {
      protocol: 'zigbee2mqtt',
      nativeId: ieeeOf(7),
      deviceId: await deviceId(ieeeOf(7)),
      command: { kind: 'locate_now' },
    },
    Date.now(),
  );
  expect(await untilState(id, 'failed')).toMatchObject({ reason: 'zigbee2mqtt has no locate_now' });
  expect(client.connected).toBe(true);
  expect(gateway.prefix).toBe('zigbee2mqtt/gw-mute');
  await close();
});

test('a native breaker that only says yes is not switched; that it says no ends the wait', async () => {
  const device = await ingress.nativeDevice('breaker-9');
  const client = await ingress.login(device);
  const heard = listenTo(client);
  await client.subscribeAsync('gridguard/v1/breaker-9/down');
  const say = (payload: unknown) => client.publishAsync(device.topic, JSON.stringify(payload), { qos: 1 });
  await say({ seq: 1, breaker_position: 'closed' });
  const id = await wish(device.id, false);
  await until(() => heard.length === 1);
  expect(JSON.parse(heard[0]?.text ?? '')).toEqual({ cmd: 'switch', on: false, serial: id });
  expect(heard[0]?.qos).toBe(0);
  await untilState(id, 'sent');
  await say({ seq: 2, answer: { serial: id, ok: true } });
  await say({ seq: 3, breaker_position: 'closed' });
  expect((await downlink(id)).state).toBe('sent');
  await say({ seq: 4, breaker_position: 'open', history: true });
  expect((await downlink(id)).state).toBe('sent');
  await say({ seq: 5, breaker_position: 'open' });
  expect((await downlink(id)).state).toBe('acknowledged');

  const again = await wish(device.id, true);
  await untilState(again, 'sent');
  await say({ seq: 6, answer: { serial: again, ok: false } });
  expect(await untilState(again, 'failed')).toMatchObject({ reason: 'the device says no' });
  await client.endAsync();
});

test('a valve that is to be shut is known by the position of its valve', async () => {
  const device = await ingress.nativeDevice('valve-1');
  const client = await ingress.login(device);
  const say = (payload: unknown) => client.publishAsync(device.topic, JSON.stringify(payload), { qos: 1 });
  await ingress.database.db
    .insertInto('latest_readings')
    .values({
      device_id: device.id,
      signal: 'valve_position',
      observed_at: new Date(),
      received_at: new Date(),
      origin: 'live',
      value: '"open"',
    })
    .execute();
  const heard = listenTo(client);
  await client.subscribeAsync('gridguard/v1/valve-1/down');
  const id = await wish(device.id, false);
  await until(() => heard.length === 1);
  expect((await untilState(id, 'sent')).confirm).toEqual({ signal: 'valve_position', value: 'closed' });
  await say({ seq: 1, breaker_position: 'open' });
  expect((await downlink(id)).state).toBe('sent');
  await say({ seq: 2, valve_position: 'closed' });
  expect((await downlink(id)).state).toBe('acknowledged');
  await client.endAsync();
});
