import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandIn, composed, dockerCompose, SECRETS, writeSecrets } from '../harness/compose.ts';
import { freePort, type RealServer, startServer } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { projectRoot } from '../harness/source.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const clients = requireProgram('mosquitto-clients');
const GATEWAY = 'binhu-gw-01';

/** The broker as docker-compose.yml starts it, its folders and its port elsewhere. */
describe.skipIf(!mosquitto.path || !clients.path || !dockerCompose.path)('the Mosquitto of the file', () => {
  let secrets: string;
  let server: RealServer;
  let service: MqttClient;
  let folders: Record<string, string>;
  const heard: string[] = [];
  const opened: MqttClient[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gridguard-mosquitto-'));
    secrets = writeSecrets();
    const port = await freePort();
    for (const name of ['config', 'data']) mkdirSync(join(folder, name));
    cpSync(join(projectRoot, 'src/tools/mosquitto'), join(folder, 'config'), { recursive: true });
    const file = join(folder, 'config/mosquitto.conf');
    const shipped = readFileSync(file, 'utf8');
    folders = { '/mosquitto/': `${folder}/`, '/run/secrets': secrets };
    // Root in a test gives no rights away, as the image's own user has none.
    const moved = shipped
      .replaceAll('/mosquitto/', `${folder}/`)
      .replace('listener 1883', `listener ${port}`);
    const pidFile = join(folder, 'data/pid');
    writeFileSync(file, `${moved}\nuser root\npid_file ${pidFile}\n`);
    const { command = [] } = composed().services.mosquitto ?? {};
    const url = `mqtt://127.0.0.1:${port}`;
    const ready = async () => {
      service = await connectAsync(url, {
        username: 'gridguard',
        password: SECRETS.mqtt_password ?? '',
        reconnectPeriod: 0,
      });
      return true;
    };
    const [shell = '', ...args] = commandIn(command, folders);
    server = await startServer({
      folder,
      url,
      command: [shell, ...args],
      isReady: () => ready().catch(() => false),
    });
    service.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
    await service.subscribeAsync(['zigbee2mqtt/#', 'gridguard/v1/+/up'], { qos: 1 });
    const passwd = join(folder, 'data/passwd');
    expect(spawnSync('mosquitto_passwd', ['-b', passwd, GATEWAY, 'secret']).status).toBe(0);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGHUP');
  }, 60_000);

  afterAll(async () => {
    for (const client of [service, ...opened]) await client?.endAsync(true);
    await server?.close();
    rmSync(secrets, { recursive: true, force: true });
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
    const here = { ...folders, '-p 1883': `-p ${new URL(server.url).port}` };
    const healthy = () => spawnSync('sh', ['-c', ...commandIn([check], here)]).status === 0;
    expect(healthy()).toBe(true);
    await server.kill();
    expect(healthy()).toBe(false);
  });
});
