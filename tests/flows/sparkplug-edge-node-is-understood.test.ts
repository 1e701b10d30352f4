import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJournal, type JournalEntry } from '../../device-sim/journal.ts';
import { createNoise } from '../../device-sim/noise.ts';
import { SparkplugEdgeNode } from '../../device-sim/sparkplug/edge-node.ts';
import { pumpRoom } from '../../device-sim/sparkplug/pump-room.ts';
import { createSimTime } from '../../device-sim/time.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import { queueDownlink } from '../../src/devices/downlink-store.ts';
import type { Reading } from '../../src/model/readings.ts';
import { type Ingress, startIngress } from '../harness/transports.ts';
import { until } from '../harness/until.ts';

const ID = 'pumps-01';
const entries: JournalEntry[] = [];
let ingress: Ingress;
let node: SparkplugEdgeNode;
beforeAll(async () => {
  ingress = await startIngress();
  const { secret } = await registerDevice(ingress.database.db, {
    protocol: 'sparkplug',
    nativeId: ID,
    topicPrefix: `spBv1.0/gridguard/${ID}`,
    withSecret: true,
  });
  node = new SparkplugEdgeNode({
    gateway: { id: ID, secret: secret ?? '', children: [] },
    url: `mqtt://127.0.0.1:${ingress.ports.mqtt}`,
    devices: pumpRoom,
    noise: createNoise(1),
    journal: createJournal((entry) => entries.push(entry)),
    time: createSimTime(1),
    reconnectMs: 50,
    switchingMs: 20,
  });
  node.start();
});
afterAll(async () => {
  await node.stop();
  await ingress.close();
});

const idOf = (device: string) => `gridguard:${ID}:${device}`;
const births = () => entries.filter((entry) => 'sent' in entry && entry.sent.command === 'spb:NBIRTH').length;
const deviceOf = (nativeId: string) =>
  ingress.database.db.selectFrom('devices').selectAll().where('native_id', '=', nativeId).executeTakeFirst();
const birthsInTheLog = async () =>
  (await ingress.uplinks()).filter(({ native_id, command }) => native_id === ID && command === 'NBIRTH');

async function readingsOf(nativeId: string): Promise<Reading[]> {
  const rows = await ingress.database.db.selectFrom('log').select('payload').orderBy('no').execute();
  return rows
    .flatMap(({ payload }) => (JSON.parse(payload) as { readings: Reading[] }).readings)
    .filter((reading) => reading.nativeId === nativeId);
}
const told = (nativeId: string, wanted: Partial<Reading>) =>
  until(
    async () =>
      (await readingsOf(nativeId)).find((reading) =>
        Object.entries(wanted).every(([key, value]) => reading[key as keyof Reading] === value),
      ),
    { what: `${nativeId}: ${JSON.stringify(wanted)}` },
  );

test('births make its devices known and give their units; what follows by number alone is understood', async () => {
  await told(idOf('pump'), { signal: 'online', value: true });
  const gateway = await deviceOf(ID);
  expect(await deviceOf(idOf('pump'))).toMatchObject({
    gateway_id: gateway?.id,
    name: 'pump',
    vendor: 'GridSim',
    model: 'PS-200',
  });
  node.tell('pump', { 'Outlet/Pressure': 1.4 });
  await told(idOf('pump'), { signal: 'water_pressure', value: 140, origin: 'live' });
  node.tell('floor', { 'Floor/Water Leak': true });
  await told(idOf('floor'), { signal: 'water_leak', value: true });
  node.tell('breaker', { 'Breaker/Closed': false, 'Breaker/Trip Cause': 'over current' });
  await told(idOf('breaker'), { signal: 'breaker_fault', cause: 'over_current', stage: 'trip' });
});

test('a message that is lost makes it tell everything anew, and what is told late is history', async () => {
  const before = births();
  node.lose();
  const at = Date.now() - 3_600_000;
  node.tellLate('floor', { 'Floor/Water Leak': true }, at);
  await told(idOf('floor'), { signal: 'water_leak', origin: 'history', observedAt: at });
  await until(async () => births() > before, { what: 'the rebirth' });
  const faults = (await readingsOf(idOf('breaker'))).filter(({ signal }) => signal === 'breaker_fault');
  expect(faults).toHaveLength(1);
});

test('a switch is thrown by its metric, which shows the new position', async () => {
  const breaker = await deviceOf(idOf('breaker'));
  const { db } = ingress.database;
  const to = { protocol: 'sparkplug', nativeId: idOf('breaker'), deviceId: breaker?.id ?? -1 };
  const id = await queueDownlink(db, { ...to, command: { kind: 'switch', on: true } }, Date.now());
  await told(idOf('breaker'), { signal: 'breaker_position', value: 'closed' });
  await until(
    async () => {
      const row = await db.selectFrom('downlinks').select('state').where('id', '=', id).executeTakeFirst();
      return row?.state === 'acknowledged';
    },
    { what: 'the proof' },
  );
});

test('its last will is its death, and nothing said by number counts until it is born anew', async () => {
  node.die();
  await told(ID, { signal: 'online', value: false });
  const [before, loggedBefore] = [births(), (await birthsInTheLog()).length];
  node.start();
  await until(async () => births() > before, { what: 'the new birth' });
  await until(async () => (await birthsInTheLog()).length > loggedBefore, {
    what: 'the new birth in the log',
  });
  const online = (await readingsOf(ID)).filter(({ signal }) => signal === 'online').at(-1);
  expect(online?.value).toBe(true);
});
