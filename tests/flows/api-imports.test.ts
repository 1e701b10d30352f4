import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetView, ImportResult } from '../../src/api/asset-schemas.ts';
import type { AuditView, DeviceView, GridView } from '../../src/api/schemas.ts';
import { secretMatches } from '../../src/devices/credentials.ts';
import { findDevices, registerDevice } from '../../src/devices/device-store.ts';
import { type Answer, codeOf } from '../harness/api-client.ts';
import { type ApiEstate, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { EAST, square } from '../harness/rescue-village.ts';

let api: TestApi;
let estate: ApiEstate;
beforeAll(async () => {
  api = await startTestApi();
  estate = await buildEstate(api);
});
afterAll(() => api.close());

type What = 'assets' | 'devices' | 'grids';
async function bring(
  login: string,
  what: What,
  text: string,
  more: { format?: 'csv' | 'geojson'; dryRun?: boolean } = {},
): Promise<Answer<ImportResult>> {
  return (await api.as(login)).post(`/api/${what}/import`, { format: 'csv', text, ...more });
}
const counts = ({ created, updated, unchanged, faults }: ImportResult) => [
  created,
  updated,
  unchanged,
  faults.length,
];
const assets = async (): Promise<AssetView[]> =>
  (await (await api.as('admin')).get<AssetView[]>('/api/assets')).body;

describe('an import of assets', () => {
  it('takes what is good and names thirty faults with their lines, in the language of the caller', async () => {
    const good = Array.from({ length: 20 }, (_, i) => `OK-${i},好 ${i},井盖,E1,`);
    const bad = Array.from({ length: 30 }, (_, i) => `BAD-${i},坏 ${i},火箭,E1,`);
    const lines = good.flatMap((line, i) => [line, ...bad.slice(i * 2, i * 2 + 2)]).slice(0, 50);
    const text = `编码,名称,类型,上级编码,地址\r\n${lines.join('\r\n')}\r\n`;
    const { status, body } = await bring('street', 'assets', text);
    expect([status, ...counts(body)]).toEqual([200, 20, 0, 0, 30]);
    const lineOf = (i: number) => lines.indexOf(bad[i] ?? '') + 2;
    expect(body.faults.map(({ line }) => line)).toEqual(bad.map((_, i) => lineOf(i)));
    expect(body.faults[0]).toEqual({ line: 3, field: '类型', message: '“类型”不能是“火箭”' });
    expect((await assets()).filter(({ code }) => code.startsWith('OK-'))).toHaveLength(20);
    const admin = await api.as('admin');
    await admin.patch('/api/me', { locale: 'en' });
    const english = await bring('admin', 'assets', text);
    expect([...counts(english.body), english.body.faults[0]?.message]).toEqual([
      0,
      0,
      20,
      30,
      '“kind” cannot be “火箭”',
    ]);
    await admin.patch('/api/me', { locale: 'zh-CN' });
  });

  it('looks only, when it is asked to', async () => {
    const before = await assets();
    const { body } = await bring('admin', 'assets', 'code,name,kind\nDRY-1,x,bin\nE1,neu,\n', {
      dryRun: true,
    });
    expect(counts(body)).toEqual([1, 1, 0, 0]);
    expect(await assets()).toEqual(before);
  });

  it('takes the file as a spreadsheet wrote it, GB18030 too', async () => {
    const head = Buffer.from('b1e0c2eb2cc3fbb3c62cc0e0d0cd0a', 'hex');
    const line = Buffer.concat([
      Buffer.from('GB-1,'),
      Buffer.from('bbdd', 'hex'),
      Buffer.from(','),
      Buffer.from('beaec0c7', 'hex').subarray(0, 2),
      Buffer.from('b8c70a', 'hex'),
    ]);
    const send = (path: string, body: Buffer, type = 'text/csv') => upload('admin', path, { body, type });
    const looked = await send('/api/assets/import?dryRun=true', Buffer.concat([head, line]));
    expect(counts(looked)).toEqual([1, 0, 0, 0]);
    expect(counts(await send('/api/assets/import', Buffer.concat([head, line])))).toEqual([1, 0, 0, 0]);
    expect((await assets()).find(({ code }) => code === 'GB-1')).toMatchObject({
      name: '惠',
      kind: 'manhole',
    });
    const bom = Buffer.from('\uFEFF编码,名称,类型\nBOM-1,湖,井盖\n');
    expect(counts(await send('/api/assets/import', bom, 'text/csv; charset=utf-8'))).toEqual([1, 0, 0, 0]);
  });

  it('places features by their geometry, also from a Chinese map', async () => {
    const feature = (code: string, more: object = {}) => ({
      type: 'Feature',
      properties: { code, name: code, kind: 'manhole', ...more },
      geometry: { type: 'Point', coordinates: [EAST.longitude, EAST.latitude] },
    });
    const features = [feature('GEO-1'), feature('GEO-2', { datum: 'gcj02', 上级: 'GEO-1' })];
    const text = JSON.stringify({ type: 'FeatureCollection', features });
    expect(counts((await bring('admin', 'assets', text, { format: 'geojson' })).body)).toEqual([2, 0, 0, 0]);
    const [first, second] = (await assets()).filter(({ code }) => code.startsWith('GEO-'));
    expect(first).toMatchObject({ location: EAST, ownGridId: api.village.grids.east });
    expect(second?.parentId).toBe(first?.id);
    expect(second?.location?.longitude).toBeCloseTo(EAST.longitude - 0.0053, 3);
    expect(counts((await bring('admin', 'assets', text, { format: 'geojson' })).body)).toEqual([0, 0, 2, 0]);
  });

  it('moves an asset with everything below it', async () => {
    await bring('admin', 'assets', 'code,name,kind,parent\nMV,m,building,E1\nMV-1,m1,pipe,MV\n');
    expect(counts((await bring('admin', 'assets', 'code,parent\nMV,E2\n')).body)).toEqual([0, 1, 0, 0]);
    const moved = (await assets()).filter(({ code }) => code.startsWith('MV'));
    expect(moved.map(({ company }) => company?.id)).toEqual([estate.otherCompanyId, estate.otherCompanyId]);
  });

  it('lets a desk write in its own grids only', async () => {
    const text = 'code,name,kind,parent\nE2,geklaut,,\nNEW-2,x,bin,E2\nNEW-1,x,bin,E1\n';
    const { body } = await bring('street', 'assets', text);
    expect(counts(body)).toEqual([1, 0, 0, 2]);
    expect(body.faults.map(({ line, message }) => [line, message])).toEqual([
      [2, '这个网格不归您管理'],
      [3, '这个网格不归您管理'],
    ]);
    for (const login of ['manager', 'worker', 'family'])
      expect((await bring(login, 'assets', text)).status).toBe(403);
  });

  it('refuses what is no file of its kind, too long or too large, and stays alive', async () => {
    const refused = async (answer: Promise<Answer>) => [(await answer).status, codeOf(await answer)];
    expect(await refused(bring('admin', 'assets', '{', { format: 'geojson' }))).toEqual([
      400,
      'IMPORT_JSON_BROKEN',
    ]);
    expect(await refused(bring('admin', 'assets', `code\n${'A\n'.repeat(20_001)}`))).toEqual([
      400,
      'IMPORT_TOO_LONG',
    ]);
    expect(await refused(bring('admin', 'assets', 'x'.repeat(6_100_000)))).toEqual([
      413,
      'REQUEST_TOO_LARGE',
    ]);
    expect(await refused(bring('admin', 'assets', 'a\0b'))).toEqual([400, 'REQUEST_TEXT_BROKEN']);
    expect(await refused(bring('admin', 'devices', '{}', { format: 'geojson' }))).toEqual([
      400,
      'IMPORT_FORMAT',
    ]);
    const binary = await upload('admin', '/api/assets/import', {
      body: Buffer.from([0xff, 0xfe, 0xff]),
      type: 'text/csv',
    });
    expect(codeOf({ body: binary, status: 400, headers: new Headers() })).toBe('IMPORT_UNREADABLE');
    const large = await upload('admin', '/api/assets/import', {
      body: Buffer.alloc(6_000_001, 65),
      type: 'text/csv',
    });
    expect(codeOf({ body: large, status: 413, headers: new Headers() })).toBe('REQUEST_TOO_LARGE');
    const bomb = `{"type":"FeatureCollection","features":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await bring('admin', 'assets', bomb, { format: 'geojson' })).status).toBeLessThan(500);
    expect((await (await api.as('admin')).get('/api/me')).status).toBe(200);
  });

  it('of twenty thousand lines is one transaction of seconds, and again changes nothing', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      i < 200 ? `BIG-${i},楼 ${i},building,E2` : `BIG-${i},管 ${i},pipe,BIG-${i % 200}`,
    );
    const text = `code,name,kind,parent\n${lines.reverse().join('\n')}\n`;
    expect(counts((await bring('admin', 'assets', text)).body)).toEqual([20_000, 0, 0, 0]);
    expect(counts((await bring('admin', 'assets', text)).body)).toEqual([0, 0, 20_000, 0]);
    expect((await assets()).filter(({ grid }) => grid?.id === api.village.farGrid).length).toBeGreaterThan(
      20_000,
    );
  }, 60_000);

  it('is written down', async () => {
    const log = (await (await api.as('admin')).get<AuditView[]>('/api/audit?limit=200')).body;
    const entry = log.find(({ action }) => action === 'assets_imported');
    expect(entry?.detail).toEqual({ created: 0, updated: 0, unchanged: 20_000, faults: 0 });
  });
});

describe('an import of devices', () => {
  const text = `协议,设备编号,名称,资产编码,网关编号
zigbee2mqtt,0x00158d0000000001,3 栋水浸,E1-3-P,imp-gw
zigbee2mqtt,imp-gw,1 号网关,E1,
native,imp-panel,配电箱,E1-3-B,
zigbee2mqtt,0x00158d0000000002,,E1-3-P,nobody
morse,m-1,,,
native,imp-panel,again,,
native,leak-1,改名,NOWHERE,
watch,8800000001,手环,E1,
`;

  it('registers them with their secrets, gateways first, and names each fault', async () => {
    const { body } = await bring('admin', 'devices', text);
    expect(counts(body)).toEqual([3, 0, 0, 5]);
    expect(body.faults.map(({ line, field }) => [line, field])).toEqual([
      [5, '网关编号'],
      [6, '协议'],
      [7, '设备编号'],
      [8, '资产编码'],
      [9, null],
    ]);
    expect(body.secrets?.map(({ nativeId }) => nativeId)).toEqual(['imp-gw', 'imp-panel']);
    const [found] = await findDevices(api.database.db, [{ protocol: 'zigbee2mqtt', spelling: 'imp-gw' }]);
    const secret = body.secrets?.[0]?.secret ?? '';
    expect(found?.device.secret && secretMatches(Buffer.from(secret), found.device.secret)).toBe(true);
    const devices = (await (await api.as('manager')).get<DeviceView[]>('/api/devices')).body;
    expect(devices.find(({ nativeId }) => nativeId === 'imp-gw')).toMatchObject({
      topicPrefix: 'zigbee2mqtt/imp-gw',
      children: 1,
    });
    expect(devices.find(({ nativeId }) => nativeId.endsWith('01'))).toMatchObject({
      gateway: { name: '1 号网关' },
      asset: { id: estate.pipe },
    });
  });

  it('changes nothing the second time, and what is different after that', async () => {
    const good = text.split('\n').slice(0, 4).join('\n');
    const again = (await bring('admin', 'devices', good)).body;
    expect([...counts(again), again.secrets]).toEqual([0, 0, 3, 0, []]);
    const moved = good.replace('3 栋水浸,E1-3-P', '改名,E1-3-B');
    expect(counts((await bring('admin', 'devices', moved)).body)).toEqual([0, 1, 2, 0]);
  });

  it('looks only, when it is asked to, also for what stands behind a gateway of the same file', async () => {
    const fresh = text.replaceAll('imp-', 'dry-').replaceAll('0x00158d', '0x00158e');
    const { body } = await bring('admin', 'devices', fresh, { dryRun: true });
    expect([...counts(body), body.secrets]).toEqual([3, 0, 0, 5, []]);
    const { db } = api.database;
    expect(await db.selectFrom('devices').select('id').where('native_id', 'like', 'dry-%').execute()).toEqual(
      [],
    );
  });

  it('takes one unit once, whatever the languages: registered, or on two lines of the file', async () => {
    await registerDevice(api.database.db, {
      protocol: 'watch',
      nativeId: '861234567890777',
      withSecret: false,
    });
    const twice = `protocol,native_id,asset_code
chirpstack,24e124136b5022aa,E1
gt06,861234567890777,E1
tts,24E124136B5022AA,E1
nowhere,24e124136b5022bb,E1
tts,24e124136b5022bb,E1
`;
    const faults = [
      [3, '设备编号', '这台设备已按协议 watch 登记（861234567890777）'],
      [4, '设备编号', '这台设备已按协议 chirpstack 登记（24e124136b5022aa）'],
      [5, '协议', '不支持协议“nowhere”'],
    ];
    for (const dryRun of [true, false]) {
      const { body } = await bring('admin', 'devices', twice, { dryRun });
      expect([body.created, body.faults.map(({ line, field, message }) => [line, field, message])]).toEqual([
        2,
        faults,
      ]);
    }
  });

  it('lets no two gateways speak below one topic, and a desk register in its own grids only', async () => {
    const prefixes = `protocol,native_id,topic_prefix,asset_code
zigbee2mqtt,pre-1,haus/eins,E1
zigbee2mqtt,pre-2,haus/eins,E1
zigbee2mqtt,pre-3,haus/+/zwei,E1
zigbee2mqtt,pre-4,zigbee2mqtt/imp-gw,E1
zigbee2mqtt,pre-5,haus,E1
zigbee2mqtt,pre-6,haus/eins/keller,E1
zigbee2mqtt,pre-7,zigbee2mqtt,E1
zigbee2mqtt,pre-8,gridguard/v1,E1
native,+,,E1
`;
    const { body } = await bring('admin', 'devices', prefixes);
    expect([body.created, body.faults.map(({ line }) => line)]).toEqual([1, [3, 4, 5, 6, 7, 8, 9, 10]]);
    expect(body.faults.map(({ field }) => field)).toEqual([...Array(7).fill('主题前缀'), '设备编号']);
    const foreign = 'protocol,native_id,asset_code\nnative,f-1,E2-P\nnative,f-2,E1-3-P\nnative,leak-2,\n';
    const street = (await bring('street', 'devices', foreign)).body;
    expect([street.created, street.faults.map(({ line }) => line)]).toEqual([1, [2, 4]]);
  });
});

describe('an import of grids', () => {
  const feature = (properties: object, west: number | undefined, east = (west ?? 0) + 0.01) => ({
    type: 'Feature',
    properties,
    geometry: west === undefined ? null : square(west, east),
  });
  const file = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });

  it('takes a tree in any order, names what is wrong, and again changes nothing', async () => {
    const crossing = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 1.5],
          [0, 0],
        ],
      ],
    };
    const text = file(
      feature({ code: 'G-1', name: '一格', level: '网格', parent: 'S-1' }, 114.95),
      feature({ code: 'S-1', name: '一街', level: 'street', parent: 'city' }, 114.95),
      feature({ code: 'G-2', name: '二格', level: 'grid', parent: 'G-1' }, 114.96),
      feature({ code: 'G-3', name: '三格', level: 'grid', parent: 'nowhere' }, 114.96),
      feature({ code: 'G-4', name: '四格', level: 'grid', parent: 'S-1' }, undefined),
      { ...feature({ code: 'G-5', name: '五格', level: 'grid' }, 1), geometry: crossing },
      feature({ code: 'G-6', level: 'grid' }, 114.96),
    );
    const { body } = await bring('admin', 'grids', text, { format: 'geojson' });
    expect(counts(body)).toEqual([2, 0, 0, 5]);
    expect(body.faults.map(({ line, message }) => [line, message])).toEqual([
      [3, '上级网格必须是更高一级'],
      [4, '上级“nowhere”不存在，或它所在的行有误'],
      [5, '网格边界无法识别'],
      [6, '边界自相交'],
      [7, '缺少“名称”'],
    ]);
    const again = (await bring('admin', 'grids', text, { format: 'geojson' })).body;
    expect(counts(again)).toEqual([0, 0, 2, 5]);
    const grids = (await (await api.as('admin')).get<GridView[]>('/api/grids')).body;
    const street = grids.find(({ code }) => code === 'S-1');
    expect(grids.find(({ code }) => code === 'G-1')).toMatchObject({ parentId: street?.id, level: 'grid' });
    const redrawn = file(feature({ code: 'G-1', datum: 'gcj02' }, 114.95));
    expect(counts((await bring('admin', 'grids', redrawn, { format: 'geojson' })).body)).toEqual([
      0, 1, 0, 0,
    ]);
    expect((await bring('street', 'grids', redrawn, { format: 'geojson' })).status).toBe(403);
  });
});

describe('a template', () => {
  it.each(['assets', 'devices', 'subjects'] as const)(
    'of %s is a file that can be imported, in either language',
    async (what) => {
      for (const language of ['zh', 'en']) {
        const response = await fetch(`${api.url}/api/${what}/import-template`, {
          headers: { cookie: (await api.as('street')).cookie ?? '', 'accept-language': language },
        });
        expect(response.headers.get('content-disposition')).toContain(`${what}.csv`);
        const bytes = Buffer.from(await response.arrayBuffer());
        expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
        const looked = await upload('admin', `/api/${what}/import?dryRun=true`, {
          body: bytes,
          type: 'text/csv',
        });
        expect(looked.faults.filter(({ line }) => line === 1)).toEqual([]);
      }
    },
  );
});

async function upload(
  login: string,
  path: string,
  { body, type }: { body: Buffer; type: string },
): Promise<ImportResult> {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, cookie: (await api.as(login)).cookie ?? '' },
    body: new Uint8Array(body),
  });
  return (await response.json()) as ImportResult;
}
