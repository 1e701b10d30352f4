import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DownlinkView } from '../../src/api/downlink-schemas.ts';
import type {
  AccountView,
  DeviceView,
  GridView,
  ShiftView,
  Stats,
  SubjectView,
  UplinkView,
} from '../../src/api/schemas.ts';
import { secretMatches } from '../../src/devices/credentials.ts';
import { findDevices } from '../../src/devices/device-store.ts';
import { codeOf } from '../harness/api-client.ts';
import { PASSWORD, startTestApi, type TestApi } from '../harness/api-village.ts';
import { MINUTE, WEST } from '../harness/rescue-village.ts';

describe('the office', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('registers a device and shows its secret once', async () => {
    const street = await api.as('street');
    const input = { protocol: 'native', nativeId: 'panel-7', name: '门铃', gridId: api.village.grids.east };
    const { status, body } = await street.post<DeviceView & { secret: string }>('/api/devices', input);
    expect([status, body.nativeId]).toEqual([201, 'panel-7']);
    const [found] = await findDevices(api.database.db, [{ protocol: 'native', spelling: 'panel-7' }]);
    const stored = found?.device.secret;
    expect(stored && secretMatches(Buffer.from(body.secret), stored)).toBe(true);
    const again = (await street.get(`/api/devices/${body.id}`)).body;
    expect(JSON.stringify(again)).not.toContain(body.secret);
    expect(again).not.toHaveProperty('secret');
    expect(codeOf(await street.post('/api/devices', input))).toBe('DEVICE_EXISTS');
    expect(codeOf(await street.post('/api/devices', { ...input, protocol: 'morse' }))).toBe(
      'DEVICE_PROTOCOL_UNKNOWN',
    );
    const foreign = { ...input, nativeId: 'panel-8', gridId: api.village.farGrid };
    expect(codeOf(await street.post('/api/devices', foreign))).toBe('GRID_NOT_YOURS');
    const stolen = { ...input, nativeId: 'panel-9', subjectId: api.village.farSubjectId };
    expect(codeOf(await street.post('/api/devices', stolen))).toBe('DEVICE_SUBJECT_UNKNOWN');
  });

  it('gives a wristband to another wearer without what it read of the first', async () => {
    const admin = await api.as('admin');
    const { deviceId, subjectId, farSubjectId } = api.village;
    const at = new Date(api.clock.now());
    const battery = { signal: 'battery', observed_at: at, received_at: at, origin: 'live', number: 64 };
    await api.database.db
      .insertInto('latest_readings')
      .values({ device_id: deviceId, ...battery })
      .execute();
    const before = (await admin.get<SubjectView>(`/api/subjects/${subjectId}`)).body;
    expect(before.device).toMatchObject({ id: deviceId, battery: 64 });
    await admin.patch(`/api/devices/${deviceId}`, { subjectId: farSubjectId });
    const after = (await admin.get<SubjectView>(`/api/subjects/${farSubjectId}`)).body;
    expect(after.latest).toEqual([]);
    await admin.patch(`/api/devices/${deviceId}`, { subjectId });
  });

  it('queues commands under the spelling that the band answers to, and lists what became of them', async () => {
    const family = await api.as('family');
    const { deviceId } = api.village;
    const ring = await family.post<DownlinkView>(`/api/devices/${deviceId}/downlinks`, { kind: 'ring' });
    expect(ring.body).toMatchObject({ kind: 'ring', state: 'queued', requestedBy: { name: 'family' } });
    const list = (await family.get<DownlinkView[]>(`/api/devices/${deviceId}/downlinks`)).body;
    expect(list.map(({ id }) => id)).toEqual([ring.body.id]);
    const worker = await api.as('worker');
    const locate = await worker.post(`/api/devices/${deviceId}/downlinks`, { kind: 'locate_now' });
    expect([locate.status, codeOf(locate)]).toEqual([403, 'SUBJECT_VITALS_CLOSED']);
    expect(
      (await (await api.as('far_worker')).post(`/api/devices/${deviceId}/downlinks`, { kind: 'ring' }))
        .status,
    ).toBe(404);
    await api.press();
    expect((await worker.post(`/api/devices/${deviceId}/downlinks`, { kind: 'locate_now' })).status).toBe(
      201,
    );
  });

  it('says which measurements her wristband can be asked for, and which was asked', async () => {
    const family = await api.as('family');
    const path = `/api/devices/${api.village.deviceId}`;
    const { commands, measurements } = (await family.get<DeviceView>(path)).body;
    expect(commands).toContain('measure');
    expect(measurements).toContain('heart_rate');
    await family.post(`${path}/downlinks`, { kind: 'measure', what: 'heart_rate' });
    const [newest] = (await family.get<DownlinkView[]>(`${path}/downlinks`)).body;
    expect(newest).toMatchObject({ kind: 'measure', what: 'heart_rate', state: 'queued' });
  });

  it('lets her wristband be set by who keeps her data, and put out of action by her guardian', async () => {
    const path = `/api/devices/${api.village.deviceId}/downlinks`;
    const codes = async (login: string, body: object) => codeOf(await (await api.as(login)).post(path, body));
    const numbers = { kind: 'set_sos_numbers', numbers: ['13800000001', '+8613800000002'] };
    expect([await codes('street', numbers), await codes('worker', numbers)]).toEqual([
      '201 without an error',
      'DEVICE_COMMAND_NOT_YOURS',
    ]);
    expect([
      await codes('admin', { kind: 'power_off' }),
      await codes('street', { kind: 'power_off' }),
    ]).toEqual(['201 without an error', 'DEVICE_COMMAND_NOT_YOURS']);
    for (const wrong of [
      { kind: 'set_sos_numbers', numbers: [] },
      { kind: 'set_sos_numbers', numbers: ['110;factory'] },
      { kind: 'set_interval', seconds: 1 },
      { kind: 'measure', what: 'weight' },
    ])
      expect(await codes('admin', wrong), JSON.stringify(wrong)).toBe('REQUEST_INVALID');
  });

  it('adds a wearer in the grid of her home and changes only what is given', async () => {
    const street = await api.as('street');
    const input = {
      kind: 'child',
      name: '小明',
      livesAlone: true,
      homeLatitude: WEST.latitude,
      homeLongitude: WEST.longitude,
    };
    const made = (await street.post<SubjectView>('/api/subjects', input)).body;
    expect(made).toMatchObject({ grid: { name: 'west' }, livesAlone: true, wellBeing: 'unknown' });
    const patched = (await street.patch<SubjectView>(`/api/subjects/${made.id}`, { phone: '139' })).body;
    expect(patched).toMatchObject({ phone: '139', livesAlone: true, grid: { name: 'west' }, name: '小明' });
    const half = await street.patch(`/api/subjects/${made.id}`, { homeLatitude: 30 });
    expect(codeOf(half)).toBe('SUBJECT_HOME_INCOMPLETE');
    const foreign = await street.post('/api/subjects', {
      kind: 'child',
      name: 'x',
      homeGridId: api.village.farGrid,
    });
    expect(codeOf(foreign)).toBe('GRID_NOT_YOURS');
  });

  it('writes rosters of its own grids, and the map says who is on duty', async () => {
    const { grids, farGrid, people } = api.village;
    const street = await api.as('street');
    const shift = {
      gridId: grids.west,
      accountId: people.deputy?.id,
      duty: 'deputy',
      weekday: 1,
      fromMinute: 600,
      toMinute: 780,
    };
    const made = (await street.post<ShiftView>('/api/rosters', shift)).body;
    expect(made.account.name).toBe('deputy');
    const west = async () =>
      (await street.get<GridView[]>('/api/grids')).body.find(({ id }) => id === grids.west)?.deputy?.name;
    expect(await west()).toBe('deputy');
    api.clock.set(api.clock.now() + 61 * MINUTE);
    expect(await west()).toBeUndefined();
    expect(codeOf(await street.post('/api/rosters', { ...shift, gridId: farGrid }))).toBe('GRID_NOT_YOURS');
    expect(codeOf(await street.post('/api/rosters', { ...shift, toMinute: 600 }))).toBe('ROSTER_BAD_HOURS');
    expect((await (await api.as('far_street')).delete(`/api/rosters/${made.id}`)).status).toBe(404);
    expect((await street.delete(`/api/rosters/${made.id}`)).status).toBe(204);
    expect((await street.delete(`/api/rosters/${made.id}`)).status).toBe(404);
  });

  it('shows families the people of their own grid only', async () => {
    const { grids } = api.village;
    const seen = (await (await api.as('family')).get<GridView[]>('/api/grids')).body;
    const workers = seen.filter(({ worker }) => worker).map(({ id }) => id);
    expect(workers).toEqual([grids.east]);
  });

  it('manages accounts, and always keeps an admin', async () => {
    const admin = await api.as('admin');
    const input = { login: 'new.worker', name: '新网格员', password: 'long enough 1', roles: ['responder'] };
    const made = (await admin.post<AccountView>('/api/accounts', input)).body;
    expect(JSON.stringify(made)).not.toContain('argon2');
    expect(codeOf(await admin.post('/api/accounts', input))).toBe('ACCOUNT_LOGIN_TAKEN');
    expect((await api.anonymous().login('new.worker', 'long enough 1')).status).toBe(200);
    const open = api.anonymous();
    await open.login('new.worker', 'long enough 1');
    await admin.patch(`/api/accounts/${made.id}`, { password: 'another one 2' });
    expect((await open.get('/api/me')).status).toBe(401);
    expect((await api.anonymous().login('new.worker', 'long enough 1')).status).toBe(401);
    expect((await api.anonymous().login('new.worker', 'another one 2')).status).toBe(200);
    const { id } = api.village.people.admin ?? { id: 0 };
    for (const change of [{ active: false }, { roles: ['family'] }])
      expect(codeOf(await admin.patch(`/api/accounts/${id}`, change))).toBe('ACCOUNT_LAST_ADMIN');
    expect((await api.anonymous().login('admin', PASSWORD)).status).toBe(200);
  });

  it("shows uplinks as text or hex, a wearer's frame only while her vitals may be read", async () => {
    api.clock.set(api.clock.now() + 24 * 60 * MINUTE);
    await endAll(api);
    await uplinks(api);
    const frames = async (login: string) =>
      (await (await api.as(login)).get<UplinkView[]>('/api/uplinks')).body.map(
        ({ command, frame, frameKind }) => [command, frame, frameKind],
      );
    expect(await frames('admin')).toEqual([
      ['raw', 'ff00', 'hex'],
      ['AL', '[3G*8800000001*0002*AL]', 'text'],
    ]);
    expect(await frames('street')).toEqual([
      ['raw', 'ff00', 'hex'],
      ['AL', '', 'text'],
    ]);
    expect(await frames('far_street')).toEqual([['raw', 'ff00', 'hex']]);
    const one = (
      await (await api.as('admin')).get<UplinkView[]>('/api/uplinks?device=8800000001&outcome=ok&limit=1')
    ).body;
    expect(one).toHaveLength(1);
    const imei = '861288000000011';
    await api.database.db
      .insertInto('device_aliases')
      .values({ protocol: 'watch', alias: imei, device_id: api.village.deviceId })
      .execute();
    const byImei = await (await api.as('admin')).get<UplinkView[]>(`/api/uplinks?device=${imei}`);
    expect(byImei.body.map(({ nativeId }) => nativeId)).toEqual(['8800000001']);
  });

  it('counts what its desk sees', async () => {
    const of = async (login: string) => (await (await api.as(login)).get<Stats>('/api/stats')).body;
    expect(await of('desk')).toMatchObject({
      subjects: 3,
      devices: 3,
      silentDevices: 3,
      openIncidents: 0,
      uplinksLastHour: 2,
    });
    expect(await of('far_street')).toMatchObject({ subjects: 1, devices: 1 });
    await api.press();
    expect(await of('street')).toMatchObject({ openIncidents: 1, unacknowledged: 1, acknowledgeMsP50: null });
    expect(await of('far_street')).toMatchObject({ openIncidents: 0 });
  });
});

async function endAll({ database }: TestApi): Promise<void> {
  const set = { status: 'closed' as const, resolved_at: new Date(0), owner_id: null };
  await database.db.updateTable('incidents').set(set).execute();
}

async function uplinks({ database, clock, village }: TestApi): Promise<void> {
  const { ensureDayPartitions, dayOf } = await import('../../src/platform/day-partitions-store.ts');
  const day = dayOf(clock.now());
  await ensureDayPartitions(database.db, 'uplinks', day, day);
  const common = { protocol: 'watch', transport: 'tcp', source: '10.0.0.7', reading_count: 0, outcome: 'ok' };
  await database.db
    .insertInto('uplinks')
    .values([
      {
        ...common,
        received_at: new Date(clock.now() - 1000),
        device_id: village.deviceId,
        native_id: '8800000001',
        command: 'AL',
        bytes: Buffer.from('[3G*8800000001*0002*AL]'),
      },
      {
        ...common,
        received_at: new Date(clock.now()),
        device_id: null,
        native_id: null,
        command: 'raw',
        bytes: Buffer.from([0xff, 0]),
      },
    ])
    .execute();
}
