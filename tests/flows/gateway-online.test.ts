import type mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import {
  connectGateway,
  ieeeOf,
  leakSensor,
  registerGateway,
  type ZigbeeGateway,
} from '../harness/zigbee-gateway.ts';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.close());

const online = async (deviceId: number) => {
  const row = await ingress.database.db
    .selectFrom('devices')
    .select(['online', 'online_changed_at', 'last_seen_at'])
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow();
  return { online: row.online, changedAt: row.online_changed_at, seenAt: row.last_seen_at };
};
const untilOnline = (deviceId: number, wanted: boolean, timeoutMs = 10_000) =>
  until(async () => (await online(deviceId)).online === wanted, { timeoutMs, what: `online = ${wanted}` });
const connect = (gateway: ZigbeeGateway, options: mqtt.IClientOptions = {}) =>
  connectGateway(ingress.ports.mqtt, gateway, options);
const will = (gateway: ZigbeeGateway) => ({
  topic: `${gateway.prefix}/bridge/state`,
  payload: Buffer.from('{"state":"offline"}'),
  qos: 1 as const,
  retain: true,
});

test('the last will of a gateway is committed as its own word, and the next connection ends it', async () => {
  const gateway = await registerGateway(ingress.database, 'gw-will');
  const { cut } = await connect(gateway, { will: will(gateway) });
  await untilOnline(gateway.id, true);
  const before = await online(gateway.id);
  cut();
  await untilOnline(gateway.id, false);
  const after = await online(gateway.id);
  expect(after.changedAt ?? 0).toBeGreaterThanOrEqual(before.changedAt ?? 0);
  const [last] = (await ingress.uplinks()).filter((u) => u.native_id === 'gw-will').slice(-1);
  expect(last).toMatchObject({ topic: `${gateway.prefix}/bridge/state`, outcome: 'ok', reading_count: 1 });
  const again = await connect(gateway);
  await untilOnline(gateway.id, true);
  await again.close();
});

test('a will is held to the topics of its gateway', async () => {
  const [own, other] = [
    await registerGateway(ingress.database, 'gw-will-own'),
    await registerGateway(ingress.database, 'gw-will-other'),
  ];
  const { cut } = await connect(own, { will: will(other) });
  cut();
  await until(async () => (await ingress.uplinks()).some((u) => u.outcome === 'forbidden'));
  expect((await online(other.id)).online).toBeNull();
});

test('the will of a connection that a newer one has replaced does not count', async () => {
  const gateway = await registerGateway(ingress.database, 'gw-half-open');
  const old = await connect(gateway, { will: will(gateway), clientId: 'old' });
  const current = await connect(gateway, { clientId: 'new' });
  await current.say('bridge/state', { state: 'online' });
  old.cut();
  const replaced = await until(async () =>
    (await ingress.uplinks()).find((u) => u.native_id === 'gw-half-open' && u.outcome === 'empty'),
  );
  expect(replaced.reason).toBe('the last will of a connection that was replaced');
  expect((await online(gateway.id)).online).toBe(true);
  await current.close();
});

test('a gateway without a will that is cut off is offline after a while', async () => {
  const gateway = await registerGateway(ingress.database, 'gw-no-will');
  const { cut } = await connect(gateway);
  await untilOnline(gateway.id, true);
  cut();
  await untilOnline(gateway.id, false, 20_000);
  const [last] = (await ingress.uplinks()).filter((u) => u.native_id === 'gw-no-will').slice(-1);
  expect(last).toMatchObject({ command: 'connection', outcome: 'ok', reading_count: 1, topic: null });
});

test('availability of a child is kept when it changes; what is retained or replayed says nothing of now', async () => {
  const gateway = await registerGateway(ingress.database, 'gw-child');
  const { say, close } = await connect(gateway);
  await say('bridge/devices', [leakSensor(1, 'sink')]);
  const { id } = await ingress.database.db
    .selectFrom('devices')
    .select('id')
    .where('native_id', '=', ieeeOf(1))
    .executeTakeFirstOrThrow();
  expect((await online(id)).online).toBeNull();
  await say('sink/availability', { state: 'offline' });
  const first = await online(id);
  expect(first).toMatchObject({ online: false, seenAt: null });
  await say('sink/availability', { state: 'offline' });
  expect(await online(id)).toEqual(first);
  const conversation = await ingress.ingest.conversationOf('zigbee2mqtt', 'gw-child');
  await ingress.ingest.accept(
    {
      protocol: 'zigbee2mqtt',
      transport: 'mqtt',
      bytes: Buffer.from('{"state":"online"}'),
      topic: `${gateway.prefix}/sink/availability`,
      topicPrefix: gateway.prefix,
      claimedId: 'gw-child',
      retained: true,
      receivedAt: Date.now(),
      source: 'outside',
    },
    conversation,
  );
  expect(await online(id)).toEqual(first);
  await say('sink/availability', { state: 'online' });
  expect((await online(id)).online).toBe(true);
  await close();
});

test('a gateway counts as seen when anything comes through it', async () => {
  const gateway = await registerGateway(ingress.database, 'gw-seen');
  const { say, close } = await connect(gateway);
  await say('some sensor', { water_leak: false });
  await until(async () => (await online(gateway.id)).seenAt, { what: 'the gateway to be seen' });
  await close();
});

test('the end of our service is not the end of its gateways', async () => {
  const other = await startIngress();
  try {
    const gateway = await registerGateway(other.database, 'gw-ours');
    const { client } = await connectGateway(other.ports.mqtt, gateway, { will: will(gateway) });
    client.on('error', () => {});
    const states = () =>
      other.database.db
        .selectFrom('devices')
        .select('online')
        .where('id', '=', gateway.id)
        .executeTakeFirst();
    await until(async () => (await states())?.online);
    await other.transports.close();
    expect(await states()).toEqual({ online: true });
  } finally {
    await other.close();
  }
});
