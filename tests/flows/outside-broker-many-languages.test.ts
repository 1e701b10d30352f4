import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCommand, encodePayload, type Metric } from '../../device-sim/sparkplug/payload.ts';
import { type NewDevice, registerDevice } from '../../src/devices/device-store.ts';
import { ieee, zigbeeDevices } from '../fixtures/zigbee2mqtt-devices.ts';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import type { RealServer } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const APP = '52f14cd4-c6f1-4fbd-8f87-4025e1d49242';
const [LORAWAN, STRANGE_LORAWAN] = ['24e124136b000901', '24e124136b000902'];
const [PLUG, STRANGE_PLUG] = ['plug_9CF9D1', 'plug_000001'];
const EDGE = 'spBv1.0/gridguard/pumps-9';
const CELLAR = 'a4cf12d3e4f5';
const leak = 'zigbee2mqtt/binhu/3-1/kitchen leak';

/** What a home automation would be told of the devices that others announce too. */
const discovered = (ids: string, stateTopic: string, more: object = {}) => ({
  name: 'Leak',
  uniq_id: `${ids}_leak`,
  dev_cla: 'moisture',
  stat_t: stateTopic,
  dev: { ids: [ids], name: ids },
  ...more,
});

describe.skipIf(!mosquitto.path)('a broker on which everybody speaks, by the usual topics', () => {
  let broker: RealServer;
  let station: mqtt.MqttClient;
  let database: TestDatabase;
  let service: TestService;
  const heard: { topic: string; bytes: Buffer }[] = [];

  const say = (topic: string, payload: unknown, retain = false) =>
    station.publishAsync(topic, payload instanceof Buffer ? payload : text(payload), { qos: 1, retain });
  const text = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload));
  const register = (device: Omit<NewDevice, 'withSecret'>) =>
    registerDevice(database.database.db, { ...device, withSecret: false });

  beforeAll(async () => {
    broker = await startOutsideMosquitto(mosquitto.path ?? '');
    station = await mqtt.connectAsync(broker.url);
    station.on('message', (topic, bytes) => void heard.push({ topic, bytes }));
    await station.subscribeAsync('spBv1.0/+/NCMD/#', { qos: 1 });
    await keepStates();
    database = await openTestDatabase();
    await register({ protocol: 'zigbee2mqtt', nativeId: 'hall', topicPrefix: 'zigbee2mqtt' });
    await register({ protocol: 'chirpstack', nativeId: LORAWAN });
    await register({ protocol: 'tasmota', nativeId: PLUG, topicPrefix: `tele/${PLUG}` });
    await register({ protocol: 'sparkplug', nativeId: 'gridguard:pumps-9', topicPrefix: EDGE });
    await register({ protocol: 'home_assistant', nativeId: CELLAR });
    service = await startTestService({ MQTT_URL: broker.url }, { on: database });
    await until(
      async () => (await uplinksOn('cellar/leak')).length > 0 && (await deviceOf(ieee(1))) !== undefined,
      { what: 'what the broker kept', timeoutMs: 20_000 },
    );
  });
  afterAll(async () => {
    await service?.close();
    await database?.close();
    await station?.endAsync(true);
    await broker?.close();
  });

  /** Everything that was told before we came, alarms among it. */
  async function keepStates(): Promise<void> {
    const zigbee = `homeassistant/binary_sensor/${ieee(1)}/water_leak/config`;
    await say('zigbee2mqtt/bridge/devices', zigbeeDevices, true);
    await say(leak, { water_leak: true, battery: 80 }, true);
    await say(zigbee, discovered(`zigbee2mqtt_${ieee(1)}`, leak, { o: { name: 'Zigbee2MQTT' } }), true);
    await say(
      'homeassistant/binary_sensor/cellar/leak/config',
      discovered('cellar', 'cellar/leak', { dev: { cns: [['mac', 'A4:CF:12:D3:E4:F5']], name: 'Cellar' } }),
      true,
    );
    await say('cellar/leak', 'ON', true);
    await say(
      `homeassistant/sensor/${PLUG}/power/config`,
      {
        name: 'Power',
        uniq_id: 'p1',
        dev_cla: 'power',
        unit_of_meas: 'W',
        stat_t: `tele/${PLUG}/SENSOR`,
        dev: { ids: ['9CF9D1'] },
      },
      true,
    );
    await say(
      'tasmota/discovery/A4CF129CF9D1/config',
      { t: PLUG, dn: 'Plug', md: 'Gosund SP1', rl: [1] },
      true,
    );
    await say(`tele/${PLUG}/LWT`, 'Online', true);
  }

  const db = () => database.database.db;
  const deviceOf = (nativeId: string) =>
    db().selectFrom('devices').selectAll().where('native_id', '=', nativeId).executeTakeFirst();
  const uplinksOn = (topic: string) =>
    db().selectFrom('uplinks').selectAll().where('topic', '=', topic).orderBy('id').execute();
  const strangers = async () =>
    (await db().selectFrom('unknown_devices').select(['protocol', 'native_id']).execute()).map(
      (one) => `${one.protocol} ${one.native_id}`,
    );
  const ticketsOf = (nativeId: string) =>
    db()
      .selectFrom('tickets')
      .select(['id', 'fault_class', 'occurrences'])
      .where('native_id', '=', nativeId)
      .execute();
  const raised = (nativeId: string) =>
    until(async () => (await ticketsOf(nativeId))[0], { what: `the ticket of ${nativeId}` });
  const readingsOf = (nativeId: string, signal: string) =>
    db()
      .selectFrom('readings')
      .innerJoin('devices', 'devices.id', 'readings.device_id')
      .select(['number', 'origin'])
      .where('native_id', '=', nativeId)
      .where('signal', '=', signal)
      .execute();
  const told = (nativeId: string, signal: string, number: number) =>
    until(async () => (await readingsOf(nativeId, signal)).find((one) => one.number === number), {
      what: `${signal} ${number} of ${nativeId}`,
    });

  test('a ChirpStack device that is registered alone is heard, and one that nobody registered raises nothing', async () => {
    const up = (devEui: string, object: object) => ({
      deduplicationId: `3ac7e3c4-4401-4b8d-9386-${devEui.slice(4)}`,
      deviceInfo: { devEui, deviceProfileName: 'EM300-ZLD' },
      object,
    });
    const topic = (eui: string) => `application/${APP}/device/${eui}/event/up`;
    await say(topic(STRANGE_LORAWAN), up(STRANGE_LORAWAN, { leakage_status: 'leak' }));
    await say(topic(LORAWAN), up(LORAWAN, { leakage_status: 'leak', battery: 92 }));
    expect((await raised(LORAWAN)).fault_class).toBe('water_leak');
    expect(await ticketsOf(STRANGE_LORAWAN)).toEqual([]);
  });

  test('a Tasmota plug speaks for itself', async () => {
    const energy = { Time: '2026-11-22T09:00:00', ENERGY: { Power: 121, Voltage: 232, Current: 0.561 } };
    for (const plug of [STRANGE_PLUG, PLUG]) await say(`tele/${plug}/SENSOR`, energy);
    expect(await told(PLUG, 'power', 121)).toMatchObject({ origin: 'live' });
    expect(
      (await uplinksOn(`tele/${PLUG}/SENSOR`)).map(({ protocol, outcome }) => [protocol, outcome]),
    ).toEqual([['tasmota', 'ok']]);
  });

  test('a Sparkplug edge node that was born before us is asked to tell everything anew', async () => {
    const metric = (more: Partial<Metric>): Metric => ({ timestamp: Date.now(), value: 1.4, ...more });
    const send = (kind: string, seq: number, metrics: readonly Metric[]) =>
      say(
        `spBv1.0/gridguard/${kind}/pumps-9${kind.startsWith('D') ? '/pump' : ''}`,
        encodePayload({ timestamp: Date.now(), seq, metrics }),
      );
    await send('DDATA', 7, [metric({ alias: 4 })]);
    const request = await until(async () => heard[0], { what: 'the request for a rebirth' });
    expect(request.topic).toBe('spBv1.0/gridguard/NCMD/pumps-9');
    expect(decodeCommand(request.bytes)).toEqual([{ name: 'Node Control/Rebirth', on: true }]);
    await send('NBIRTH', 0, [metric({ name: 'bdSeq', value: 3 })]);
    await send('DBIRTH', 1, [metric({ name: 'Outlet/Pressure', alias: 4, unit: 'bar' })]);
    await send('DDATA', 2, [metric({ alias: 4, value: 1.6 })]);
    await told('gridguard:pumps-9:pump', 'water_pressure', 160);
    expect(heard).toHaveLength(1);
  });

  test('kept states raise nothing, and what is live after them does, on the topic that was announced', async () => {
    for (const nativeId of [CELLAR, ieee(1)])
      expect(await told(nativeId, 'water_leak', 1)).toMatchObject({ origin: 'retained' });
    expect([await ticketsOf(CELLAR), await ticketsOf(ieee(1))]).toEqual([[], []]);
    await say('cellar/leak', 'OFF');
    await say('cellar/leak', 'ON');
    expect((await raised(CELLAR)).fault_class).toBe('water_leak');
  });

  test('a device that others announce too is one device, and its leak is one ticket', async () => {
    await say(leak, { water_leak: false, battery: 80 });
    await say(leak, { water_leak: true, battery: 80 });
    await raised(ieee(1));
    await until(async () => (await strangers()).includes(`tasmota ${STRANGE_PLUG}`), {
      what: 'those whom nobody registered',
    });
    expect(await strangers()).toContain(`chirpstack ${STRANGE_LORAWAN}`);
    const devices = await db().selectFrom('devices').select(['protocol', 'native_id']).execute();
    const named = [...devices.map((one) => `${one.protocol} ${one.native_id}`), ...(await strangers())];
    expect(named.filter((name) => /158d0004500001$/i.test(name))).toEqual([`zigbee2mqtt ${ieee(1)}`]);
    expect(named.filter((name) => /9cf9d1/i.test(name))).toEqual([`tasmota ${PLUG}`]);
    expect(named.filter((name) => name.startsWith('home_assistant'))).toEqual([
      `home_assistant ${CELLAR}`,
      'home_assistant homeassistant',
    ]);
    expect(
      (await db().selectFrom('tickets').select('native_id').execute()).map((one) => one.native_id).sort(),
    ).toEqual([ieee(1), LORAWAN, CELLAR].sort());
  });
});
