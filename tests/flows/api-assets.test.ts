import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetView } from '../../src/api/asset-schemas.ts';
import type { AuditView, DeviceView } from '../../src/api/schemas.ts';
import { readAsset, updateAsset } from '../../src/people/asset-store.ts';
import type { Trx } from '../../src/platform/database.ts';
import { codeOf } from '../harness/api-client.ts';
import { type ApiEstate, addResident, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { EAST } from '../harness/rescue-village.ts';

describe('assets', () => {
  let api: TestApi;
  let estate: ApiEstate;
  beforeAll(async () => {
    api = await startTestApi();
    estate = await buildEstate(api);
  });
  afterAll(() => api.close());

  const tree = async (login: string) => (await (await api.as(login)).get<AssetView[]>('/api/assets')).body;
  const codes = async (login: string) => (await tree(login)).map(({ code }) => code);

  it('are shown as a tree, with grid and company of the nearest ancestor', async () => {
    const seen = await tree('admin');
    expect(seen.map(({ code }) => code)).toEqual(['E1', 'E1-3', 'E1-3-P', 'E1-3-B', 'E2', 'E2-P']);
    expect(seen.find(({ code }) => code === 'E1-3-P')).toMatchObject({
      parentId: estate.building,
      grid: { id: api.village.grids.east },
      company: { id: estate.companyId, name: '滨湖物业' },
      ownGridId: null,
      ownCompanyId: null,
    });
  });

  it('count the devices, silent ones and open tickets of everything below', async () => {
    await api.database.db
      .updateTable('devices')
      .set({ last_seen_at: new Date(api.clock.now()) })
      .where('id', '=', estate.leakDeviceId)
      .execute();
    const [first] = await tree('admin');
    expect(first).toMatchObject({
      code: 'E1',
      devices: 2,
      silentDevices: 1,
      openTickets: 0,
      worstSeverity: null,
    });
  });

  it('hold a device silent after what its model may pass over, where that is known by name', async () => {
    const last_seen_at = new Date(api.clock.now() - 40 * 60_000);
    const of = (native_id: string, model: string) => ({
      protocol: 'chirpstack',
      native_id,
      model,
      asset_id: estate.otherPipe,
      last_seen_at,
    });
    const made = await api.database.db
      .insertInto('devices')
      .values([of('known', 'Milesight em300-zld'), of('unknown', 'no such model')])
      .returning('id')
      .execute();
    const devices = (await (await api.as('admin')).get<DeviceView[]>('/api/devices')).body;
    const silent = made.map(({ id }) => devices.find((device) => device.id === id)?.silent);
    expect(silent).toEqual([true, false]);
    expect((await tree('admin')).find(({ code }) => code === 'E2')).toMatchObject({
      devices: 3,
      silentDevices: 2,
    });
    const ids = made.map(({ id }) => id);
    await api.database.db.deleteFrom('devices').where('id', 'in', ids).execute();
  });

  it('are seen by the company that keeps them, the worker of the grid and the desks above it', async () => {
    const own = ['E1', 'E1-3', 'E1-3-P', 'E1-3-B'];
    for (const login of ['manager', 'repairer', 'worker', 'street'])
      expect(await codes(login), login).toEqual(own);
    for (const login of ['other_manager', 'far_worker', 'far_street'])
      expect(await codes(login), login).toEqual(['E2', 'E2-P']);
    expect(await codes('property')).toEqual([]);
    for (const path of [`/api/assets/${estate.pipe}`])
      expect((await (await api.as('other_manager')).get(path)).status).toBe(404);
    expect((await tree('admin')).length).toBe(6);
    const site = (await (await api.as('admin')).get<AssetView[]>(`/api/assets?site=${estate.otherEstate}`))
      .body;
    expect(site.map(({ code }) => code)).toEqual(['E2', 'E2-P']);
  });

  it('are added where the desk is responsible, and take the grid of their place', async () => {
    const street = await api.as('street');
    const made = await street.post<AssetView>('/api/assets', {
      kind: 'manhole',
      code: 'M-1',
      name: '井盖 1',
      latitude: EAST.latitude,
      longitude: EAST.longitude,
    });
    expect([made.status, made.body.grid?.id]).toEqual([201, api.village.grids.east]);
    const taken = await street.post('/api/assets', { kind: 'bin', code: 'M-1', name: 'x' });
    expect([taken.status, codeOf(taken)]).toEqual([409, 'ASSET_CODE_TAKEN']);
    const half = await street.post('/api/assets', { kind: 'bin', code: 'B-1', name: 'x', latitude: 30 });
    expect(codeOf(half)).toBe('ASSET_POINT_INCOMPLETE');
    const foreign = { kind: 'bin', code: 'B-2', name: 'x', gridId: api.village.farGrid };
    expect(codeOf(await street.post('/api/assets', foreign))).toBe('GRID_NOT_YOURS');
    const below = {
      kind: 'bin',
      code: 'B-3',
      name: 'x',
      parentId: estate.otherEstate,
      gridId: api.village.grids.east,
    };
    expect(codeOf(await street.post('/api/assets', below))).toBe('ASSET_PARENT_UNKNOWN');
    expect(codeOf(await street.patch(`/api/assets/${made.body.id}`, { gridId: api.village.farGrid }))).toBe(
      'GRID_NOT_YOURS',
    );
    expect((await street.patch(`/api/assets/${estate.otherPipe}`, { name: 'x' })).status).toBe(404);
    expect((await street.delete(`/api/assets/${made.body.id}`)).status).toBe(204);
  });

  it('move with everything below them, and never below themselves', async () => {
    const admin = await api.as('admin');
    const { db } = api.database;
    const circle = await admin.patch(`/api/assets/${estate.estate}`, { parentId: estate.pipe });
    expect([circle.status, codeOf(circle)]).toEqual([400, 'ASSET_CYCLE']);
    const self = await admin.patch(`/api/assets/${estate.estate}`, { parentId: estate.estate });
    expect(codeOf(self)).toBe('ASSET_CYCLE');
    const moved = await admin.patch<AssetView>(`/api/assets/${estate.building}`, {
      parentId: estate.otherEstate,
    });
    expect(moved.body).toMatchObject({
      company: { id: estate.otherCompanyId },
      grid: { id: api.village.farGrid },
    });
    expect((await readAsset(db, estate.pipe))?.siteId).toBe(estate.otherEstate);
    const root = await admin.patch<AssetView>(`/api/assets/${estate.building}`, { parentId: null });
    expect(root.body.company).toBeNull();
    expect((await readAsset(db, estate.pipe))?.siteId).toBe(estate.building);
    await admin.patch(`/api/assets/${estate.building}`, { parentId: estate.estate });
    expect((await readAsset(db, estate.breaker))?.siteId).toBe(estate.estate);
  });

  it('of two moves at once that would make a circle one is refused', async () => {
    const { db } = api.database;
    const admin = await api.as('admin');
    const add = async (code: string) =>
      (await admin.post<AssetView>('/api/assets', { kind: 'room', code, name: code })).body.id;
    const [a, b] = [await add('X-1'), await add('X-2')];
    const move = (id: number, parentId: number) => async (trx: Trx) => {
      const asset = await readAsset(trx, id);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (asset) await updateAsset(trx, asset, { parentId });
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const moves = [move(a, b), move(b, a)].map((work) => db.transaction().execute(work));
    const ends = await Promise.allSettled(moves);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find((end) => end.status === 'rejected')).toMatchObject({ reason: { code: 'ASSET_CYCLE' } });
    const [child, parent] = ends[0]?.status === 'fulfilled' ? [a, b] : [b, a];
    for (const id of [child, parent]) expect((await admin.delete(`/api/assets/${id}`)).status).toBe(204);
  });

  it('stay while something belongs to them', async () => {
    const admin = await api.as('admin');
    for (const id of [estate.estate, estate.pipe]) {
      const answer = await admin.delete(`/api/assets/${id}`);
      expect([answer.status, codeOf(answer)]).toEqual([409, 'ASSET_NOT_EMPTY']);
    }
  });

  it('have no more levels than the climb allows', async () => {
    const admin = await api.as('admin');
    let parentId: number | undefined;
    const made: number[] = [];
    for (let level = 1; level <= 16; level++) {
      const input = { kind: 'room', code: `D-${level}`, name: 'x', ...(parentId ? { parentId } : {}) };
      parentId = (await admin.post<AssetView>('/api/assets', input)).body.id;
      made.push(parentId);
    }
    const tooDeep = await admin.post('/api/assets', { kind: 'room', code: 'D-17', name: 'x', parentId });
    expect(codeOf(tooDeep)).toBe('ASSET_TOO_DEEP');
    expect(codeOf(await admin.patch(`/api/assets/${made[0]}`, { parentId: estate.estate }))).toBe(
      'ASSET_TOO_DEEP',
    );
  });

  it('show a property company the devices in its buildings, and never one that somebody wears', async () => {
    const worn = await addResident(api, estate.building);
    const manager = await api.as('manager');
    const seen = (await manager.get<DeviceView[]>('/api/devices')).body;
    expect(seen.map(({ nativeId }) => nativeId)).toEqual(['leak-1', 'breaker-1']);
    expect(seen[0]).toMatchObject({
      asset: { kind: 'pipe', path: ['湖景花园', '3 栋'] },
      grid: { name: 'east' },
    });
    for (const id of [worn, estate.otherDeviceId]) {
      expect((await manager.get(`/api/devices/${id}`)).status, String(id)).toBe(404);
      expect((await manager.get(`/api/devices/${id}/downlinks`)).status, String(id)).toBe(404);
    }
    expect((await manager.get('/api/subjects')).status).toBe(403);
    expect((await (await api.as('worker')).get<DeviceView[]>('/api/devices')).body.length).toBe(4);
  });

  it('leave a trace of who changed what', async () => {
    const log = (await (await api.as('admin')).get<AuditView[]>('/api/audit?limit=200')).body;
    const created = log.find(({ action }) => action === 'asset_created');
    expect(created?.detail).toMatchObject({ assetId: expect.any(Number), code: expect.any(String) });
    expect(log.some(({ action }) => action === 'asset_deleted')).toBe(true);
    expect(log.find(({ action }) => action === 'asset_changed')?.detail.fields).toEqual(['parentId']);
  });
});
