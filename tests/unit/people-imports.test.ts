import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toWgs84 } from '../../protocols/datum.ts';
import type { Asset } from '../../src/people/asset-store.ts';
import { assetFields, readAssetLines } from '../../src/people/imports/asset-lines.ts';
import { planAssets } from '../../src/people/imports/asset-plan.ts';
import type { AssetWorld } from '../../src/people/imports/asset-standing.ts';
import { readFeatures } from '../../src/people/imports/features.ts';
import { readText } from '../../src/people/imports/read-text.ts';
import { readTable } from '../../src/people/imports/table.ts';

const lines = (text: string) => {
  const file = readTable(text, assetFields);
  const read = readAssetLines(file.rows, toWgs84);
  return { lines: read.lines, faults: [...file.faults, ...read.faults] };
};
const codes = (faults: readonly { line: number; code: string }[]) =>
  faults.map(({ line, code }) => [line, code]);

const estate: Asset = {
  id: 1,
  parentId: null,
  siteId: 1,
  kind: 'estate',
  code: 'E1',
  name: '湖景花园',
  gridId: 11,
  companyId: null,
  address: null,
  latitude: null,
  longitude: null,
  remoteSwitch: 'manual',
};
const building: Asset = {
  ...estate,
  id: 2,
  parentId: 1,
  kind: 'building',
  code: 'E1-3',
  name: '3 栋',
  gridId: null,
};
const world = (more: Partial<AssetWorld> = {}): AssetWorld => ({
  assets: [estate, building],
  companies: new Map([['P1', 5]]),
  grids: new Map([
    ['G11', 11],
    ['G12', 12],
  ]),
  gridAt: ({ longitude }) => (longitude > 114.9 ? 12 : 11),
  mayEdit: () => true,
  ...more,
});
const plan = (text: string, more: Partial<AssetWorld> = {}) => planAssets(lines(text).lines, world(more));

describe('the text of a file', () => {
  it('is read in the encodings that spreadsheets write', () => {
    const utf8 = Buffer.from('编码,名称\nA,湖景花园');
    const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]);
    const gb18030 = Buffer.from('b1e0c2ebbdd0', 'hex');
    expect(readText(utf8)).toBe('编码,名称\nA,湖景花园');
    expect(readText(bom).endsWith('湖景花园')).toBe(true);
    expect(readText(gb18030)).toBe('编码叫');
    expect(() => readText(Buffer.from([0xff, 0xfe, 0xff]))).toThrow(
      expect.objectContaining({ code: 'IMPORT_UNREADABLE' }),
    );
  });
});

describe('a table', () => {
  const table = (text: string) => readTable(text, assetFields);

  it.each([
    ['Chinese', '\uFEFF编码,名称,类型\nA,甲,小区\n'],
    ['English', 'Code, NAME ,kind\r\nA,甲,小区\r\n'],
    ['by its other names and semicolons', '资产编码;资产名称;类别\nA;甲;小区'],
    ['with tabs', '编号\t名称\ttype\nA\t甲\t小区'],
    ['with a mark of what is required', '*编码,名称（*）,类型\nA,甲,小区'],
  ])('has a header that is %s', (_name, text) => {
    const { rows, faults } = table(text);
    expect(faults).toEqual([]);
    expect(rows).toEqual([{ line: 2, cells: { code: 'A', name: '甲', kind: '小区' } }]);
  });

  it('numbers its lines as an editor does, whatever stands between them', () => {
    const { rows } = table('code,name\nA,甲\n\n"B","two\nlines"\nC,丙\n,,\n');
    expect(rows.map(({ line, cells }) => [line, cells.code])).toEqual([
      [2, 'A'],
      [4, 'B'],
      [6, 'C'],
    ]);
  });

  it('says which columns it does not know, and goes on', () => {
    const { rows, faults } = table('code,colour,name,名称\nA,red,甲,乙');
    expect(codes(faults)).toEqual([
      [1, 'IMPORT_COLUMN_UNKNOWN'],
      [1, 'IMPORT_COLUMN_TWICE'],
    ]);
    expect(rows[0]?.cells).toEqual({ code: 'A', name: '甲' });
  });

  it('loses one line where a quote is not closed, and no other', () => {
    const { rows, faults } = table('code,name\nA,甲\nB,"乙\nC,丙\nD,"丁"x\nE,戊');
    expect(codes(faults)).toEqual([
      [3, 'IMPORT_LINE_BROKEN'],
      [5, 'IMPORT_LINE_BROKEN'],
    ]);
    expect(rows.map(({ cells }) => cells.code)).toEqual(['A', 'C', 'E']);
  });

  it('may be empty', () => {
    for (const text of ['', '\n', '\uFEFF']) expect(codes(table(text).faults)).toEqual([[1, 'IMPORT_EMPTY']]);
  });

  it('has a most of lines', () => {
    expect(() => table(`code\n${'A\n'.repeat(20_001)}`)).toThrow(
      expect.objectContaining({ code: 'IMPORT_TOO_LONG' }),
    );
    expect(table(`code\n${'A\n'.repeat(20_000)}`).rows).toHaveLength(20_000);
  });

  it('never throws anything else, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const file = table(text);
        for (const fault of [...file.faults, ...readAssetLines(file.rows, toWgs84).faults])
          expect(fault.line).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a GeoJSON file', () => {
  const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });
  const feature = (properties: unknown, geometry: unknown = null) => ({
    type: 'Feature',
    properties,
    geometry,
  });

  it('gives its properties by Chinese or English names, numbers too', () => {
    const text = collection(
      feature({ 编码: 7, name: ' 甲 ', unknown: {} }, { type: 'Point', coordinates: [114.9, 30.4] }),
    );
    expect(readFeatures(text, assetFields).rows).toEqual([
      { line: 1, cells: { code: '7', name: '甲' }, geometry: { type: 'Point', coordinates: [114.9, 30.4] } },
    ]);
  });

  it('names the features that are none by their number', () => {
    const { rows, faults } = readFeatures(
      collection(feature({ code: 'A' }), 7, null, feature(null), {}),
      assetFields,
    );
    expect(rows.map(({ line }) => line)).toEqual([1]);
    expect(codes(faults)).toEqual([2, 3, 4, 5].map((line) => [line, 'IMPORT_FEATURE_BROKEN']));
  });

  it.each(['', '{', 'null', '[]', '{}', '{"type":"FeatureCollection","features":7}'])('is not %j', (text) =>
    expect(() => readFeatures(text, assetFields)).toThrow(
      expect.objectContaining({ code: 'IMPORT_JSON_BROKEN' }),
    ),
  );

  it('is brought from a Chinese map into WGS-84', () => {
    const of = (properties: object, datum?: string) => {
      const point = { type: 'Point', coordinates: [114.8947, 30.3898] };
      const file = {
        type: 'FeatureCollection',
        datum,
        features: [feature({ code: 'A', ...properties }, point)],
      };
      return readAssetLines(readFeatures(JSON.stringify(file), assetFields).rows, toWgs84).lines[0];
    };
    const shifted = toWgs84({ latitude: 30.3898, longitude: 114.8947 }, 'gcj02');
    expect(of({})).toMatchObject({ latitude: 30.3898, longitude: 114.8947 });
    expect(of({ datum: 'GCJ02' })).toMatchObject(shifted);
    expect(of({ 坐标系: '高德' })).toMatchObject(shifted);
    expect(of({}, 'gcj02')).toMatchObject(shifted);
    expect(of({ datum: 'wgs84' }, 'gcj02')).toMatchObject({ latitude: 30.3898 });
  });

  it('places what is more than a point in its middle, and refuses what lies nowhere', () => {
    const place = (type: string, coordinates: unknown) =>
      readAssetLines(
        readFeatures(collection(feature({ code: 'A' }, { type, coordinates })), assetFields).rows,
        toWgs84,
      );
    const line = place('LineString', [
      [114, 30],
      [115, 32],
    ]);
    expect(line.lines[0]).toMatchObject({ latitude: 31, longitude: 114.5 });
    for (const broken of [null, [], [[]], ['x'], [114], [30, 114], [[[[[1, 2]]]]]])
      expect(codes(place('Point', broken).faults), JSON.stringify(broken)).toEqual([
        [1, 'IMPORT_GEOMETRY_BROKEN'],
      ]);
  });
});

describe('a line', () => {
  it('names every fault of its own, with the column', () => {
    const { faults, lines: taken } = lines(
      `code,name,kind,latitude,longitude,address,remote_switch\n!!,,rocket,95,abc,${'长'.repeat(201)},maybe\n`,
    );
    expect(taken).toEqual([]);
    expect(faults.map(({ field, code }) => [field, code])).toEqual([
      ['code', 'IMPORT_CODE_INVALID'],
      ['kind', 'IMPORT_VALUE_UNKNOWN'],
      ['address', 'IMPORT_VALUE_TOO_LONG'],
      ['remote_switch', 'IMPORT_VALUE_UNKNOWN'],
      ['latitude', 'IMPORT_OUT_OF_RANGE'],
      ['longitude', 'IMPORT_NOT_A_NUMBER'],
    ]);
    expect(codes(lines('code,latitude\nA,30').faults)).toEqual([[2, 'IMPORT_POINT_INCOMPLETE']]);
    expect(codes(lines('name\n甲').faults)).toEqual([[2, 'IMPORT_VALUE_MISSING']]);
  });

  it.each(['=1+1', '@x', '+A', '-A', '"=cmd|x"', "'A"])(
    'has no code %s that a spreadsheet would run',
    (code) => {
      const { faults, lines: taken } = lines(`code,name,kind\n${code},x,bin`);
      expect([codes(faults), taken]).toEqual(
        code === '-A' ? [[], [expect.anything()]] : [[[2, 'IMPORT_CODE_INVALID']], []],
      );
    },
  );
});

describe('the plan of an import', () => {
  it('takes parents from further down in the same file, and orders them first', () => {
    const { inserts, faults } = plan('code,name,kind,parent\nC,c,pipe,B\nB,b,floor,A\nA,a,building,E1\n');
    expect(faults).toEqual([]);
    expect(inserts.map(({ asset }) => asset.code)).toEqual(['A', 'B', 'C']);
  });

  it('changes only what is different, and nothing the second time', () => {
    const same = plan('code,name,kind,parent,grid\nE1,湖景花园,小区,,G11\nE1-3,3 栋,building,E1,\n');
    expect([same.unchanged, same.updates, same.inserts, same.faults]).toEqual([2, [], [], []]);
    const changed = plan('code,name,company,remote_switch\nE1,新名,P1,禁止\nE1-3,,,\n');
    expect(changed.updates.map(({ change }) => change)).toEqual([
      { name: '新名', companyId: 5, remoteSwitch: 'never' },
    ]);
    expect(changed.unchanged).toBe(1);
  });

  it('names what a line needs and there is not', () => {
    const text = `code,name,kind,parent,company,grid
A,,bin,,,
B,b,,,,
C,c,bin,X,,
D,d,bin,,P9,
F,f,bin,,,G99
G,g,bin,C,,
G,g,bin,,,
`;
    expect(plan(text).faults.map(({ line, field, code }) => [line, field, code])).toEqual([
      [8, 'code', 'IMPORT_TWICE'],
      [2, 'name', 'IMPORT_VALUE_MISSING'],
      [3, 'kind', 'IMPORT_VALUE_MISSING'],
      [4, 'parent', 'IMPORT_PARENT_UNKNOWN'],
      [5, 'company', 'IMPORT_COMPANY_UNKNOWN'],
      [6, 'grid', 'IMPORT_GRID_UNKNOWN'],
      [7, 'parent', 'IMPORT_PARENT_UNKNOWN'],
    ]);
  });

  it('breaks circles, also those through what is there already', () => {
    const circle = plan(
      'code,name,kind,parent\nA,a,room,B\nB,b,room,C\nC,c,room,A\nD,d,room,C\nF,f,room,E1\n',
    );
    expect(codes(circle.faults)).toEqual([
      [2, 'IMPORT_CIRCLE'],
      [3, 'IMPORT_CIRCLE'],
      [4, 'IMPORT_CIRCLE'],
      [5, 'IMPORT_PARENT_UNKNOWN'],
    ]);
    expect(circle.inserts.map(({ asset }) => asset.code)).toEqual(['F']);
    expect(codes(plan('code,parent\nE1,E1-3\n').faults)).toEqual([[2, 'IMPORT_CIRCLE']]);
    expect(codes(plan('code,parent\nE1,E1\n').faults)).toEqual([[2, 'IMPORT_CIRCLE']]);
    const through = plan('code,name,kind,parent\nX,x,room,E1-3\nE1,,,X\n');
    expect(codes(through.faults)).toEqual([
      [2, 'IMPORT_CIRCLE'],
      [3, 'IMPORT_CIRCLE'],
    ]);
  });

  it('grows no deeper than the tree may be, also below what moves', () => {
    const chain = Array.from({ length: 17 }, (_, i) => `L${i},l,room,${i === 0 ? '' : `L${i - 1}`}`);
    const deep = plan(`code,name,kind,parent\n${chain.join('\n')}\n`);
    expect(
      deep.faults.every(({ code }) => code === 'IMPORT_TOO_DEEP' || code === 'IMPORT_PARENT_UNKNOWN'),
    ).toBe(true);
    expect(deep.faults.length).toBeGreaterThan(0);
    const tall = plan(`code,name,kind,parent\n${chain.slice(0, 15).join('\n')}\nE1,,,L14\n`);
    expect(codes(tall.faults)).toContainEqual([17, 'IMPORT_TOO_DEEP']);
  });

  it('gives an asset that has no grid from anywhere that of its point', () => {
    const { inserts } = plan(
      'code,name,kind,parent,latitude,longitude\nA,a,bin,,30.4,114.95\nB,b,bin,E1,30.4,114.95\n',
    );
    expect(inserts.map(({ asset }) => asset.gridId ?? null)).toEqual([12, null]);
  });

  it('writes only where the caller is responsible', () => {
    const own = { mayEdit: (gridId: number | null) => gridId === 11 };
    const text = `code,name,kind,parent,grid,latitude,longitude
A,a,bin,,G11,,
B,b,bin,,G12,,
C,c,bin,,,30.4,114.95
D,d,bin,,,,
E1-3,neu,,,,,
F,f,bin,B,G11,,
`;
    const { inserts, updates, faults } = plan(text, own);
    expect(inserts.map(({ asset }) => asset.code)).toEqual(['A']);
    expect(updates.map(({ before }) => before.code)).toEqual(['E1-3']);
    expect(codes(faults)).toEqual([
      [3, 'IMPORT_NOT_YOURS'],
      [4, 'IMPORT_NOT_YOURS'],
      [5, 'IMPORT_NOT_YOURS'],
      [7, 'IMPORT_NOT_YOURS'],
    ]);
    const foreign = plan('code,name\nE1,x\nE1-3,y\n', { mayEdit: (gridId) => gridId === 12 });
    expect(codes(foreign.faults)).toEqual([
      [2, 'IMPORT_NOT_YOURS'],
      [3, 'IMPORT_NOT_YOURS'],
    ]);
  });

  it('leaves a tree, whatever the file says', () => {
    const names = ['E1', 'E1-3', 'A', 'B', 'C', 'D', 'F'];
    const row = fc.record({ code: fc.constantFrom(...names), parent: fc.constantFrom('', 'ZZ', ...names) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const text = `code,name,kind,parent\n${rows.map(({ code, parent }) => `${code},n,room,${parent}`).join('\n')}\n`;
        const { inserts, updates, unchanged, faults } = plan(text);
        expect(inserts.length + updates.length + unchanged + faults.length).toBe(rows.length);
        const parents = new Map<string, string | undefined>([
          ['E1', undefined],
          ['E1-3', 'E1'],
        ]);
        for (const { asset, parentCode } of inserts) {
          expect(parentCode === undefined || parents.has(parentCode)).toBe(true);
          parents.set(asset.code, parentCode);
        }
        for (const { before, parentCode } of updates) if (parentCode) parents.set(before.code, parentCode);
        for (const code of parents.keys()) {
          const seen = new Set<string>();
          for (let each: string | undefined = code; each; each = parents.get(each)) {
            expect(seen.has(each)).toBe(false);
            seen.add(each);
          }
        }
      }),
    );
  });
});
