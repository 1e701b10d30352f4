import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import { queueDownlink } from '../../src/devices/downlink-store.ts';
import type { PayloadReading } from '../../src/model/uplinks.ts';
import { type FieldMessage, fieldProtocol } from '../harness/field-protocol.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';

const field = fieldProtocol();
const net = fieldProtocol({
  name: 'net',
  gateway: {
    defaultPrefix: (nativeId) => `net/${nativeId}`,
    guessPrefix: (topic) => /^(net\/[^/]+)\//.exec(topic)?.[1],
    open: true,
  },
  encode: (command, { nativeId }) => ({ topic: `net/down/${nativeId}`, bytes: Buffer.from(command.kind) }),
});
let asked = 0;
const alone = fieldProtocol({
  name: 'lone',
  gateway: {
    defaultPrefix: (nativeId) => `lone/${nativeId}`,
    guessPrefix: () => undefined,
    covers: (prefix, topic) => topic.startsWith(`${prefix}/`) || topic === 'lone/all',
    alone: true,
  },
  poll: (session, { nativeId, now }) => ({
    session: { ...session, asked: ++asked },
    publish: [{ topic: `lone/${nativeId}/get`, bytes: Buffer.from(`ask ${asked}`) }],
    nextAt: now + 200,
  }),
});
/** What the slow codec waits for, however often and late it is asked. */
const slow = Promise.withResolvers<PayloadReading>();
const codecs = {
  resolve: ({ models }: { models: readonly string[] }): Promise<PayloadReading> | undefined =>
    models[0] === 'slow' ? slow.promise : undefined,
};
let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress([field, net, alone], undefined, { codecs });
});
afterAll(() => ingress.close());

async function gateway(protocol: string, nativeId: string, topicPrefix = `${protocol}/${nativeId}`) {
  const { db } = ingress.database;
  const { id, secret } = await registerDevice(db, { protocol, nativeId, topicPrefix, withSecret: true });
  const client = await ingress.login({ nativeId, secret: secret ?? '' });
  const heard: string[] = [];
  client.on('message', (topic, bytes) => void heard.push(`${topic} ${bytes}`));
  const say = (message: FieldMessage, topic = `${topicPrefix}/up`) =>
    client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  return { id, client, heard, say };
}
const device = (protocol: string, nativeId: string, gatewayId?: number) =>
  registerDevice(ingress.database.db, { protocol, nativeId, gatewayId, withSecret: false });
const uplinksOf = async (nativeId: string) =>
  (await ingress.uplinks()).filter((uplink) => uplink.native_id === nativeId);
const deviceOf = (nativeId: string) =>
  ingress.database.db.selectFrom('devices').selectAll().where('native_id', '=', nativeId).executeTakeFirst();

test('a gateway speaks where its language says, and is answered there once its message is stored', async () => {
  const { say, heard, client } = await gateway('field', 'f1');
  const other = await gateway('field', 'f1b');
  await say({ of: 'f1', says: { battery: 80 }, publish: 'anywhere/else' }, 'shared/f1');
  await until(async () => heard.length === 1, { what: 'the confirmation' });
  expect(heard).toEqual(['anywhere/else confirmed']);
  expect(other.heard).toEqual([]);
  expect((await uplinksOf('f1')).at(-1)).toMatchObject({ topic: 'shared/f1', outcome: 'ok' });
  void say({ of: 'f1', says: { battery: 80 } }, 'shared/f1b').catch(() => {});
  await until(async () => !client.connected, { what: 'the end of who speaks for another' });
});

test('what one message says of several devices is stored for each of them, before it is acknowledged', async () => {
  const { id, say } = await gateway('field', 'f2');
  for (const nativeId of ['a', 'b']) await device('field', nativeId, id);
  await say({ others: { a: { water_leak: true }, b: { smoke: true }, c: { battery: 3 } } });
  const outcomes = await Promise.all(['a', 'b', 'c'].map(uplinksOf));
  expect(outcomes.map(([uplink]) => [uplink?.outcome, uplink?.reading_count])).toEqual([
    ['ok', 1],
    ['ok', 1],
    ['unknown_device', 0],
  ]);
  expect((await ingress.inbox()).map(({ native_id, signal }) => [native_id, signal])).toEqual([
    ['b', 'smoke'],
  ]);
});

test('devices are made known one by one, and none that speaks another language already', async () => {
  await device('watch', '861234567890123');
  const { id, say } = await gateway('field', 'f3');
  await say({ of: 'f3', introduces: [{ nativeId: 'p/1', name: '厨房', model: 'M1' }] });
  await say({ of: 'f3', introduces: [{ nativeId: 'p/2' }, { nativeId: 'eui-861234567890123' }] });
  expect(await deviceOf('p/1')).toMatchObject({ gateway_id: id, name: '厨房', model: 'M1' });
  expect(await deviceOf('p/2')).toMatchObject({ gateway_id: id });
  expect(await deviceOf('eui-861234567890123')).toBeUndefined();
  const [last] = (await uplinksOf('f3')).slice(-1);
  expect(last?.reason).toContain('eui-861234567890123 (registered as watch 861234567890123)');
  await expect(device('field', '861234567890123')).rejects.toMatchObject({ code: 'DEVICE_HARDWARE_TAKEN' });
});

test('what the unit says of life in a language in which nobody registered it is the registered one’s', async () => {
  const band = await device('watch', '861234567890999');
  const { say } = await gateway('field', 'f4');
  await say({ of: '861234567890999', says: { sos: true, heart_rate: 70 } });
  const [uplink] = await uplinksOf('861234567890999');
  expect(uplink).toMatchObject({ outcome: 'unknown_device', reason: 'registered as watch 861234567890999' });
  const [event] = (await ingress.inbox()).slice(-1);
  expect(event).toMatchObject({ protocol: 'watch', signal: 'sos', device_id: band.id });
});

test('a device of an open language may be spoken for by anybody who speaks it, and is commanded through whom it was heard', async () => {
  const { id } = await device('net', '24e124136b502217');
  const { say, client, heard } = await gateway('net', 'n1');
  await client.subscribeAsync('net/n1/#');
  await say({ of: '24e124136b502217', says: { battery: 50 }, sequence: 'd1' });
  const second = await gateway('net', 'n2');
  await second.say({ of: '24e124136b502217', says: { battery: 50 }, sequence: 'd1' });
  const outcomes = (await uplinksOf('24e124136b502217')).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['ok', 'duplicate']);
  await say({ of: '24e124136b502217', says: { battery: 49 }, sequence: 'd2' });
  const ring = { protocol: 'net', nativeId: '24e124136b502217', deviceId: id };
  await queueDownlink(ingress.database.db, { ...ring, command: { kind: 'ring' } }, Date.now());
  await until(async () => heard.length === 1, { what: 'the command' });
  expect(heard).toEqual(['net/down/24e124136b502217 ring']);
});

test('a device that stands alone is asked for its values, and says itself whether it is online', async () => {
  const { id, heard, client } = await gateway('lone', 'l1');
  await until(async () => heard.length >= 2, { what: 'two questions' });
  expect(heard.slice(0, 2)).toEqual(['lone/l1/get ask 1', 'lone/l1/get ask 2']);
  await client.endAsync();
  expect(await deviceOf('l1')).toMatchObject({ id, online: null });
});

test('what is said on a topic that many share is heard by us, and by none of the others', async () => {
  const [speaker, other] = [await gateway('lone', 'l2'), await gateway('lone', 'l3')];
  for (const { client } of [speaker, other]) await client.subscribeAsync('lone/all');
  await speaker.say({ of: 'l2', says: { battery: 80 } }, 'lone/all');
  await other.say({ of: 'l3', says: { battery: 81 } }, 'lone/all');
  const asked = other.heard.length;
  await until(async () => other.heard.length > asked, { what: 'a later message to it' });
  expect([...speaker.heard, ...other.heard].filter((text) => text.startsWith('lone/all'))).toEqual([]);
  expect((await uplinksOf('l2')).at(-1)).toMatchObject({ topic: 'lone/all', outcome: 'ok' });
});

test('a codec that takes its time holds up its own device and nobody else', async () => {
  const { id, say } = await gateway('field', 'f5');
  for (const nativeId of ['s1', 's2']) await device('field', nativeId, id);
  const first = say({ of: 's1', payload: { model: 'slow', bytes: 'x' }, sequence: '1' });
  const second = say({
    of: 's1',
    payload: { model: 'none', bytes: 'x' },
    says: { battery: 1 },
    sequence: '2',
  });
  await say({ of: 's2', says: { smoke: true } });
  expect(await uplinksOf('s1')).toEqual([]);
  slow.resolve({ data: { water_leak: true } });
  await Promise.all([first, second]);
  const rows = await uplinksOf('s1');
  expect(rows.map(({ outcome, reading_count }) => [outcome, reading_count])).toEqual([
    ['ok', 1],
    ['ok', 1],
  ]);
  expect(Buffer.from(rows[0]?.bytes ?? []).toString()).toContain('slow');
});
