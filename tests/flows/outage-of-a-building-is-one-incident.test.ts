import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutageView } from '../../src/api/outage-schemas.ts';
import type { IncidentDetail } from '../../src/api/schemas.ts';
import { registerDevice } from '../../src/devices/device-store.ts';
import { insertAsset } from '../../src/people/asset-store.ts';
import { insertCompany, insertCompanyShift, putMember } from '../../src/people/company-store.ts';
import { insertGrid } from '../../src/people/grid-store.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import { ApiClient } from '../harness/api-client.ts';
import { quickRules } from '../harness/quick-rules.ts';
import { addAccount, onDutyAlways, square } from '../harness/rescue-village.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { until } from '../harness/until.ts';

const MINUTE = 60_000;
const PASSWORD = 'mass-offline-1';

/** Time stands still but for `step`; what happens every few seconds happens at once. */
function steppedClock() {
  const system = createSystemClock();
  let ahead = 0;
  return {
    ...system,
    now: () => system.now() + ahead,
    every: (ms: number, run: () => Promise<void> | void) =>
      system.every(ms < MINUTE ? Math.min(ms, 15) : ms, run),
    step: (ms: number) => {
      ahead += ms;
    },
  };
}

let service: TestService;
let clock: ReturnType<typeof steppedClock>;
let say: ((message: object) => Promise<unknown>)[];
let neighbours: typeof say;
let clients: mqtt.MqttClient[];
let manager: ApiClient;
/** The one incident. */
let id: number;

beforeAll(async () => {
  clock = steppedClock();
  service = await startTestService({ RULES_DIR: await quickRules() }, { clock });
  const { buildings } = await buildEstate();
  clients = [];
  const [first = 0, second = 0] = buildings;
  say = await installDevices('a', first, 30);
  neighbours = await installDevices('b', second, 8);
});
afterAll(async () => {
  for (const client of clients) await client.endAsync(true);
  await service.close();
});

async function buildEstate() {
  const { db } = service.database;
  const grid = (parentId: number | null, level: 'city' | 'grid', code: string) =>
    insertGrid(db, { parentId, level, code, name: code, polygon: square(114.86, 114.9) });
  const gridId = await grid(await grid(null, 'city', '鄂州'), 'grid', '滨湖网格');
  const worker = await addAccount(db, 'worker', ['responder']);
  await onDutyAlways(db, { gridId, accountId: worker.id, duty: 'worker' });
  const companyId = await insertCompany(db, { code: 'P1', name: '滨湖物业' });
  const manager = await addAccount(db, 'manager', ['property']);
  await putMember(db, { companyId, accountId: manager.id, duty: 'manager' });
  const always = { companyId, accountId: manager.id, fromMinute: 0, toMinute: 1440 };
  for (let weekday = 1; weekday <= 7; weekday++) await insertCompanyShift(db, { ...always, weekday });
  await db
    .updateTable('accounts')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute();
  return db.transaction().execute(async (trx) => {
    const parentId = await insertAsset(trx, {
      kind: 'estate',
      code: 'E',
      name: '滨湖花园',
      gridId,
      companyId,
    });
    const building = (code: string) => insertAsset(trx, { kind: 'building', code, name: code, parentId });
    return { buildings: [await building('1 号楼'), await building('2 号楼')] };
  });
}

/** Sensors with a connection each, one in each flat. */
function installDevices(name: string, parentId: number, count: number): Promise<typeof say> {
  const { db } = service.database;
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const nativeId = `${name}-${n}`;
      const flat = { kind: 'unit', code: nativeId, name: `${n} 室`, parentId } as const;
      const assetId = await db.transaction().execute((trx) => insertAsset(trx, flat));
      const device = { protocol: 'native', nativeId, assetId, withSecret: true };
      const { secret } = await registerDevice(db, device);
      const client = await mqtt.connectAsync(service.addresses.mqtt ?? '', {
        username: nativeId,
        password: secret ?? '',
      });
      clients.push(client);
      let seq = 0;
      return (message: object) =>
        client.publishAsync(`gridguard/v1/${nativeId}/up`, JSON.stringify({ seq: ++seq, ...message }), {
          qos: 1,
        });
    }),
  );
}

/** Time passes in steps, so that the service never sees itself away; what is due happens before the next. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  while (clock.now() < end) {
    clock.step(18_000);
    const now = clock.now();
    await until(
      async () => {
        const { seen } = await service.database.db
          .selectFrom('intake_times')
          .select((e) => e.fn.max('ended_at').as('seen'))
          .executeTakeFirstOrThrow();
        return seen >= now - 1_000 || undefined;
      },
      { what: 'the service to see the time', everyMs: 5 },
    );
  }
}

/** Everybody reports, every five minutes. */
async function liveOn(rounds: number, ...groups: (typeof say)[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await Promise.all(groups.flat().map((each) => each({ battery: 90 })));
    await pass(5 * MINUTE);
  }
}

const incidents = () => service.database.db.selectFrom('incidents').selectAll().orderBy('id').execute();
const tickets = () => service.database.db.selectFrom('tickets').selectAll().orderBy('id').execute();

const list = async () => (await manager.get<OutageView>(`/api/incidents/${id}/outage`)).body;

describe('thirty devices of a building that fall silent', () => {
  it('are one incident, told once, and no notice or ticket of any of them', async () => {
    const { db } = service.database;
    await liveOn(2, say, neighbours);
    await liveOn(3, neighbours);
    const [outage, ...more] = await until(
      async () => ((await incidents()).length > 0 ? incidents() : undefined),
      { what: 'an incident' },
    );
    expect(more).toEqual([]);
    expect(outage).toMatchObject({ kind: 'mass_offline', severity: 'warning', status: 'notified' });
    id = outage?.id ?? 0;
    await liveOn(1, neighbours);
    expect(await incidents()).toHaveLength(1);
    expect(await tickets()).toEqual([]);
    const silent = await db.selectFrom('alerts').selectAll().where('state', '=', 'firing').execute();
    expect(silent).toHaveLength(30);
    expect(new Set(silent.map(({ incident_id }) => incident_id))).toEqual(new Set([id]));
    const told = await db
      .selectFrom('notifications')
      .innerJoin('accounts', 'accounts.id', 'account_id')
      .select(['login', 'template', 'payload'])
      .execute();
    expect(new Set(told.map(({ template }) => template))).not.toContain('notice');
    const raised = told.filter(({ template }) => template === 'incident_raised');
    expect(raised.filter(({ login }) => login === 'worker')).toHaveLength(1);
    expect(raised[0]?.payload).toMatchObject({
      subjectName: '滨湖花园 / 1 号楼',
      outage: { silent: 30, of: 30 },
    });
  });

  it('do not keep the call for help of one of them, which is back in the live list', async () => {
    await say[7]?.({ sos: true });
    const call = await until(async () => (await incidents()).find(({ kind }) => kind === 'sos'), {
      what: 'the call for help',
      timeoutMs: 3_000,
    });
    expect(call).toMatchObject({ status: 'notified', native_id: 'a-7' });
    manager = new ApiClient(service.addresses.http ?? '');
    expect((await manager.login('manager', PASSWORD)).status).toBe(200);
    const { body: page } = await manager.get<IncidentDetail>(`/api/incidents/${id}`);
    expect(page).toMatchObject({ outage: { scope: 'building' }, asset: { path: '滨湖花园 / 1 号楼' } });
    const live = await until(async () => ((await list()).back > 0 ? list() : undefined), {
      what: 'who pressed to be back',
    });
    expect(live).toMatchObject({ silent: 29, back: 1, hidden: 0, endedAt: null });
    expect(live.devices).toHaveLength(30);
    expect(live.devices.at(-1)).toMatchObject({ nativeId: 'a-7', path: ['滨湖花园', '1 号楼', '7 室'] });
  });

  it('leave a ticket for each that stays silent when the others are back', async () => {
    await Promise.all(say.slice(0, 26).map((each) => each({ battery: 90 })));
    const left = await until(async () => ((await tickets()).length === 4 ? tickets() : undefined), {
      what: 'tickets of those that stayed silent',
    });
    expect(left.map(({ native_id }) => native_id).toSorted()).toEqual(['a-26', 'a-27', 'a-28', 'a-29']);
    expect(await list()).toMatchObject({ silent: 4, back: 26 });
    expect((await list()).endedAt).not.toBeNull();
    const over = await service.database.db
      .selectFrom('timeline')
      .select('detail')
      .where('incident_id', '=', id)
      .where('kind', '=', 'alert')
      .execute();
    expect(over.at(-1)?.detail).toMatchObject({ state: 'resolved', outage: { silent: 4, of: 30 } });
  });
});
