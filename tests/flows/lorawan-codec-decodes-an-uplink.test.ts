import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HealthView } from '../../src/api/asset-schemas.ts';
import { type NewDevice, registerDevice } from '../../src/devices/device-store.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { type Clock, createSystemClock } from '../../src/platform/clock.ts';
import { ApiClient } from '../harness/api-client.ts';
import { addAccount } from '../harness/rescue-village.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';
import { connectBand, frame, record } from '../harness/watch-wire.ts';

const APP = '52f14cd4-c6f1-4fbd-8f87-4025e1d49242';
const PASSWORD = 'a good password';
const codec = `function decodeUplink(input) {
  if (input.fPort !== 7) return { errors: ['port ' + input.fPort] };
  return { data: { wet: (input.bytes[0] & 1) === 1, depth: input.bytes[1], zelle: input.bytes[2] } };
}`;
const map = `models: [WL-3, wl-3 pro]
signals:
  wet: water_leak
  depth: { signal: level_depth, unit: cm }
  zelle: battery
`;

/** What happens every few seconds happens at once. */
function hurried(): Clock {
  const clock = createSystemClock();
  return { ...clock, every: (ms, run) => clock.every(Math.min(ms, 100), run) };
}

let folder: string;
let service: TestService;
let server: mqtt.MqttClient;
let admin: ApiClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gg-codecs-'));
  await mkdir(join(folder, 'binhu'));
  await write('binhu/wl-3.js', codec);
  await write('binhu/wl-3.yaml', map);
  await write('binhu/loop-1.js', 'function decodeUplink() { while (true) {} }');
  service = await startTestService({ CODECS_DIR: folder }, { clock: hurried() });
  const { secret } = await register({
    nativeId: 'ns-1',
    topicPrefix: `application/${APP}`,
    withSecret: true,
  });
  server = await mqtt.connectAsync(service.addresses.mqtt ?? '', {
    username: 'ns-1',
    password: secret ?? '',
  });
  admin = await loggedIn();
});
afterAll(async () => {
  await server.endAsync(true);
  await service.close();
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const register = (device: Omit<NewDevice, 'protocol'>) =>
  registerDevice(service.database.db, { protocol: 'chirpstack', ...device });

async function loggedIn(): Promise<ApiClient> {
  const { db } = service.database;
  const { id } = await addAccount(db, 'root', ['admin']);
  await db
    .updateTable('accounts')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .where('id', '=', id)
    .execute();
  const client = new ApiClient(service.addresses.http ?? '');
  await client.login('root', PASSWORD);
  return client;
}

let count = 0;
function uplink(eui: string, bytes: readonly number[], profile?: string): string {
  count += 1;
  return JSON.stringify({
    deduplicationId: `3ac7e3c4-4401-4b8d-9386-${String(count).padStart(12, '0')}`,
    time: new Date().toISOString(),
    deviceInfo: {
      applicationId: APP,
      deviceName: eui,
      devEui: eui,
      ...(profile ? { deviceProfileName: profile } : {}),
    },
    fCnt: count,
    fPort: 7,
    data: Buffer.from(bytes).toString('base64'),
    rxInfo: [{ gatewayId: '0016c001f153a14c', rssi: -97, snr: 4.5 }],
  });
}
const say = (eui: string, message: string) =>
  server.publishAsync(`application/${APP}/device/${eui}/event/up`, message, { qos: 1 });

const uplinksOf = (nativeId: string) =>
  service.database.db
    .selectFrom('uplinks')
    .selectAll()
    .where('native_id', '=', nativeId)
    .orderBy('id')
    .execute();
const latest = (eui: string, signal: string) =>
  until(
    () =>
      service.database.db
        .selectFrom('readings')
        .innerJoin('devices', 'devices.id', 'readings.device_id')
        .select('number')
        .where('native_id', '=', eui)
        .where('signal', '=', signal as 'battery')
        .orderBy('readings.received_at', 'desc')
        .executeTakeFirst(),
    { what: `${signal} of ${eui}` },
  );
const ticketOf = (nativeId: string) =>
  until(
    () =>
      service.database.db
        .selectFrom('tickets')
        .selectAll()
        .where('native_id', '=', nativeId)
        .executeTakeFirst(),
    { what: `the ticket of ${nativeId}` },
  );
async function codecsPart() {
  const { body } = await admin.get<HealthView>('/api/health');
  return body.parts.find(({ name }) => name === 'codecs');
}

test('an uplink without decoded values goes through the operator’s codec and map, and its leak is a ticket', async () => {
  const eui = '24e124136c000301';
  await say(eui, uplink(eui, [0, 12, 88], 'WL-3'));
  await say(eui, uplink(eui, [1, 31, 87], 'WL-3'));
  expect(await ticketOf(eui)).toMatchObject({ fault_class: 'water_leak', protocol: 'chirpstack' });
  expect((await uplinksOf(eui)).map(({ outcome, reading_count }) => [outcome, reading_count])).toEqual([
    ['ok', 5],
    ['ok', 5],
  ]);
  expect(await latest(eui, 'level_depth')).toEqual({ number: 310 });
});

test('so does what is pushed by HTTP, by the model as which it is registered', async () => {
  const eui = '24e124136c000302';
  await register({ nativeId: eui, model: 'WL-3 Pro', withSecret: false });
  const { status } = await fetch(`${service.addresses.push}/chirpstack?event=up`, {
    method: 'POST',
    body: uplink(eui, [1, 5, 60]),
  });
  expect(status).toBe(200);
  expect(await ticketOf(eui)).toMatchObject({ fault_class: 'water_leak' });
});

test('a codec that never ends costs its own uplinks, not an SOS nor another device', async () => {
  const [loop, well] = ['24e124136c0003ff', '24e124136c000303'];
  const band = await connectBand(Number(new URL(service.addresses.tcp.watch ?? '').port));
  const stuck = [1, 2].map((depth) => say(loop, uplink(loop, [1, depth, 3], 'LOOP-1')));
  const other = say(well, uplink(well, [0, 9, 70], 'WL-3'));
  band.send(frame('8800000015', record('AL', { status: '00010000' })));
  await until(() => band.heard().includes('AL'), { what: 'the answer to the band' });
  expect((await uplinksOf(loop)).length).toBeLessThan(2);
  await until(
    () =>
      service.database.db.selectFrom('incidents').select('id').where('kind', '=', 'sos').executeTakeFirst(),
    { what: 'the incident' },
  );
  band.end();
  await Promise.all([...stuck, other]);
  for (const lost of await uplinksOf(loop)) {
    expect(lost.reason).toMatch(/the codec failed: .*stopped/);
    expect([lost.outcome, lost.reading_count]).toEqual(['ok', 2]);
  }
  expect((await uplinksOf(well))[0]).toMatchObject({ outcome: 'ok', reading_count: 5, reason: null });
});

test('a map that is broken is named with its line to the administrator, the good one goes on; what is mended counts', async () => {
  const eui = '24e124136c000304';
  expect(await codecsPart()).toMatchObject({ state: 'ok', problems: [] });
  await write('binhu/wl-3.yaml', map.replace('battery', 'batterie'));
  const broken = await until(async () => (await codecsPart())?.problems?.[0], { what: 'the fault' });
  expect(broken).toEqual({
    file: 'binhu/wl-3.yaml',
    line: 5,
    message: expect.stringContaining('batterie 不是信号'),
  });
  await say(eui, uplink(eui, [0, 12, 50], 'WL-3'));
  expect(await latest(eui, 'battery')).toEqual({ number: 50 });
  await write('binhu/wl-3.yaml', map.replace('battery', '{ signal: battery, factor: 0.5 }'));
  await until(async () => (await codecsPart())?.state === 'ok', { what: 'the mended map' });
  await say(eui, uplink(eui, [0, 12, 48], 'WL-3'));
  await until(async () => (await latest(eui, 'battery')).number === 24, {
    what: 'the value by the mended map',
  });
});
