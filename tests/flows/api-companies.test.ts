import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompanyView } from '../../src/api/asset-schemas.ts';
import type { AuditView, GridView, Me, Person } from '../../src/api/schemas.ts';
import { codeOf } from '../harness/api-client.ts';
import { type ApiEstate, buildEstate } from '../harness/api-estate.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { square } from '../harness/rescue-village.ts';

describe('property companies', () => {
  let api: TestApi;
  let estate: ApiEstate;
  beforeAll(async () => {
    api = await startTestApi();
    estate = await buildEstate(api);
  });
  afterAll(() => api.close());

  const companies = async (login: string) =>
    (await (await api.as(login)).get<CompanyView[]>('/api/companies')).body;

  it('are listed for the office, and for each company itself alone', async () => {
    expect((await companies('admin')).map(({ name }) => name)).toEqual(['滨湖物业', '远方物业']);
    expect(await companies('manager')).toEqual([
      {
        id: estate.companyId,
        code: 'P1',
        name: '滨湖物业',
        phone: null,
        assets: 1,
        openTickets: 0,
        breachesLast30Days: 0,
        members: [
          { id: estate.people.manager, name: 'manager', phone: null, duty: 'manager', onDuty: true },
          { id: estate.people.repairer, name: 'repairer', phone: null, duty: 'repairer', onDuty: false },
        ],
        shifts: expect.any(Array),
      },
    ]);
    expect(await companies('property')).toEqual([]);
    const manager = await api.as('manager');
    expect((await manager.get(`/api/companies/${estate.otherCompanyId}`)).status).toBe(404);
  });

  it('are told to whoever works there', async () => {
    const me = (await (await api.as('manager')).get<Me>('/api/me')).body;
    expect(me.companies).toEqual([{ id: estate.companyId, name: '滨湖物业', duty: 'manager', onDuty: true }]);
    expect((await (await api.as('worker')).get<Me>('/api/me')).body.companies).toEqual([]);
  });

  it('are added and renamed by the administrator', async () => {
    const admin = await api.as('admin');
    const made = await admin.post<CompanyView>('/api/companies', {
      code: 'P3',
      name: '第三物业',
      phone: '0711',
    });
    expect([made.status, made.body.members]).toEqual([201, []]);
    expect(codeOf(await admin.post('/api/companies', { code: 'P3', name: 'x' }))).toBe('COMPANY_CODE_TAKEN');
    expect(codeOf(await admin.patch(`/api/companies/${made.body.id}`, { code: 'P1' }))).toBe(
      'COMPANY_CODE_TAKEN',
    );
    const renamed = await admin.patch<CompanyView>(`/api/companies/${made.body.id}`, { name: '三号物业' });
    expect(renamed.body).toMatchObject({ code: 'P3', name: '三号物业', phone: '0711' });
    expect((await admin.patch('/api/companies/999999', { name: 'x' })).status).toBe(404);
  });

  it('keep their repairers and hours themselves, and nobody else theirs', async () => {
    const { companyId, otherCompanyId, people } = estate;
    const newcomer = api.village.people.property?.id;
    const manager = await api.as('manager');
    const member = (company: number, account = newcomer) => `/api/companies/${company}/members/${account}`;
    expect((await manager.put(member(companyId), { duty: 'repairer' })).status).toBe(200);
    for (const [path, duty] of [
      [member(companyId), 'manager'],
      [member(companyId, people.manager), 'repairer'],
    ] as const)
      expect(codeOf(await manager.put(path, { duty })), path).toBe('COMPANY_NOT_YOURS');
    expect((await manager.put(member(otherCompanyId), { duty: 'repairer' })).status).toBe(404);
    expect(codeOf(await manager.delete(member(companyId, people.manager)))).toBe('COMPANY_NOT_YOURS');
    const repairer = await api.as('repairer');
    expect(codeOf(await repairer.put(member(companyId), { duty: 'repairer' }))).toBe('COMPANY_NOT_YOURS');
    const shift = { accountId: newcomer, weekday: 1, fromMinute: 480, toMinute: 1080 };
    const shifts = (company: number) => `/api/companies/${company}/shifts`;
    const made = await manager.post<CompanyView['shifts'][number]>(shifts(companyId), shift);
    expect([made.status, made.body.account.name]).toEqual([201, 'property']);
    expect((await manager.post(shifts(otherCompanyId), shift)).status).toBe(404);
    const other = await api.as('other_manager');
    expect(codeOf(await other.post(shifts(otherCompanyId), shift))).toBe('COMPANY_BAD_MEMBER');
    expect((await other.delete(`${shifts(otherCompanyId)}/${made.body.id}`)).status).toBe(404);
    expect((await other.delete(`${shifts(companyId)}/${made.body.id}`)).status).toBe(404);
    expect((await manager.post(shifts(companyId), { ...shift, toMinute: 400 })).status).toBe(400);
    expect((await manager.delete(`${shifts(companyId)}/${made.body.id}`)).status).toBe(204);
    expect((await manager.delete(member(companyId))).status).toBe(204);
    expect((await manager.delete(member(companyId))).status).toBe(404);
  });

  it('take only accounts with the role', async () => {
    const admin = await api.as('admin');
    const { worker } = api.village.people;
    const answer = await admin.put(`/api/companies/${estate.companyId}/members/${worker?.id}`, {
      duty: 'manager',
    });
    expect(codeOf(answer)).toBe('COMPANY_BAD_MEMBER');
  });
});

describe('grids', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  const input = () => ({
    parentId: api.village.grids.community,
    level: 'grid',
    code: 'new-grid',
    name: '新网格',
    polygon: square(114.9, 114.92),
  });

  it('are drawn, redrawn and removed by the administrator', async () => {
    const admin = await api.as('admin');
    const made = await admin.post<GridView>('/api/grids', input());
    expect([made.status, made.body.name]).toEqual([201, '新网格']);
    expect(codeOf(await admin.post('/api/grids', input()))).toBe('GRID_CODE_TAKEN');
    const polygon = square(114.9, 114.93);
    const changed = await admin.patch<GridView>(`/api/grids/${made.body.id}`, { name: '改名', polygon });
    expect(changed.body).toMatchObject({ name: '改名', code: 'new-grid', polygon });
    expect((await admin.delete(`/api/grids/${made.body.id}`)).status).toBe(204);
    expect((await admin.delete(`/api/grids/${made.body.id}`)).status).toBe(404);
    const full = await admin.delete(`/api/grids/${api.village.grids.east}`);
    expect([full.status, codeOf(full)]).toEqual([409, 'GRID_NOT_EMPTY']);
  });

  it('stand below one of a higher level', async () => {
    const admin = await api.as('admin');
    for (const wrong of [
      { level: 'city', parentId: api.village.grids.east },
      { level: 'grid', parentId: api.village.grids.east },
      { level: 'grid', parentId: 999_999 },
    ])
      expect(codeOf(await admin.post('/api/grids', { ...input(), ...wrong }))).toBe('GRID_PARENT_LEVEL');
  });

  it('are refused with what is wrong with their outline', async () => {
    const admin = await api.as('admin');
    const corners = [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ];
    const answer = await admin.post('/api/grids', {
      ...input(),
      polygon: { type: 'Polygon', coordinates: [corners] },
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'POLYGON_CROSSES_ITSELF']);
  });

  it('have a desk of dispatchers', async () => {
    const admin = await api.as('admin');
    const { people, grids } = api.village;
    const path = `/api/grids/${grids.community}/desk`;
    const put = await admin.put<Person[]>(path, { accountIds: [people.desk?.id, people.desk?.id] });
    expect(put.body.map(({ name }) => name)).toEqual(['desk']);
    expect((await (await api.as('street')).get<Person[]>(path)).body).toHaveLength(1);
    expect(codeOf(await admin.put(path, { accountIds: [people.worker?.id] }))).toBe('DESK_BAD_MEMBER');
    expect((await admin.get<Person[]>(path)).body).toHaveLength(1);
    expect((await admin.put<Person[]>(path, { accountIds: [] })).body).toEqual([]);
    expect((await admin.put('/api/grids/999999/desk', { accountIds: [] })).status).toBe(404);
    const log = (await admin.get<AuditView[]>('/api/audit')).body;
    expect(log[0]).toMatchObject({
      action: 'desk_changed',
      detail: { gridId: grids.community, accountIds: [] },
    });
  });
});
