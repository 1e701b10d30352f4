import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolByName } from '../../protocols/index.ts';
import { adoptWaiting } from '../../src/devices/child-store.ts';
import { commandsOf } from '../../src/devices/commands.ts';
import { changeDevice } from '../../src/devices/device-change-store.ts';
import { noteUnknown, registerDevice } from '../../src/devices/device-store.ts';
import { gatewayPrefix } from '../../src/devices/gateways.ts';
import { createRegistry, type Registry } from '../../src/devices/registry.ts';
import { switchableDevices } from '../../src/devices/switching-store.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { until } from '../harness/until.ts';
import { ieeeOf, registerGateway } from '../harness/zigbee-gateway.ts';

let postgres: TestDatabase;
let registry: Registry;
beforeAll(async () => {
  postgres = await openTestDatabase();
  registry = await createRegistry(postgres.database);
});
afterAll(() => postgres.close());

const zigbee2mqtt = protocolByName('zigbee2mqtt') ?? { name: 'zigbee2mqtt' };
const register = (nativeId: string, topicPrefix: string) =>
  registerDevice(postgres.database.db, {
    protocol: 'zigbee2mqtt',
    nativeId,
    topicPrefix,
    withSecret: true,
  });

test('a topic belongs to the gateway below whose prefix it is, as soon as it is registered and no longer', async () => {
  expect(await registry.findGateway('site/a/bridge/state')).toBeNull();
  const one = await register('one', 'site/a');
  await register('other', 'site/ab');
  const found = async (topic: string) => (await registry.findGateway(topic))?.nativeId;
  await until(async () => (await found('site/a/bridge/state')) === 'one');
  expect(await found('site/a/kitchen/left')).toBe('one');
  expect(await found('site/ab/kitchen')).toBe('other');
  expect(await found('site/a')).toBeUndefined();
  expect(await found('site/b/x')).toBeUndefined();
  await changeDevice(postgres.database.db, one.id, { topicPrefix: 'moved' }, Date.now());
  await until(async () => (await found('moved/kitchen')) === 'one');
  expect(await found('site/a/kitchen')).toBeUndefined();
  await changeDevice(postgres.database.db, one.id, { active: false }, Date.now());
  await until(async () => (await found('moved/kitchen')) === undefined);
});

test('no gateway speaks above or below another, nor where wristbands speak', async () => {
  const middle = await register('middle', 'house/1');
  for (const prefix of ['house', 'house/1/attic'])
    await expect(register('spy', prefix), prefix).rejects.toMatchObject({ code: 'DEVICE_PREFIX_TAKEN' });
  await changeDevice(postgres.database.db, middle.id, { active: false }, Date.now());
  await register('owner', 'house');
  await expect(
    changeDevice(postgres.database.db, middle.id, { active: true }, Date.now()),
  ).rejects.toMatchObject({ code: 'DEVICE_PREFIX_TAKEN' });
  for (const prefix of ['gridguard', 'gridguard/v1', 'gridguard/v1/wb-1'])
    expect(() => gatewayPrefix(zigbee2mqtt, 'spy', prefix), prefix).toThrow('below');
});

test('nothing logs in with an id that holds a wildcard or a level of a topic', async () => {
  for (const nativeId of ['+', '#', 'wb-1/up', 'a\u0000'])
    await expect(
      registerDevice(postgres.database.db, { protocol: 'native', nativeId, withSecret: true }),
      nativeId,
    ).rejects.toMatchObject({ code: 'DEVICE_ID_INVALID' });
});

test('two gateways never share a prefix', async () => {
  const { id } = await register('first', 'shared');
  await expect(register('second', 'shared')).rejects.toMatchObject({ code: 'DEVICE_PREFIX_TAKEN' });
  const other = await register('third', 'free');
  const change = (topicPrefix: string) =>
    changeDevice(postgres.database.db, other.id, { topicPrefix }, Date.now());
  await expect(change('shared')).rejects.toMatchObject({ code: 'DEVICE_PREFIX_TAKEN' });
  await changeDevice(postgres.database.db, id, { active: false }, Date.now());
  await change('shared');
});

test('what was registered since it was heard does not wait any more', async () => {
  const sighting = { protocol: 'zigbee2mqtt', nativeId: ieeeOf(40), source: 'outside', uplinks: 1 };
  const note = () => noteUnknown(postgres.database.db, [{ ...sighting, seenAt: Date.now() }]);
  const waiting = () =>
    postgres.database.db
      .selectFrom('unknown_devices')
      .select('uplinks')
      .where('native_id', '=', ieeeOf(40))
      .execute();
  await note();
  await note();
  expect(await waiting()).toEqual([{ uplinks: 2 }]);
  await registerDevice(postgres.database.db, { ...sighting, withSecret: false });
  await note();
  expect(await waiting()).toEqual([]);
});

test('what waits behind a gateway is registered with it, save what is known by a mere name', async () => {
  const sighting = {
    protocol: 'zigbee2mqtt',
    source: 'outside',
    seenAt: Date.now(),
    uplinks: 1,
    gatewayNativeId: 'gw-late',
  };
  await noteUnknown(postgres.database.db, [
    { ...sighting, nativeId: ieeeOf(1), description: 'Aqara SJCGQ11LM cellar' },
    { ...sighting, nativeId: ieeeOf(2), gatewayNativeId: 'another' },
    { ...sighting, nativeId: 'a friendly name' },
  ]);
  const gateway = await registerGateway(postgres.database, 'gw-late');
  const given = { id: gateway.id, protocol: 'zigbee2mqtt', nativeId: 'gw-late' };
  const adopt = () => postgres.database.db.transaction().execute((trx) => adoptWaiting(trx, given));
  expect(await adopt()).toBe(1);
  expect(await adopt()).toBe(0);
  const device = await registry.find('zigbee2mqtt', ieeeOf(1));
  expect(device).toMatchObject({ gatewayId: gateway.id });
  const left = await postgres.database.db.selectFrom('unknown_devices').select('native_id').execute();
  expect(left.map((row) => row.native_id).sort()).toEqual([ieeeOf(2), 'a friendly name']);
});

test('a prefix is what a gateway can speak below', () => {
  expect(gatewayPrefix(zigbee2mqtt, 'gw-1')).toBe('zigbee2mqtt/gw-1');
  expect(gatewayPrefix(zigbee2mqtt, 'gw-1', '/estate 7/东区/')).toBe('estate 7/东区');
  for (const wrong of ['', '/', 'a//b', 'a/+/b', 'a/#', '$SYS/x', 'a/ b', 'x'.repeat(201), 'a\u0000'])
    expect(() => gatewayPrefix(zigbee2mqtt, 'gw-1', wrong), JSON.stringify(wrong)).toThrow(
      expect.objectContaining({ code: 'DEVICE_PREFIX_INVALID' }),
    );
});

test('a breaker is switched, a band that somebody wears is rung, and nothing else takes a command', async () => {
  const native = protocolByName('native');
  expect(commandsOf(native, { subjectId: null, switchable: true, nativeId: 'n1' })).toEqual(['switch']);
  expect(commandsOf(native, { subjectId: 7, switchable: false, nativeId: 'n1' })).toEqual([
    'ring',
    'locate_now',
    'message',
    'measure',
    'set_sos_numbers',
    'set_interval',
    'fall_detection',
    'restart',
    'power_off',
  ]);
  expect(commandsOf(native, { subjectId: null, switchable: false, nativeId: 'n1' })).toEqual([]);
  expect(commandsOf(undefined, { subjectId: 7, switchable: true, nativeId: 'n1' })).toEqual([]);
  const { id } = await registerDevice(postgres.database.db, {
    protocol: 'native',
    nativeId: 'breaker-1',
    withSecret: false,
  });
  expect(await switchableDevices(postgres.database.db, [id])).toEqual(new Set());
  const time = new Date();
  await postgres.database.db
    .insertInto('latest_readings')
    .values({
      device_id: id,
      signal: 'breaker_position',
      observed_at: time,
      received_at: time,
      origin: 'live',
    })
    .execute();
  expect(await switchableDevices(postgres.database.db, [id])).toEqual(new Set([id]));
  expect(await switchableDevices(postgres.database.db, [])).toEqual(new Set());
});
