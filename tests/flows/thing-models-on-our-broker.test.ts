import { afterAll, beforeAll, expect, test } from 'vitest';
import { thingModel } from '../../protocols/thing-model/thing-model.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import { queueDownlink } from '../../src/devices/downlink-store.ts';
import { gatewayPrefix } from '../../src/devices/gateways.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress([thingModel]);
});
afterAll(() => ingress.close());

async function login(nativeId: string, topicPrefix: string) {
  const { db } = ingress.database;
  const { id, secret } = await registerDevice(db, {
    protocol: 'thing_model',
    nativeId,
    topicPrefix: gatewayPrefix(thingModel, nativeId, topicPrefix),
    withSecret: true,
  });
  const client = await ingress.login({ nativeId, secret: secret ?? '' });
  const heard: string[] = [];
  client.on('message', (topic, bytes) => void heard.push(`${topic} ${bytes}`));
  return { id, client, heard };
}

test.each([
  ['meter-1', '$sys/Pz1/meter-1', 'thing/property/post', 'thing/property/post/reply', 'thing/property/set'],
  [
    'meter-2',
    '/sys/a1Pk/meter-2',
    'thing/event/property/post',
    'thing/event/property/post_reply',
    'thing/service/property/set',
  ],
])('the breaker %s is answered and switched on %s', async (nativeId, prefix, up, answer, down) => {
  const { id, client, heard } = await login(nativeId, prefix);
  await client.subscribeAsync(`${prefix}/#`);
  const report = { id: '1', version: '1.0', params: { switch: { value: true }, current: { value: 3.1 } } };
  await client.publishAsync(`${prefix}/${up}`, JSON.stringify(report), { qos: 1 });
  await until(async () => heard.length === 1, { what: 'the answer' });
  expect(heard[0]).toContain(`${prefix}/${answer} {"id":"1","code":200`);
  const [uplink] = (await ingress.uplinks()).filter(
    (one) => one.native_id === nativeId && one.reading_count === 2,
  );
  expect(uplink).toMatchObject({ outcome: 'ok', topic: `${prefix}/${up}` });
  const device = { protocol: 'thing_model', nativeId, deviceId: id };
  await queueDownlink(ingress.database.db, { ...device, command: { kind: 'switch', on: false } }, Date.now());
  await until(async () => heard.length === 2, { what: 'the command' });
  expect(heard[1]).toMatch(`${prefix}/${down} `);
  expect(JSON.parse(heard[1]?.slice(heard[1].indexOf(' ')) ?? '').params).toEqual({ switch: false });
});
