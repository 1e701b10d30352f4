import { spawnSync } from 'node:child_process';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandIn, composed, dockerCompose } from '../harness/compose.ts';
import { requireProgram } from '../harness/requirements.ts';
import { type ShippedMosquitto, serviceLogin, startShippedMosquitto } from '../harness/shipped-mosquitto.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const clients = requireProgram('mosquitto-clients');
const GATEWAY = 'binhu-gw-01';

describe.skipIf(!mosquitto.path || !clients.path || !dockerCompose.path)('the Mosquitto of the file', () => {
  let server: ShippedMosquitto;
  let service: MqttClient;
  const heard: string[] = [];
  const opened: MqttClient[] = [];

  beforeAll(async () => {
    server = await startShippedMosquitto();
    service = await connectAsync(server.url, { ...serviceLogin, reconnectPeriod: 0 });
    service.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
    await service.subscribeAsync(['#', '$oc/#'], { qos: 1 });
    server.addUser(GATEWAY, 'secret');
  }, 60_000);

  afterAll(async () => {
    for (const client of [service, ...opened]) await client?.endAsync(true);
    await server?.close();
  });

  async function login(username: string, password: string): Promise<MqttClient> {
    const client = await connectAsync(server.url, { username, password, reconnectPeriod: 0 });
    client.on('error', () => {});
    opened.push(client);
    return client;
  }

  it('lets the service in with its secret, and a gateway that was added, and nobody else', async () => {
    await until(() => login(GATEWAY, 'secret').catch(() => undefined), { what: 'the gateway to be known' });
    await expect(login(GATEWAY, 'wrong')).rejects.toThrow(/Not authorized|not authorised/i);
    await expect(connectAsync(server.url, { reconnectPeriod: 0 })).rejects.toThrow();
  });

  it('lets a gateway speak below its own base topic and nowhere else', async () => {
    const gateway = await until(() => login(GATEWAY, 'secret').catch(() => undefined));
    const own = [`zigbee2mqtt/${GATEWAY}/bridge/state`, `zigbee2mqtt/${GATEWAY}/1栋/地下室漏水`];
    const foreign = [
      'zigbee2mqtt/binhu-gw-02/bridge/state',
      'zigbee2mqtt/bridge/state',
      'gridguard/v1/maoqi-band-01/up',
      `gridguard/v1/${GATEWAY}/down`,
    ];
    for (const topic of [...foreign, ...own])
      await gateway.publishAsync(topic, '{}', { qos: 1 }).catch(() => {});
    await gateway.publishAsync(`gridguard/v1/${GATEWAY}/up`, '{}', { qos: 1 });
    await until(() => heard.some((each) => each.startsWith('gridguard/')), { what: 'the last message' });
    expect(heard).toEqual([...own.map((topic) => `${topic} {}`), `gridguard/v1/${GATEWAY}/up {}`]);
  });

  it('lets those of other languages speak below their own topics', async () => {
    const gateway = await until(() => login(GATEWAY, 'secret').catch(() => undefined));
    const own = [
      `application/${GATEWAY}/device/24e124136b000101/event/up`,
      `spBv1.0/gridguard/NDATA/${GATEWAY}`,
      `${GATEWAY}/events/rpc`,
      `tele/${GATEWAY}/SENSOR`,
      `homeassistant/binary_sensor/${GATEWAY}/leak/config`,
      `dlt645/${GATEWAY}/up`,
    ];
    const foreign = [
      'application/another/device/24e124136b000101/event/up',
      'shellies/another/online',
      '$oc/devices/x',
    ];
    heard.length = 0;
    for (const topic of [...foreign, ...own])
      await gateway.publishAsync(topic, '1', { qos: 1 }).catch(() => {});
    await until(() => heard.some((each) => each.startsWith('dlt645/')), { what: 'the last message' });
    expect(heard).toEqual(own.map((topic) => `${topic} 1`));
  });

  it('brings a gateway only its own orders', async () => {
    const gateway = await until(() => login(GATEWAY, 'secret').catch(() => undefined));
    const orders: string[] = [];
    gateway.on('message', (topic) => orders.push(topic));
    await gateway.subscribeAsync('zigbee2mqtt/#', { qos: 1 }).catch(() => {});
    for (const id of ['binhu-gw-02', GATEWAY])
      await service.publishAsync(`zigbee2mqtt/${id}/总断路器/set`, '{"state":"OFF"}', { qos: 1 });
    await until(() => orders.length, { what: 'the order' });
    expect(orders).toEqual([`zigbee2mqtt/${GATEWAY}/总断路器/set`]);
  });

  it('is healthy by the health check of the file, and not when it is gone', async () => {
    const [, check = ''] = composed().services.mosquitto?.healthcheck?.test ?? [];
    const here = { ...server.folders, '-p 1883': `-p ${new URL(server.url).port}` };
    const healthy = () => spawnSync('sh', ['-c', ...commandIn([check], here)]).status === 0;
    expect(healthy()).toBe(true);
    await server.kill();
    expect(healthy()).toBe(false);
  });
});
