import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerDevice } from '../../src/devices/device-store.ts';
import { requireProgram } from '../harness/requirements.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { buildEstate, type TicketEstate } from '../harness/ticket-estate.ts';
import { until } from '../harness/until.ts';

const run = promisify(execFile);
const mosquitto = requireProgram('mosquitto-clients');

const binary = (property: string) => ({
  type: 'binary',
  name: property,
  property,
  access: 1,
  value_on: true,
  value_off: false,
});
const numeric = (property: string, unit: string) => ({
  type: 'numeric',
  name: property,
  property,
  unit,
  access: 1,
});
const onOff = {
  type: 'switch',
  features: [
    { type: 'binary', name: 'state', property: 'state', access: 7, value_on: 'ON', value_off: 'OFF' },
  ],
};

interface Child {
  name: string;
  ieee: string;
  description: string;
  exposes: readonly unknown[];
}
const leakSensor = (name: string, ieee: string): Child => ({
  name,
  ieee,
  description: 'Water leak sensor',
  exposes: [binary('water_leak'), numeric('battery', '%'), binary('battery_low')],
});
const children = {
  cellar: leakSensor('cellar', '0x00158d00000000a1'),
  kitchen: leakSensor('kitchen', '0x00158d00000000a2'),
  roof: leakSensor('roof', '0x00158d00000000a3'),
  tuya: {
    name: 'main switch',
    ieee: '0xa4c1380000000001',
    description: 'Smart circuit breaker',
    exposes: [
      onOff,
      numeric('voltage', 'V'),
      numeric('current', 'A'),
      { type: 'list', name: 'faults', property: 'faults', access: 1, item_type: { type: 'text', access: 3 } },
    ],
  },
  rcbo: {
    name: 'lift rcbo',
    ieee: '0xa4c1380000000002',
    description: 'Din mount RCBO with smart energy metering',
    exposes: [
      onOff,
      { type: 'enum', name: 'trip', property: 'trip', access: 1, values: ['trip', 'clear'] },
      { type: 'text', name: 'alarm', property: 'alarm', access: 1 },
    ],
  },
  smoke: {
    name: 'stairs',
    ieee: '0x00158d00000000a4',
    description: 'Smoke detector',
    exposes: [binary('smoke'), numeric('battery', '%')],
  },
} satisfies Record<string, Child>;

const bridgeDevices = JSON.stringify(
  Object.values(children).map(({ name, ieee, description, exposes }) => ({
    ieee_address: ieee,
    type: 'EndDevice',
    friendly_name: name,
    disabled: false,
    supported: true,
    interview_state: 'SUCCESSFUL',
    power_source: 'Battery',
    model_id: 'x',
    manufacturer: 'y',
    definition: { model: 'M', vendor: 'V', description, source: 'native', exposes, options: [] },
    endpoints: {},
  })),
);

let service: TestService;
let place: TicketEstate;
let gateway: { id: number; secret: string | null };
const GATEWAY = 'cellar-gw';
let sent = 0;

beforeAll(async () => {
  service = await startTestService();
  place = await buildEstate(service.database);
  gateway = await registerDevice(service.database.db, {
    protocol: 'zigbee2mqtt',
    nativeId: GATEWAY,
    topicPrefix: `zigbee2mqtt/${GATEWAY}`,
    assetId: place.assets.building,
    withSecret: true,
  });
  await publish('bridge/devices', bridgeDevices, ['-r']);
  const { db } = service.database;
  const adopted = () => db.selectFrom('devices').select('id').where('gateway_id', '=', gateway.id).execute();
  await until(async () => (await adopted()).length === Object.keys(children).length, {
    what: 'the children of the gateway',
  });
});
afterAll(() => service.close());

async function publish(topic: string, payload: unknown, more: readonly string[] = []): Promise<void> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const where = [
    '-h',
    '127.0.0.1',
    '-p',
    new URL(service.addresses.mqtt ?? '').port,
    '-u',
    GATEWAY,
    '-P',
    gateway.secret ?? '',
  ];
  await run(mosquitto.path ?? '', [
    ...where,
    '-q',
    '1',
    '-t',
    `zigbee2mqtt/${GATEWAY}/${topic}`,
    '-m',
    text,
    ...more,
  ]);
  sent++;
}

const tickets = () => service.database.db.selectFrom('tickets').selectAll().orderBy('id').execute();
const ticketOf = async (child: Child, faultClass: string) =>
  (await tickets()).find((ticket) => ticket.native_id === child.ieee && ticket.fault_class === faultClass);
const raised = (child: Child, faultClass: string) =>
  until(() => ticketOf(child, faultClass), { what: `the ticket ${faultClass} of ${child.name}` });

/** Everything that was sent is committed, and the rules have read it. */
async function everythingRead(): Promise<void> {
  const { db } = service.database;
  await until(
    async () => {
      const [behind] = await db
        .selectFrom('log_partitions as p')
        .innerJoin('log_cursors as c', 'c.partition', 'p.id')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('c.consumer', '=', 'rules')
        .whereRef('c.no', '<', (e) => e('p.next_no', '-', 1))
        .execute();
      return behind?.count === 0;
    },
    { what: 'the rules to have read everything' },
  );
}

describe.skipIf(!mosquitto.path)(`Zigbee2MQTT as mosquitto_pub sends it ${mosquitto.reason}`, () => {
  it('a leak is a ticket of the company of the building, with a deadline', async () => {
    await publish('cellar', { water_leak: false, battery: 91, linkquality: 120 });
    await publish('cellar', { water_leak: true, battery: 91, linkquality: 118 });
    const ticket = await raised(children.cellar, 'water_leak');
    expect(ticket).toMatchObject({
      severity: 'critical',
      status: 'dispatched',
      level: 'property',
      company_id: place.company,
      asset_id: place.assets.building,
      grid_id: place.grids.grid,
    });
    expect(ticket.due_at).toBeGreaterThan(ticket.reported_at);
    const told = await service.database.db
      .selectFrom('notifications')
      .select('account_id')
      .where('ticket_id', '=', ticket.id)
      .execute();
    expect(told.map((row) => row.account_id)).toContain(place.people.manager.id);
  });

  it('the cached state that a battery report repeats adds no occurrence', async () => {
    const before = await raised(children.cellar, 'water_leak');
    await publish('cellar', { water_leak: true, battery: 90, linkquality: 119 });
    await everythingRead();
    expect((await ticketOf(children.cellar, 'water_leak'))?.occurrences).toBe(before.occurrences);
  });

  it('null is not a leak, and neither is half a JSON', async () => {
    const before = (await tickets()).length;
    await publish('kitchen', { water_leak: null, battery: 88, battery_low: null });
    await publish('kitchen', '{"water_leak":true,"batt');
    await everythingRead();
    expect(await tickets()).toHaveLength(before);
    const { db } = service.database;
    const torn = await db
      .selectFrom('uplinks')
      .selectAll()
      .where('topic', 'like', '%/kitchen')
      .orderBy('id')
      .execute();
    expect(torn.at(-1)).toMatchObject({ outcome: 'undecodable' });
    expect(torn.at(-1)?.reason).toBeTruthy();
  });

  it('the cache that is sent again after a start raises nothing, and the next live leak does', async () => {
    await publish('roof', { water_leak: false, battery: 70 });
    await publish('bridge/state', { state: 'offline' });
    await publish('bridge/state', { state: 'online' });
    await publish('kitchen', { water_leak: false, battery: 88 });
    const before = (await tickets()).length;
    await publish('roof', { water_leak: false, battery: 70 });
    await everythingRead();
    expect(await tickets()).toHaveLength(before);
    await publish('roof', { water_leak: true, battery: 70 });
    await raised(children.roof, 'water_leak');
  });

  it('a pair that contradicts itself is one alert', async () => {
    await publish('kitchen', { water_leak: false, battery: 88 });
    await publish('kitchen', { water_leak: true, battery: 88 });
    await publish('kitchen', { water_leak: false, battery: 88 });
    await publish('kitchen', { water_leak: true, battery: 88 });
    await raised(children.kitchen, 'water_leak').catch(() => undefined);
    await everythingRead();
    const alerts = await service.database.db
      .selectFrom('alerts')
      .select('state')
      .where('native_id', '=', children.kitchen.ieee)
      .where('rule', '=', 'water_leak')
      .execute();
    expect(alerts).toEqual([{ state: 'firing' }]);
  });

  it('a trip is a ticket that names its cause, in each vocabulary, and an unknown word is not dropped', async () => {
    await publish('main switch', { state: 'ON', voltage: 231, current: 12, faults: [] });
    await publish('main switch', {
      state: 'OFF',
      voltage: 231,
      current: 0,
      faults: ['overload', 'something new'],
    });
    const tuya = await until(
      async () => {
        const rows = await alertsOf(children.tuya);
        return rows.length > 0 ? rows : undefined;
      },
      { what: 'the alerts of the breaker' },
    );
    expect(tuya.map((row) => row.fault_class)).toContain('breaker_trip');
    await publish('lift rcbo', { state: 'ON', trip: 'clear', alarm: 'clear' });
    await publish('lift rcbo', { state: 'OFF', trip: 'trip', alarm: 'over leakage current threshold' });
    const rcbo = await until(
      async () => (await alertsOf(children.rcbo)).find((row) => row.fault_class === 'breaker_trip'),
      { what: 'the trip of the RCBO' },
    );
    expect(rcbo.evidence).toMatchObject({ cause: 'residual_current' });
  });

  it('smoke is an incident of the building, once however often it is reported', async () => {
    await publish('stairs', { smoke: false, battery: 99 });
    for (let i = 0; i < 4; i++) await publish('stairs', { smoke: true, battery: 99 });
    const incident = await until(
      async () =>
        await service.database.db
          .selectFrom('incidents')
          .selectAll()
          .where('native_id', '=', children.smoke.ieee)
          .executeTakeFirst(),
      { what: 'the incident' },
    );
    expect(incident).toMatchObject({
      kind: 'smoke',
      asset_id: place.assets.building,
      grid_id: place.grids.grid,
    });
    await everythingRead();
    expect(await tickets().then((all) => all.filter((t) => t.native_id === children.smoke.ieee))).toEqual([]);
  });

  it('every message that was sent has its outcome in the uplink log', async () => {
    const rows = await service.database.db
      .selectFrom('uplinks')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('command', '<>', 'connection')
      .executeTakeFirstOrThrow();
    expect(rows.count).toBe(sent);
  });
});

const alertsOf = (child: Child) =>
  service.database.db.selectFrom('alerts').selectAll().where('native_id', '=', child.ieee).execute();
