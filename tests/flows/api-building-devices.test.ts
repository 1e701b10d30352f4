import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthView } from '../../src/api/asset-schemas.ts';
import type { Adopted, CreatedDevice, UnknownDevice } from '../../src/api/device-schemas.ts';
import type { DeviceView, LatestReading, Series } from '../../src/api/schemas.ts';
import { noteUnknown } from '../../src/devices/device-store.ts';
import type { Reading } from '../../src/model/readings.ts';
import { dayOf, ensureDayPartitions } from '../../src/platform/day-partitions-store.ts';
import { saveLatest } from '../../src/telemetry/latest-store.ts';
import { createReadingsStore } from '../../src/telemetry/readings-store.ts';
import { codeOf } from '../harness/api-client.ts';
import { type ApiEstate, addResident, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { MINUTE, onDutyAlways } from '../harness/rescue-village.ts';

let api: TestApi;
let estate: ApiEstate;
beforeAll(async () => {
  api = await startTestApi();
  estate = await buildEstate(api);
});
afterAll(() => api.close());

describe('a gateway', () => {
  it('is registered with its secret and the topic below which it speaks', async () => {
    const street = await api.as('street');
    const input = { protocol: 'zigbee2mqtt', nativeId: 'gw-1', name: '1 号网关', assetId: estate.building };
    const made = await street.post<CreatedDevice>('/api/devices', {
      ...input,
      subjectId: null,
      gridId: null,
    });
    expect([made.status, made.body.topicPrefix, made.body.asset?.id]).toEqual([
      201,
      'zigbee2mqtt/gw-1',
      estate.building,
    ]);
    expect(made.body.secret).toMatch(/^[\w-]{24}$/);
    const child = { protocol: 'zigbee2mqtt', nativeId: '0x00158d00000000aa', gatewayId: made.body.id };
    const behind = await street.post<CreatedDevice>('/api/devices', child);
    expect([behind.body.secret, behind.body.topicPrefix, behind.body.gateway?.name]).toEqual([
      null,
      null,
      '1 号网关',
    ]);
    expect(behind.body.grid?.id).toBe(api.village.grids.east);
    expect((await street.get<DeviceView>(`/api/devices/${made.body.id}`)).body.children).toBe(1);
    const seen = (await (await api.as('manager')).get<DeviceView[]>('/api/devices')).body;
    expect(seen.map(({ nativeId }) => nativeId)).toContain(child.nativeId);
  });

  it('of an open language is what was given a topic; anything else is a device without a login', async () => {
    const street = await api.as('street');
    const made = (more: object) =>
      street.post<CreatedDevice>('/api/devices', {
        protocol: 'chirpstack',
        assetId: estate.building,
        ...more,
      });
    const rope = await made({ nativeId: '24e124136b502217', model: 'EM300-ZLD' });
    expect([rope.status, rope.body.secret, rope.body.topicPrefix]).toEqual([201, null, null]);
    const server = await made({ nativeId: 'lns-1', topicPrefix: 'application/7' });
    expect([server.body.secret === null, server.body.topicPrefix]).toEqual([false, 'application/7']);
  });

  it('shares its topic with no other, and is none of another desk or kind', async () => {
    const admin = await api.as('admin');
    const post = async (login: string, more: object) =>
      codeOf(
        await (await api.as(login)).post('/api/devices', {
          protocol: 'zigbee2mqtt',
          nativeId: 'gw-x',
          ...more,
        }),
      );
    expect(await post('admin', { topicPrefix: 'zigbee2mqtt/gw-1' })).toBe('DEVICE_PREFIX_TAKEN');
    for (const topicPrefix of ['a/+', '#', 'a//b', '//a', '$SYS/a', ''])
      expect(await post('admin', { topicPrefix }), topicPrefix).toMatch(
        /REQUEST_INVALID|DEVICE_PREFIX_INVALID/,
      );
    expect(await post('street', { assetId: estate.otherPipe })).toBe('DEVICE_ASSET_UNKNOWN');
    expect(await post('street', { gridId: api.village.farGrid })).toBe('GRID_NOT_YOURS');
    expect(await post('admin', { gatewayId: estate.leakDeviceId })).toBe('DEVICE_GATEWAY_UNKNOWN');
    const far = await admin.post<CreatedDevice>('/api/devices', {
      protocol: 'zigbee2mqtt',
      nativeId: 'gw-far',
      assetId: estate.otherEstate,
    });
    expect(await post('street', { gatewayId: far.body.id })).toBe('DEVICE_GATEWAY_UNKNOWN');
    expect(codeOf(await admin.patch(`/api/devices/${far.body.id}`, { gatewayId: far.body.id }))).toBe(
      'DEVICE_GATEWAY_UNKNOWN',
    );
    expect(
      codeOf(await admin.patch(`/api/devices/${far.body.id}`, { topicPrefix: 'zigbee2mqtt/gw-1' })),
    ).toBe('DEVICE_PREFIX_TAKEN');
  });

  it('is changed by its desk alone, not by a dispatcher who sees it on duty or as its company', async () => {
    const { db } = api.database;
    const devices = (await (await api.as('admin')).get<DeviceView[]>('/api/devices')).body;
    const id = devices.find(({ nativeId }) => nativeId === 'gw-1')?.id ?? 0;
    const far = api.village.people.far_street?.id ?? 0;
    await db
      .updateTable('accounts')
      .set({ roles: ['dispatcher', 'responder'] })
      .where('id', '=', far)
      .execute();
    await onDutyAlways(db, { gridId: api.village.grids.east, accountId: far, duty: 'worker' });
    const account = await api.as('far_street');
    expect((await account.get(`/api/devices/${id}`)).status).toBe(200);
    for (const body of [{ active: false }, { name: 'mine' }, { topicPrefix: 'mine' }])
      expect(codeOf(await account.patch(`/api/devices/${id}`, body))).toBe('GRID_NOT_YOURS');
    const adoption = { protocol: 'zigbee2mqtt', gatewayNativeId: 'gw-1' };
    expect(codeOf(await account.post('/api/devices/adopt', adoption))).toBe('GRID_NOT_YOURS');
    await db.deleteFrom('shifts').where('account_id', '=', far).execute();
    await db
      .updateTable('accounts')
      .set({ roles: ['dispatcher'] })
      .where('id', '=', far)
      .execute();
  });

  it('stands behind no other, and nothing else has a topic of its own', async () => {
    const admin = await api.as('admin');
    const devices = (await admin.get<DeviceView[]>('/api/devices')).body;
    const idOf = (nativeId: string) => devices.find((each) => each.nativeId === nativeId)?.id ?? 0;
    const change = async (nativeId: string, body: object) =>
      codeOf(await admin.patch(`/api/devices/${idOf(nativeId)}`, body));
    expect(await change('gw-1', { gatewayId: idOf('gw-far') })).toBe('DEVICE_IS_GATEWAY');
    for (const nativeId of ['leak-1', '0x00158d00000000aa'])
      expect(await change(nativeId, { topicPrefix: 'x' }), nativeId).toBe('DEVICE_NO_GATEWAY');
  });

  it('comes out of the waiting room with all that is behind it', async () => {
    const { db } = api.database;
    const seenAt = api.clock.now();
    const behind = { protocol: 'zigbee2mqtt', source: '', seenAt, uplinks: 1, gatewayNativeId: 'gw-new' };
    await noteUnknown(db, [
      { ...behind, nativeId: 'gw-new' },
      { ...behind, nativeId: '0x00158d00000000b1', description: '厨房水浸' },
      { ...behind, nativeId: '0x00158d00000000b2' },
      { ...behind, nativeId: '0x00158d00000000b3', gatewayNativeId: 'another' },
    ]);
    const street = await api.as('street');
    const waiting = async (search = '') =>
      (await street.get<UnknownDevice[]>(`/api/devices/unknown?search=${encodeURIComponent(search)}`)).body;
    const found = async (search: string) => (await waiting(search)).map(({ nativeId }) => nativeId);
    expect([await found('水浸'), await found('ANOTHER'), await found('%')]).toEqual([
      ['0x00158d00000000b1'],
      ['0x00158d00000000b3'],
      [],
    ]);
    expect((await waiting()).find(({ nativeId }) => nativeId.endsWith('b1'))).toMatchObject({
      gatewayNativeId: 'gw-new',
      description: '厨房水浸',
    });
    const input = { protocol: 'zigbee2mqtt', gatewayNativeId: 'gw-new', assetId: estate.building };
    const first = (await street.post<Adopted>('/api/devices/adopt', input)).body;
    expect([first.adopted, first.gateway.children, first.secret?.length]).toEqual([2, 2, 24]);
    expect((await waiting()).map(({ nativeId }) => nativeId)).toEqual(['0x00158d00000000b3']);
    const again = (await street.post<Adopted>('/api/devices/adopt', input)).body;
    expect([again.adopted, again.secret, again.gateway.id]).toEqual([0, null, first.gateway.id]);
    expect(
      (await (await api.as('far_street')).post('/api/devices/adopt', { ...input, assetId: undefined }))
        .status,
    ).toBe(404);
    expect(codeOf(await street.post('/api/devices/adopt', { ...input, protocol: 'watch' }))).toBe(
      'DEVICE_GATEWAY_UNKNOWN',
    );
  });

  it('stands in the health of the service', async () => {
    const { database, clock } = api;
    const day = dayOf(clock.now());
    await ensureDayPartitions(database.db, 'uplinks', day, day);
    const uplink = {
      protocol: 'native',
      transport: 'mqtt',
      source: '',
      reading_count: 0,
      command: 'up',
      bytes: Buffer.from('x'),
    };
    const received_at = new Date(clock.now() - 1000);
    await database.db
      .insertInto('uplinks')
      .values(['ok', 'ok', 'forbidden'].map((outcome) => ({ ...uplink, outcome, received_at })))
      .execute();
    const { body } = await (await api.as('admin')).get<HealthView>('/api/health');
    expect(body.uplinksLastHour).toEqual([
      { outcome: 'forbidden', count: 1 },
      { outcome: 'ok', count: 2 },
    ]);
    expect(body.gateways.find(({ name }) => name === '1 号网关')).toMatchObject({
      online: null,
      children: 1,
    });
    expect(body.startedAt).toBe(api.clock.now());
  });
});

describe('readings of a building', () => {
  it('are read by who sees the device, those of a wearer never here', async () => {
    const now = api.clock.now();
    const reading = (minutes: number, value: number): Reading => ({
      deviceId: estate.leakDeviceId,
      protocol: 'native',
      nativeId: 'leak-1',
      signal: 'water_pressure',
      value,
      observedAt: now - minutes * MINUTE,
      receivedAt: now,
      origin: 'live',
    });
    const readings = [reading(3, 310), reading(2, 300), reading(1, 290)];
    await api.database.db.transaction().execute(async (trx) => {
      await createReadingsStore(api.database.db).write(readings, trx);
      await saveLatest(trx, readings);
    });
    const path = `/api/devices/${estate.leakDeviceId}`;
    const series = `${path}/series?signal=water_pressure&from=${now - 5 * MINUTE}&to=${now}`;
    for (const login of ['manager', 'repairer', 'worker', 'street', 'admin']) {
      const client = await api.as(login);
      const latest = (await client.get<LatestReading[]>(`${path}/latest`)).body;
      expect(latest, login).toMatchObject([
        { signal: 'water_pressure', value: 290, unit: 'kPa', channel: '' },
      ]);
      expect((await client.get<Series>(series)).body.points.map(({ value }) => value)).toEqual([
        310, 300, 290,
      ]);
    }
    for (const login of ['other_manager', 'far_worker', 'far_street'])
      for (const each of [`${path}/latest`, series])
        expect((await (await api.as(login)).get(each)).status, login).toBe(404);
    const bad = await (await api.as('admin')).get(`${path}/series?signal=nonsense&from=0&to=1`);
    expect(codeOf(bad)).toBe('SERIES_BAD_QUERY');
    const worn = await addResident(api, estate.building);
    for (const login of ['admin', 'street', 'worker'])
      expect(codeOf(await (await api.as(login)).get(`/api/devices/${worn}/latest`)), login).toBe(
        'DEVICE_WORN',
      );
  });

  it('of a band that was given back begin when it was', async () => {
    const { db } = api.database;
    await db
      .updateTable('devices')
      .set({ assigned_at: new Date(api.clock.now() - 1.5 * MINUTE) })
      .where('id', '=', estate.leakDeviceId)
      .execute();
    const now = api.clock.now();
    const path = `/api/devices/${estate.leakDeviceId}/series?signal=water_pressure&from=${now - 5 * MINUTE}&to=${now}`;
    const points = (await (await api.as('admin')).get<Series>(path)).body.points;
    expect(points.map(({ value }) => value)).toEqual([290]);
  });
});
