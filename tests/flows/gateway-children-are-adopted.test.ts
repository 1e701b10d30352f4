import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeDevice } from '../../src/devices/device-change-store.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import type { Reading } from '../../src/model/readings.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';
import {
  connectGateway,
  ieeeOf,
  leakSensor,
  registerGateway,
  smokeSensor,
} from '../harness/zigbee-gateway.ts';

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

const gatewayOf = (nativeId: string, place = {}) => registerGateway(ingress.database, nativeId, place);
const connect = (gateway: Awaited<ReturnType<typeof gatewayOf>>, options = {}) =>
  connectGateway(ingress.ports.mqtt, gateway, options);
const deviceOf = (n: number) =>
  ingress.database.db.selectFrom('devices').selectAll().where('native_id', '=', ieeeOf(n)).executeTakeFirst();
const uplinksOf = async (n: number) => (await ingress.uplinks()).filter((u) => u.native_id === ieeeOf(n));
const waiting = (nativeId: string) =>
  ingress.database.db
    .selectFrom('unknown_devices')
    .selectAll()
    .where('native_id', '=', nativeId)
    .executeTakeFirst();

/** Every reading in the log, of all partitions. */
async function logged() {
  const rows = await ingress.database.db
    .selectFrom('log')
    .select(['payload', 'partition'])
    .orderBy('no')
    .execute();
  return rows.flatMap(({ payload, partition }) =>
    (JSON.parse(payload) as { readings: Reading[] }).readings.map((reading) => ({
      ...reading,
      partition,
    })),
  );
}

async function asset(code: string, parentId: number | null = null): Promise<number> {
  const { db } = ingress.database;
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('assets')
      .values({
        parent_id: parentId,
        site_id: parentId ?? 0,
        kind: parentId ? 'pipe' : 'estate',
        code,
        name: code,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (parentId === null)
      await trx.updateTable('assets').set({ site_id: row.id }).where('id', '=', row.id).execute();
    return row.id;
  });
}

test('what comes right behind the first list is attributed to devices that the list has just brought', async () => {
  const estate = await asset('estate-1');
  const gateway = await gatewayOf('gw-first', { assetId: estate });
  const { say, close } = await connect(gateway);
  await Promise.all([
    say('bridge/state', { state: 'online' }),
    say('bridge/devices', [leakSensor(1, 'kitchen'), leakSensor(2, 'cellar/left')]),
    say('kitchen', { water_leak: true, battery: 90 }),
    say('cellar/left', { water_leak: false }),
  ]);
  await close();
  const kitchen = await deviceOf(1);
  expect(kitchen).toMatchObject({
    protocol: 'zigbee2mqtt',
    name: 'kitchen',
    model: 'SJCGQ11LM',
    vendor: 'Aqara',
    gateway_id: gateway.id,
    asset_id: null,
    active: true,
  });
  expect((await uplinksOf(1)).map((u) => [u.outcome, u.device_id])).toEqual([['ok', kitchen?.id]]);
  expect((await uplinksOf(2)).map((u) => u.outcome)).toEqual(['ok']);
  const readings = (await logged()).filter((r) => r.signal === 'water_leak');
  expect(readings.map((r) => r.value).sort()).toEqual([false, true]);
  for (const reading of readings) {
    expect(reading).toMatchObject({ gatewayId: gateway.id });
    // It stands where its gateway does, and watches nothing of the gateway's.
    expect(reading).not.toHaveProperty('assetId');
  }
  expect(await waiting(ieeeOf(1))).toBeUndefined();
});

test('all that stands in one estate is kept in one order, whichever gateway it speaks through', async () => {
  const estate = await asset('estate-2');
  const pipe = await asset('pipe-2', estate);
  const [one, two] = [await gatewayOf('gw-site-1', { assetId: estate }), await gatewayOf('gw-site-2')];
  for (const [i, gateway] of [one, two].entries()) {
    const { say, close } = await connect(gateway);
    await say('bridge/devices', [leakSensor(40 + i, 's')]);
    if (i === 1)
      await ingress.database.db
        .updateTable('devices')
        .set({ asset_id: pipe })
        .where('native_id', '=', ieeeOf(41))
        .execute();
    await ingress.database.notify('gg_device', '');
    await until(async () => {
      await say('s', { water_leak: true });
      return (await logged()).some((r) => r.nativeId === ieeeOf(40 + i) && (i === 0 || r.assetId === pipe));
    });
    await close();
  }
  const partitions = new Set(
    (await logged())
      .filter((r) => r.nativeId === ieeeOf(40) || r.assetId === pipe)
      .map((r) => r.partition as number),
  );
  expect(partitions.size).toBe(1);
});

test('a renamed device keeps its identity, and one that vanishes from the list stays registered', async () => {
  const gateway = await gatewayOf('gw-rename');
  const { say, close } = await connect(gateway);
  await say('bridge/devices', [leakSensor(10, 'old name'), leakSensor(11, 'other')]);
  const before = await deviceOf(10);
  await say('bridge/devices', [leakSensor(10, 'new name')]);
  await say('new name', { water_leak: true });
  await close();
  expect(await deviceOf(10)).toMatchObject({ id: before?.id, name: 'new name' });
  expect((await uplinksOf(10)).at(-1)).toMatchObject({ outcome: 'ok', device_id: before?.id });
  expect(await deviceOf(11)).toMatchObject({ gateway_id: gateway.id, active: true });
});

test('a device of another gateway is not taken away, and what is said in its name does not count', async () => {
  const [own, other] = [await gatewayOf('gw-own'), await gatewayOf('gw-other')];
  const owner = await connect(own);
  await owner.say('bridge/devices', [leakSensor(20, 'bath')]);
  const thief = await connect(other);
  await thief.say('bridge/devices', [leakSensor(20, 'mine now')]);
  expect(await deviceOf(20)).toMatchObject({ gateway_id: own.id, name: 'bath' });
  const list = (await ingress.uplinks()).findLast((u) => u.command === 'bridge/devices');
  expect(list?.reason).toContain(`${ieeeOf(20)} (it is behind another gateway)`);
  await thief.say('mine now', { water_leak: true, smoke: true });
  expect((await uplinksOf(20)).at(-1)).toMatchObject({
    outcome: 'forbidden',
    device_id: null,
    reason: `${ieeeOf(20)} is not behind gw-other`,
    reading_count: 0,
  });
  expect((await logged()).some((r) => r.nativeId === ieeeOf(20))).toBe(false);

  await owner.say('bridge/devices', []);
  expect(await deviceOf(20)).toMatchObject({ gateway_id: other.id, name: 'mine now' });
  await thief.say('mine now', { water_leak: true });
  expect((await uplinksOf(20)).at(-1)).toMatchObject({ outcome: 'ok' });
  await Promise.all([owner.close(), thief.close()]);
});

test('a call for help through the wrong gateway still reaches the dispatchers', async () => {
  const [own, other] = [await gatewayOf('gw-smoke'), await gatewayOf('gw-wrong')];
  const owner = await connect(own);
  await owner.say('bridge/devices', [smokeSensor(25, 'hall')]);
  const wrong = await connect(other);
  await wrong.say('bridge/devices', [smokeSensor(25, 'hall')]);
  await wrong.say('hall', { smoke: true });
  expect((await uplinksOf(25)).at(-1)).toMatchObject({ outcome: 'forbidden' });
  expect((await ingress.inbox()).at(-1)).toMatchObject({
    signal: 'smoke',
    native_id: ieeeOf(25),
    device_id: null,
  });
  await Promise.all([owner.close(), wrong.close()]);
});

test('another gateway or a device with its own login is never taken over by being listed', async () => {
  const [liar, victim] = [await gatewayOf('gw-liar'), await gatewayOf('gw-victim')];
  const own = await registerDevice(ingress.database.db, {
    protocol: 'zigbee2mqtt',
    nativeId: ieeeOf(30),
    withSecret: true,
  });
  const { say, close } = await connect(liar);
  await say('bridge/devices', [leakSensor(30, 'x'), { ...leakSensor(31, 'y'), ieee_address: 'gw-victim' }]);
  await close();
  expect(await deviceOf(30)).toMatchObject({ id: own.id, gateway_id: null, name: null });
  const row = await ingress.database.db
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', victim.id)
    .executeTakeFirst();
  expect(row).toMatchObject({ gateway_id: null, name: null });
});

test('no gateway has more than five hundred devices, and the uplink says what was left out', async () => {
  const gateway = await gatewayOf('gw-crowd');
  const { say, close } = await connect(gateway);
  await say(
    'bridge/devices',
    Array.from({ length: 300 }, (_, i) => leakSensor(1_000 + i, `a${i}`)),
  );
  await say(
    'bridge/devices',
    Array.from({ length: 700 }, (_, i) => leakSensor(2_000 + i, `b${i}`)),
  );
  await close();
  const count = await ingress.database.db
    .selectFrom('devices')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('gateway_id', '=', gateway.id)
    .executeTakeFirstOrThrow();
  expect(Number(count.n)).toBe(500);
  const list = (await ingress.uplinks()).findLast((u) => u.command === 'bridge/devices');
  expect(list).toMatchObject({ outcome: 'ok' });
  expect(list?.reason).toContain('500');
});

test('what a gateway taught outlives the process, and reaches another process when it connects there', async () => {
  const gateway = await gatewayOf('gw-lasting');
  const first = await connect(gateway);
  await first.say('bridge/devices', [leakSensor(50, 'roof')]);
  await first.close();
  const other = await startIngress([], postgres);
  try {
    const second = await connectGateway(other.ports.mqtt, gateway);
    await second.say('roof', { water_leak: true });
    expect((await uplinksOf(50)).at(-1)).toMatchObject({ outcome: 'ok' });
    await second.say('bridge/devices', [leakSensor(50, 'top')]);
    await second.close();
    const third = await connect(gateway);
    await third.say('top', { water_leak: true });
    expect((await uplinksOf(50)).at(-1)).toMatchObject({
      outcome: 'ok',
      device_id: (await deviceOf(50))?.id,
    });
    await third.close();
  } finally {
    await other.close();
  }
});

test('two connections of one gateway are one conversation', async () => {
  const gateway = await gatewayOf('gw-twice');
  const [one, two] = [await connect(gateway), await connect(gateway)];
  await one.say('bridge/devices', [leakSensor(55, 'attic')]);
  await two.say('attic', { water_leak: true });
  expect((await uplinksOf(55)).at(-1)).toMatchObject({ outcome: 'ok' });
  await Promise.all([one.close(), two.close()]);
});

test('a gateway that nobody registered waits with all that is behind it', async () => {
  const accept = (path: string, payload: unknown) =>
    ingress.ingest.accept(
      {
        protocol: 'zigbee2mqtt',
        transport: 'mqtt',
        bytes: Buffer.from(JSON.stringify(payload)),
        topic: `zigbee2mqtt/gw-stranger/${path}`,
        topicPrefix: 'zigbee2mqtt/gw-stranger',
        receivedAt: Date.now(),
        source: 'outside',
      },
      conversation,
    );
  const conversation = { session: {} };
  expect(await accept('bridge/devices', [leakSensor(60, 'bin 7')])).toMatchObject({
    outcome: 'unknown_device',
  });
  await accept('bin 7', { water_leak: true });
  const stranger = await until(() => waiting(ieeeOf(60)), { what: 'the stranger in the waiting room' });
  expect(stranger).toMatchObject({
    gateway_native_id: 'gw-stranger',
    description: 'Aqara SJCGQ11LM bin 7',
    uplinks: 2,
  });
  expect(await waiting('gw-stranger')).toMatchObject({ gateway_native_id: null });
  await registerGateway(ingress.database, 'gw-stranger');
});

test('a gateway publishes below its prefix only', async () => {
  const [own, other] = [await gatewayOf('gw-prefix'), await gatewayOf('gw-prefix-2')];
  const { client, close } = await connect(own);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await client.publishAsync(`${other.prefix}/bridge/state`, 'offline', { qos: 0 });
  await closed;
  await close();
  const refused = await until(async () =>
    (await ingress.uplinks()).find((u) => u.outcome === 'forbidden' && u.native_id === 'gw-prefix'),
  );
  expect(refused.reason).toBe(`gw-prefix may not publish to ${other.prefix}/bridge/state`);
  const again = await connect(own);
  await expect(again.client.subscribeAsync(`${other.prefix}/#`)).rejects.toThrow();
  await again.close();
});

test('a gateway that subscribes to all below its prefix does not hear itself, whatever session it keeps', async () => {
  const gateway = await gatewayOf('gw-echo');
  const { client, say, close } = await connect(gateway, { clean: false, clientId: 'kept' });
  const heard: string[] = [];
  client.on('message', (topic) => heard.push(topic));
  await client.subscribeAsync(`${gateway.prefix}/#`, { qos: 1 });
  await say('bridge/state', 'online');
  await say('some name', { water_leak: true });
  await close();
  const back = await connect(gateway, { clean: false, clientId: 'kept' });
  back.client.on('message', (topic) => heard.push(topic));
  await back.say('bridge/state', 'online');
  await back.close();
  expect(heard).toEqual([]);
});

test('a name that cannot be stored as it is keeps nobody out', async () => {
  const gateway = await gatewayOf('gw-nul');
  const { say, close } = await connect(gateway);
  await say('bridge/devices', [
    leakSensor(801, 'pump\u0000'),
    leakSensor(802, 'half\ud800'),
    leakSensor(803, 'well'),
  ]);
  await say('well', { water_leak: true });
  await close();
  expect((await uplinksOf(803)).map((u) => u.outcome)).toEqual(['ok']);
  expect((await deviceOf(801))?.name).toBe('pump');
});

test('what finds no room behind a gateway is told, and what is out of use makes room', async () => {
  const gateway = await gatewayOf('gw-full');
  const { say, close } = await connect(gateway);
  const nth = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => leakSensor(from + i, `s${from + i}`));
  await say('bridge/devices', nth(500, 52000));
  await say('bridge/devices', nth(1, 53000));
  const told = await ingress.database.db
    .selectFrom('uplinks')
    .select('reason')
    .where('reason', 'like', `%${ieeeOf(53000)}%`)
    .executeTakeFirst();
  expect(told?.reason).toContain('no room');
  await ingress.database.db
    .updateTable('devices')
    .set({ active: false })
    .where('native_id', '=', ieeeOf(52000))
    .execute();
  await say('bridge/devices', nth(1, 53000));
  await close();
  expect(await deviceOf(53000)).toMatchObject({ gateway_id: gateway.id });
});

test('a gateway that is put out of use or moved to another topic is heard no longer, the others stay', async () => {
  const [out, moved, stays] = [
    await gatewayOf('gw-out'),
    await gatewayOf('gw-moved'),
    await gatewayOf('gw-stays'),
  ];
  const will = {
    topic: `${moved.prefix}/pump/set`,
    payload: Buffer.from('{"state":"OFF"}'),
    qos: 1,
    retain: false,
  } as const;
  const connections = [await connect(out), await connect(moved, { will }), await connect(stays)];
  const isOpen = () => connections.map(({ client }) => client.connected);
  expect(isOpen()).toEqual([true, true, true]);
  await changeDevice(ingress.database.db, out.id, { active: false }, Date.now());
  await changeDevice(ingress.database.db, moved.id, { topicPrefix: 'elsewhere/gw' }, Date.now());
  await until(() => !connections[0]?.client.connected && !connections[1]?.client.connected);
  await connections[2]?.say('bridge/state', { state: 'online' });
  expect(isOpen()).toEqual([false, false, true]);
  const again = await connect({ ...moved, prefix: 'elsewhere/gw' });
  await again.say('bridge/state', { state: 'online' });
  await Promise.all([again.close(), connections[2]?.close()]);
  const last = (await ingress.uplinks()).find(({ bytes }) => bytes.toString().includes('OFF'));
  expect(last).toMatchObject({ outcome: 'empty' });
});
