import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AlertChange } from '../../src/model/alerts.ts';
import type { Outage } from '../../src/model/outages.ts';
import { insertAsset } from '../../src/people/asset-store.ts';
import { createVirtualClock } from '../../src/platform/clock.ts';
import { at } from '../../src/platform/database.ts';
import { createOutages } from '../../src/rules/outages.ts';
import { openTestDatabase, type TestDatabase } from '../harness/postgres.ts';
import { buildVillage, NOON_MS, type Rescue, startRescue } from '../harness/rescue-village.ts';

const MINUTE = 60_000;
/** Of every language here. */
const ALLOWED = 20 * MINUTE;

let test: TestDatabase;
let rescue: Rescue;
let told: AlertChange[];
beforeEach(async () => {
  test = await openTestDatabase();
  await buildVillage(test.database);
  rescue = startRescue(test.database, { clock: createVirtualClock(NOON_MS) });
  told = [];
});
afterEach(() => test.close());

interface Installed {
  count: number;
  heardMinAgo: number;
  more?: Record<string, unknown>;
}

async function install(name: string, { count, heardMinAgo, more = {} }: Installed): Promise<number[]> {
  const rows = await test.database.db
    .insertInto('devices')
    .values(
      Array.from({ length: count }, (_, n) => ({
        protocol: 'watch',
        native_id: `${name}-${n}`,
        last_seen_at: at(NOON_MS - heardMinAgo * MINUTE - n * 1000),
        ...more,
      })),
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

const silence = (deviceId: number, more: Partial<AlertChange> = {}): AlertChange => ({
  rule: 'device_silent',
  kind: 'device_silent',
  severity: 'warning',
  consequence: 'notice',
  state: 'firing',
  at: NOON_MS,
  receivedAt: NOON_MS,
  deviceId,
  protocol: 'watch',
  nativeId: String(deviceId),
  source: '',
  late: false,
  evidence: { signal: 'online', receivedAt: NOON_MS, heardAt: NOON_MS - ALLOWED },
  ...more,
});

const outagesHere = () =>
  createOutages({
    database: test.database,
    clock: rescue.clock,
    silences: { byProtocol: new Map([['watch', ALLOWED]]), byModel: [] },
    respond: async (trx, heard) => {
      told.push(...heard);
      return rescue.incidents.respond(trx, heard);
    },
    fold: rescue.incidents.fold,
  });

/** What incidents and tickets hear of these. */
async function respond(...changes: AlertChange[]): Promise<string[]> {
  const after = await test.database.db.transaction().execute((trx) => outagesHere().respond(trx, changes));
  after();
  return heard();
}
const heard = (): string[] =>
  told.splice(0).map(({ kind, nativeId, outage }) => (outage ? words(outage) : `${kind} ${nativeId}`));
const words = ({ scope, key, silent, of }: Outage) => `${scope} ${key} ${silent}/${of}`;

it('the network of an operator, by the cells that bands last named or by what somebody wrote', async () => {
  const { db } = test.database;
  const named = await install('cell', { count: 8, heardMinAgo: 20 });
  const scan = JSON.stringify({ cells: [{ mcc: 460, mnc: 7, lac: 1, cid: 2 }], wifi: [] });
  const reading = { signal: 'network_scan', channel: '', origin: 'live', value: scan };
  await db
    .insertInto('latest_readings')
    .values(
      named.map((device_id) => ({
        ...reading,
        device_id,
        observed_at: at(NOON_MS),
        received_at: at(NOON_MS),
      })),
    )
    .execute();
  await install('written', { count: 4, heardMinAgo: 17, more: { operator: 'cmcc' } });
  await install('other', { count: 20, heardMinAgo: 1, more: { operator: 'ctcc' } });
  expect(await respond(silence(named[0] ?? 0))).toEqual(['operator cmcc 12/12']);
  expect(await respond(silence(named[1] ?? 0))).toEqual([]);
});

it('nothing, where one is silent among others, one has been for days, or few are', async () => {
  const [one = 0] = await install('band', { count: 1, heardMinAgo: 20 });
  await install('alive', { count: 30, heardMinAgo: 3 });
  await install('long gone', { count: 30, heardMinAgo: 5000 });
  expect(await respond(silence(one))).toEqual([`device_silent ${one}`]);
});

it('the building where several gateways are gone, and the gateway where it is one', async () => {
  const building = await test.database.db
    .transaction()
    .execute((trx) => insertAsset(trx, { kind: 'building', code: 'B', name: '3 号楼' }));
  const gone = { online: false, online_changed_at: at(NOON_MS - 2 * MINUTE) };
  const gateway = (name: string, more = {}) =>
    install(name, { count: 1, heardMinAgo: 2, more: { asset_id: building, topic_prefix: name, ...more } });
  const [first = 0] = await gateway('gw-1', gone);
  const [second = 0] = await gateway('gw-2');
  for (const gateway_id of [first, second])
    await install(`behind ${gateway_id}`, { count: 10, heardMinAgo: 4, more: { gateway_id } });
  const dead = (id: number) => silence(id, { kind: 'gateway_dead', consequence: 'ticket' });
  expect(await respond(dead(first))).toEqual([`gateway_dead ${first}`]);
  await test.database.db.updateTable('devices').set(gone).where('id', '=', second).execute();
  expect(await respond(dead(second))).toEqual([`building ${building} 22/22`]);
});

it('the wider of two, which takes in the narrower that was found first', async () => {
  const { db } = test.database;
  const building = await db
    .transaction()
    .execute((trx) => insertAsset(trx, { kind: 'building', code: 'B', name: '3 号楼' }));
  const cmcc = { operator: 'cmcc' };
  const inside = await install('in', { count: 6, heardMinAgo: 20, more: { ...cmcc, asset_id: building } });
  const outside = await install('out', { count: 20, heardMinAgo: 1, more: cmcc });
  expect(await respond(silence(inside[0] ?? 0))).toEqual([`building ${building} 6/6`]);
  const alert = {
    rule: 'device_silent',
    kind: 'device_silent',
    severity: 'warning',
    state: 'firing',
    protocol: 'watch',
    native_id: 'in-1',
  } as const;
  const { id: alertId } = await db
    .insertInto('alerts')
    .values({ ...alert, device_id: inside[1] ?? 0, fired_at: at(NOON_MS), evidence: '{"signal":"online"}' })
    .returning('id')
    .executeTakeFirstOrThrow();
  expect(await respond(silence(inside[1] ?? 0, { alertId }))).toEqual([]);
  rescue.clock.set(NOON_MS + 19 * MINUTE);
  expect(await respond(silence(outside[0] ?? 0))).toEqual(['operator cmcc 26/26']);

  const [narrow, wide] = await db.selectFrom('incidents').selectAll().orderBy('id').execute();
  expect([narrow?.status, wide?.status]).toEqual(['closed', 'notified']);
  const into = { into: wide?.id, note: '中国移动 China Mobile' };
  expect((await rescue.look(narrow?.id ?? 0)).timeline.at(-1)).toMatchObject({
    kind: 'closed',
    detail: into,
  });
  const told = await db
    .selectFrom('notifications')
    .selectAll()
    .where('template', '=', 'incident_folded')
    .execute();
  expect(told.map((one) => one.incident_id)).toContain(narrow?.id);
  const outages = await db.selectFrom('outages').selectAll().orderBy('id').execute();
  expect(outages.map(({ into_id, ended_at }) => [into_id, ended_at !== null])).toEqual([
    [outages[1]?.id, true],
    [null, false],
  ]);
  const members = await db.selectFrom('outage_devices').select(['outage_id', 'device_id', 'held']).execute();
  const holding = members.filter(({ held }) => JSON.stringify(held) !== '[]');
  expect(new Set(holding.map((one) => one.outage_id))).toEqual(new Set([outages[1]?.id]));
  expect(holding.map((one) => one.device_id).toSorted()).toEqual([inside[0], inside[1], outside[0]]);
  const { incident_id } = await db.selectFrom('alerts').select('incident_id').executeTakeFirstOrThrow();
  expect(incident_id).toBe(wide?.id);

  rescue.clock.set(NOON_MS + 30 * MINUTE);
  const back = { last_seen_at: at(NOON_MS + 29 * MINUTE) };
  await db.updateTable('devices').set(back).where('id', 'in', outside).execute();
  await db.deleteFrom('outage_devices').where('device_id', 'in', inside.slice(5)).execute();
  await outagesHere().sweep();
  // What the wider one left is one matter still.
  expect(heard()).toEqual(['operator cmcc 5/25', `building ${building} 6/6`]);
});

it('never what an incident follows from: a call for help passes as it came, and so does what is no silence', async () => {
  const [one = 0] = await install('band', { count: 40, heardMinAgo: 20 });
  const sos = silence(one, {
    kind: 'sos',
    consequence: 'incident',
    severity: 'critical',
    evidence: { signal: 'sos', value: true, receivedAt: NOON_MS },
  });
  const battery = silence(one, {
    kind: 'battery_low',
    evidence: { signal: 'battery', value: 9, receivedAt: NOON_MS },
  });
  expect(await respond(sos, battery, silence(one))).toEqual([
    'platform watch 40/40',
    `sos ${one}`,
    `battery_low ${one}`,
  ]);
});
