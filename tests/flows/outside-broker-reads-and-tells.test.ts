import net from 'node:net';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import { queueDownlink } from '../../src/devices/downlink-store.ts';
import { ieee, zigbeeDevices } from '../fixtures/zigbee2mqtt-devices.ts';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import { freePort } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startBroker(options = {}) {
  const broker = await startOutsideMosquitto(mosquitto.path ?? '', options);
  ends.push(() => broker.close());
  return broker;
}

async function serve(environment: Record<string, string>): Promise<TestService> {
  const service = await startTestService(environment);
  ends.push(() => service.close());
  return service;
}

async function client(url: string, options: mqtt.IClientOptions = {}) {
  const connection = await mqtt.connectAsync(url, options);
  ends.push(() => connection.endAsync(true));
  return connection;
}

const uplinksOf = ({ database: { db } }: TestService) =>
  db.selectFrom('uplinks').selectAll().orderBy('id').execute();
const readsFrom = (service: TestService, text = 'gridguard_outside_broker{figure="connected"} 1') =>
  until(async () => (await (await fetch(`${service.addresses.http}/metrics`)).text()).includes(text), {
    what: `metrics to say ${text}`,
    timeoutMs: 20_000,
  });

const gatewayOn = ({ database: { db } }: TestService) =>
  registerDevice(db, {
    protocol: 'zigbee2mqtt',
    nativeId: 'gw-1',
    topicPrefix: 'zigbee2mqtt/gw-1',
    withSecret: true,
  });

const childrenOf = ({ database: { db } }: TestService, count: number) =>
  until(
    async () =>
      (await db.selectFrom('devices').select('id').where('gateway_id', 'is not', null).execute()).length ===
      count,
    { what: `${count} children`, timeoutMs: 20_000 },
  );

const uplinkOf = (service: TestService, nativeId: string) =>
  until(async () => (await uplinksOf(service)).find((row) => row.native_id === nativeId), {
    what: `an uplink of ${nativeId}`,
  });

async function originOf({ database: { db } }: TestService, signal: string): Promise<string> {
  const row = await until(
    () => db.selectFrom('readings').select('origin').where('signal', '=', signal).executeTakeFirst(),
    { what: signal },
  );
  return row.origin;
}

describe.skipIf(!mosquitto.path)('a broker that is not ours', () => {
  test('is read: a gateway by its prefix, a native device by its topic, retained messages as such', async () => {
    const broker = await startBroker();
    const station = await client(broker.url);
    const retained = { qos: 1, retain: true } as const;
    await station.publishAsync('zigbee2mqtt/gw-1/bridge/devices', JSON.stringify(zigbeeDevices), retained);
    await station.publishAsync('zigbee2mqtt/gw-1/main breaker', '{"state":"ON"}', retained);
    const service = await serve({ MQTT_URL: broker.url });
    const { db } = service.database;
    await gatewayOn(service);
    await registerDevice(db, { protocol: 'native', nativeId: 'band-1', withSecret: true });
    await readsFrom(service);
    await childrenOf(service, 11);
    await station.publishAsync(
      'zigbee2mqtt/gw-1/binhu/3-1/kitchen leak',
      '{"water_leak":true,"voltage":3000}',
    );
    await station.publishAsync('gridguard/v1/band-1/up', '{"seq":1,"heart_rate":71}', { qos: 1 });
    expect(await uplinkOf(service, ieee(1))).toMatchObject({
      outcome: 'ok',
      reading_count: 2,
      protocol: 'zigbee2mqtt',
      source: broker.url,
    });
    expect(await uplinkOf(service, 'band-1')).toMatchObject({ outcome: 'ok', protocol: 'native' });
    expect(await originOf(service, 'breaker_position')).toBe('retained');
    expect(await originOf(service, 'water_leak')).toBe('live');
  });

  test('has kept what a gateway teaches for the moment when somebody registers it', async () => {
    const broker = await startBroker();
    const service = await serve({ MQTT_URL: broker.url });
    await readsFrom(service);
    const station = await client(broker.url);
    await station.publishAsync('zigbee2mqtt/gw-1/bridge/devices', JSON.stringify(zigbeeDevices), {
      qos: 1,
      retain: true,
    });
    await until(async () => (await uplinksOf(service)).some(({ outcome }) => outcome === 'unknown_device'), {
      what: 'the list of a stranger',
    });
    await gatewayOn(service);
    await childrenOf(service, 11);
  });

  test('gets the commands for what speaks through it', async () => {
    const broker = await startBroker();
    const service = await serve({ MQTT_URL: broker.url });
    const { db } = service.database;
    await gatewayOn(service);
    await readsFrom(service);
    const station = await client(broker.url);
    const heard: string[] = [];
    station.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
    await station.subscribeAsync('zigbee2mqtt/gw-1/+/set', { qos: 1 });
    await station.publishAsync('zigbee2mqtt/gw-1/bridge/devices', JSON.stringify(zigbeeDevices), { qos: 1 });
    await station.publishAsync('zigbee2mqtt/gw-1/panel 3', '{"state":"ON"}', { qos: 1 });
    await until(() =>
      db.selectFrom('readings').select('signal').where('signal', '=', 'breaker_position').executeTakeFirst(),
    );
    const breaker = await db
      .selectFrom('devices')
      .select('id')
      .where('native_id', '=', ieee(2))
      .executeTakeFirstOrThrow();
    const command = { kind: 'switch', on: false } as const;
    await queueDownlink(
      db,
      { protocol: 'zigbee2mqtt', nativeId: ieee(2), deviceId: breaker.id, command },
      Date.now(),
    );
    await until(() => heard.length > 0, { what: 'the command' });
    expect(heard).toEqual(['zigbee2mqtt/gw-1/panel 3/set {"state":"OFF"}']);
    await station.publishAsync('zigbee2mqtt/gw-1/panel 3', '{"state":"OFF"}', { qos: 1 });
    await until(
      () => db.selectFrom('downlinks').select('id').where('state', '=', 'acknowledged').executeTakeFirst(),
      {
        what: 'the switch to be confirmed',
      },
    );
  });

  test('may come later than the service, and go away: what is sent meanwhile is not lost', async () => {
    const broker = await startBroker({ savesAtOnce: true });
    const service = await serve({ MQTT_URL: broker.url });
    await readsFrom(service);
    await broker.kill();
    await readsFrom(service, 'gridguard_outside_broker{figure="connected"} 0');
    await broker.start();
    const station = await client(broker.url);
    for (let seq = 0; seq < 50; seq += 1) {
      await station.publishAsync('gridguard/v1/band-1/up', JSON.stringify({ seq, heart_rate: 60 + seq }), {
        qos: 1,
      });
    }
    await until(async () => (await uplinksOf(service)).length >= 50, {
      what: 'what was sent meanwhile',
      timeoutMs: 20_000,
    });
  });

  test('is read once where two processes stand by', async () => {
    const broker = await startBroker();
    const first = await serve({ MQTT_URL: broker.url });
    await readsFrom(first);
    const second = await startTestService({
      MQTT_URL: broker.url,
      DATABASE_URL: first.config.databaseUrl ?? '',
    });
    ends.push(() => second.close());
    await readsFrom(second, 'gridguard_outside_broker{figure="reads"} 0');
    await readsFrom(first, 'gridguard_outside_broker{figure="connected"} 1');
  });

  test('is read by every process where the subscription is shared', async () => {
    const broker = await startBroker();
    const shared = { MQTT_URL: broker.url, MQTT_TOPICS: '$share/gg/gridguard/v1/+/up' };
    const first = await serve({ ...shared, MQTT_CLIENT_ID: 'gg-1' });
    const second = await startTestService({
      ...shared,
      MQTT_CLIENT_ID: 'gg-2',
      DATABASE_URL: first.config.databaseUrl ?? '',
    });
    ends.push(() => second.close());
    await readsFrom(first);
    await readsFrom(second);
    const station = await client(broker.url);
    for (let seq = 0; seq < 20; seq++) {
      await station.publishAsync('gridguard/v1/band-1/up', JSON.stringify({ seq, steps: seq }), { qos: 1 });
    }
    await until(async () => (await uplinksOf(first)).length === 20, { what: 'all messages, each once' });
    for (const service of [first, second]) {
      const figures = await (await fetch(`${service.addresses.http}/metrics`)).text();
      expect(figures).toMatch(/outside_broker\{figure="stored"\} [1-9]/);
    }
  });

  test('that is none does not keep the service from starting', async () => {
    const service = await serve({ MQTT_URL: `mqtt://127.0.0.1:${await freePort()}` });
    expect((await fetch(`${service.addresses.http}/healthz`)).status).toBe(200);
    await readsFrom(service, 'gridguard_outside_broker{figure="connected"} 0');
  });
});

test('a broker that speaks MQTT 3.1.1 only is read all the same', async () => {
  const aedes = await Aedes.createBroker();
  const server = net.createServer((socket) => aedes.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    aedes.close();
    server.close();
  });
  const url = `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  const service = await serve({ MQTT_URL: url });
  await readsFrom(service);
  const station = await client(url, { protocolVersion: 4 });
  await station.publishAsync('gridguard/v1/band-1/up', '{"seq":1,"heart_rate":71}', { qos: 1 });
  await until(async () => (await uplinksOf(service)).length === 1, { what: 'the message' });
});
