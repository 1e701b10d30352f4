import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportResult } from '../../src/api/asset-schemas.ts';
import type { GridView, SubjectView } from '../../src/api/schemas.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { EAST } from '../harness/rescue-village.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const bring = async (login: string, text: string) =>
  (await api.as(login)).post<ImportResult>('/api/subjects/import', { format: 'csv', text });
const counts = ({ created, updated, unchanged, faults }: ImportResult) => [
  created,
  updated,
  unchanged,
  faults.length,
];
const grids = async () => (await (await api.as('admin')).get<GridView[]>('/api/grids')).body;

describe('an import of wearers', () => {
  const wearers = async () => (await (await api.as('admin')).get<SubjectView[]>('/api/subjects')).body;
  const home = `${EAST.latitude},${EAST.longitude}`;
  const head = '姓名,电话,住址,纬度,经度,独居,健康情况,离家提醒,离家距离\n';

  it('takes what is known of them as rules ask for it, finds them again, and leaves what a line leaves empty', async () => {
    const text = `${head}赵秀兰,13900000001,东村 1 号,${home},是,慢阻肺；长期卧床、素食,是,300\n`;
    const first = await bring('street', text);
    expect(counts(first.body)).toEqual([1, 0, 0, 0]);
    const known = (await wearers()).find(({ name }) => name === '赵秀兰');
    expect(known).toMatchObject({
      kind: 'elder',
      grid: { id: api.village.grids.east },
      livesAlone: true,
      traits: ['copd', 'bedridden', '素食'],
      watchHome: true,
      homeRadiusM: 300,
    });
    expect(counts((await bring('street', text)).body)).toEqual([0, 0, 1, 0]);
    const corrected = '姓名,电话,健康情况\n赵秀兰,13900000001,高血压\n';
    expect(counts((await bring('street', corrected)).body)).toEqual([0, 1, 0, 0]);
    const after = (await wearers()).find(({ name }) => name === '赵秀兰');
    expect(after).toMatchObject({ traits: ['hypertension'], watchHome: true, homeAddress: '东村 1 号' });
  });

  it('names what is missing, doubtful or of another desk', async () => {
    const two = '姓名,住址\n钱大爷,一号\n钱大爷,二号\n';
    expect(counts((await bring('admin', two)).body)).toEqual([2, 0, 0, 0]);
    const { body } = await bring(
      'street',
      `${head}钱大爷,,,,,,,,\n孙大爷,,,,,,,是,\n李大爷,,,39.9,116.4,也许,,,\n`,
    );
    expect(body.faults.map(({ line, message }) => [line, message])).toEqual([
      [2, '已有 2 位“钱大爷”，请填电话或住址以便区分'],
      [3, '“离家提醒”需要家的经纬度'],
      [4, '“独居”不能是“也许”'],
    ]);
    const far = `姓名,网格编码\n周大爷,${(await grids()).find(({ id }) => id === api.village.farGrid)?.code}\n`;
    const refused = await bring('street', far);
    expect(refused.body.faults.map(({ message }) => message)).toEqual(['这个网格不归您管理']);
    expect((await bring('worker', far)).status).toBe(403);
  });
});
