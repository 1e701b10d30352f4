import { afterEach, describe, expect, it } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import { startOutsideMosquitto } from '../harness/outside-mosquitto.ts';
import type { RealServer } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Played, playDemo } from '../harness/sim-play.ts';
import { until } from '../harness/until.ts';

const mosquitto = requireProgram('mosquitto');
const ID = 'pumps-01';
const KINDS = ['burst_suspected', 'water_leak', 'breaker_tripped', 'gateway_dead'];

let broker: RealServer | undefined;
let service: TestService;
let played: Played;
afterEach(async () => {
  await played.stop();
  await service.close();
  await broker?.close();
  broker = undefined;
});

async function pipe(): Promise<number> {
  const asset = { kind: 'pipe', code: 'BH-P', name: 'the pipe behind the pump', parent_id: null, site_id: 0 };
  return service.database.db.transaction().execute(async (trx) => {
    const { id } = await trx.insertInto('assets').values(asset).returning('id').executeTakeFirstOrThrow();
    await trx.updateTable('assets').set({ site_id: id }).where('id', '=', id).execute();
    return id;
  });
}

/** The edge node, and the pump bound to its pipe: pressure and flow say something only together. */
async function open(environment: Record<string, string>): Promise<void> {
  service = await startTestService(environment);
  const { db } = service.database;
  const { id: gatewayId, secret } = await registerDevice(db, {
    protocol: 'sparkplug',
    nativeId: ID,
    topicPrefix: `spBv1.0/gridguard/${ID}`,
    withSecret: true,
  });
  const pump = { protocol: 'sparkplug', nativeId: `gridguard:${ID}:pump`, gatewayId, assetId: await pipe() };
  await registerDevice(db, { ...pump, withSecret: false });
  const url = environment.MQTT_URL === undefined ? [] : ['--mqtt-url', environment.MQTT_URL];
  const gateways = [{ id: ID, protocol: 'sparkplug', secret: secret ?? '', children: [] }];
  const credentials = { devices: [], gateways, sensors: [] };
  played = playDemo(['sparkplug', '--speed', '60', ...url], credentials, service.addresses);
}

async function expectAll(): Promise<void> {
  const { db } = service.database;
  const alerts = () => db.selectFrom('alerts').select(['kind', 'native_id', 'fired_at']).execute();
  for (const kind of KINDS) {
    const said = await until(() => played.expected.find((each) => each.kind === kind), {
      timeoutMs: 150_000,
      what: `the simulator to expect ${kind}`,
    });
    const alert = await until(
      async () => (await alerts()).find((one) => one.kind === kind && one.native_id === said.device),
      { timeoutMs: Math.max(1000, Date.parse(said.by) - Date.now() + 20_000), what: kind, everyMs: 200 },
    );
    expect(alert.fired_at).toBeLessThanOrEqual(Date.parse(said.by));
  }
  expect((await alerts()).map(({ kind }) => kind).toSorted()).toEqual(KINDS.toSorted());
}

describe('a pump room behind a Sparkplug edge node', () => {
  it('is noticed on the own broker, and its death is one alert', async () => {
    await open({});
    await expectAll();
  }, 420_000);

  it.skipIf(!mosquitto.path)(
    'is noticed through a Mosquitto',
    async () => {
      broker = await startOutsideMosquitto(mosquitto.path ?? '');
      await open({ MQTT_URL: broker.url, MQTT_TOPICS: 'spBv1.0/#' });
      await expectAll();
    },
    420_000,
  );
});
