import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { registerDevice } from '../../src/devices/device-store.ts';
import { eelinkDatagram, eelinkPackage } from '../fixtures/eelink.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const KEY = 'only-for-clouds';
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ PUSH_KEY: KEY });
});
afterAll(() => service.close());

const incidentsOf = (nativeId: string) =>
  service.database.db
    .selectFrom('incidents')
    .select('id')
    .where('dedup_key', 'like', `%${nativeId}%`)
    .execute();
const untilRaised = (nativeId: string) =>
  until(async () => (await incidentsOf(nativeId)).length === 1, { what: `the incident of ${nativeId}` });

test('a wristband that speaks in datagrams is heard, registered or not', async () => {
  const imei = '861234567890101';
  await registerDevice(service.database.db, { protocol: 'b2316', nativeId: imei, withSecret: false });
  const { port } = new URL(service.addresses.udp.b2316 ?? '');
  const socket = createSocket('udp4');
  const frame = (id: string) =>
    `{"imei":"${id}","data":[{"tm":${Math.floor(Date.now() / 1000)},"wn":"2","hr":88}]}`;
  for (const id of [imei, '861234567890102']) socket.send(frame(id), Number(port), '127.0.0.1');
  await untilRaised(imei);
  await untilRaised('861234567890102');
  socket.close();
});

test('two packages of one datagram are stored together and answered in one, also when they come again', async () => {
  const imei = '861234567890105';
  await registerDevice(service.database.db, { protocol: 'eelink', nativeId: imei, withSecret: false });
  const { port } = new URL(service.addresses.udp.eelink ?? '');
  const socket = createSocket('udp4');
  const heard: string[] = [];
  socket.on('message', (bytes) => void heard.push(bytes.toString('hex')));
  const place = `${Math.floor(Date.now() / 1000).toString(16)} 02 01cc 0000 2871 0000a03d 1e`;
  const packages = [eelinkPackage('12', `${place} 0189`, 7), eelinkPackage('14', `${place} 02 0189`, 8)];
  const datagram = eelinkDatagram(packages, imei);
  const answer = eelinkDatagram(['67671200020007', '67671400020008'], imei).toString('hex');
  for (const times of [1, 2]) {
    socket.send(datagram, Number(port), '127.0.0.1');
    await until(async () => heard.length === times, { what: `answer ${times}` });
  }
  expect(heard).toEqual([answer, answer]);
  await untilRaised(imei);
  const rows = await service.database.db
    .selectFrom('uplinks')
    .select(['transport', 'outcome', 'reading_count'])
    .where('native_id', '=', imei)
    .orderBy('id')
    .execute();
  expect(rows.map(({ transport, outcome }) => [transport, outcome])).toEqual([
    ['udp', 'ok'],
    ['udp', 'duplicate'],
  ]);
  expect(rows[0]?.reading_count).toBe(7);
  socket.close();
});

test('a cloud that brings an alarm is answered with what it waits for, once it is stored', async () => {
  const imei = '861234567890103';
  const body = {
    deviceid: imei,
    normal_call_logs: [],
    sos: [{ alarm_time: '2026-11-22 08:00:00', lat: '30.4', lon: '114.9' }],
  };
  const url = `${service.addresses.push}/iwown/${KEY}/call_log/upload`;
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'text/plain' },
  });
  expect([answer.status, await answer.json()]).toEqual([200, { ReturnCode: 0 }]);
  const [uplink] = await service.database.db
    .selectFrom('uplinks')
    .selectAll()
    .where('native_id', '=', imei)
    .execute();
  expect(uplink).toMatchObject({ transport: 'http', topic: '/call_log/upload', protocol: 'iwown' });
  expect(
    (await fetch(`${service.addresses.push}/iwown/call_log/upload`, { method: 'POST', body: '{}' })).status,
  ).toBe(401);
});

test('a wristband by WebSocket logs in and is answered in text', async () => {
  const imei = '861234567890104';
  const socket = new WebSocket(service.addresses.webSocket.wonlex ?? '');
  const heard: string[] = [];
  socket.on('message', (data, isBinary) => void (isBinary || heard.push(String(data))));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(
    JSON.stringify({ type: 'login', ident: 1, ref: 'w:update', imei, data: {}, timestamp: Date.now() }),
  );
  await until(async () => heard.length > 0, { what: 'the answer to the login' });
  expect(JSON.parse(heard[0] ?? '')).toMatchObject({ type: 'login', ident: 1, ref: 's:reply' });
  socket.terminate();
});
