import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditView, SubjectView } from '../../src/api/schemas.ts';
import { codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';

describe('relatives', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());
  const members = () => `/api/subjects/${api.village.subjectId}/members`;
  const accountOf = (login: string) => api.village.people[login]?.id ?? 0;

  it('are added by her guardian, see her then, and are taken out again', async () => {
    const family = await api.as('family');
    const relative = await api.as('relative');
    expect((await relative.get(`/api/subjects/${api.village.subjectId}`)).status).toBe(404);
    const added = await family.post<SubjectView>(members(), { login: 'relative', relation: '孙子' });
    expect([added.status, added.body.family.map(({ name, relation }) => [name, relation])]).toEqual([
      201,
      [
        ['family', 'daughter'],
        ['relative', '孙子'],
      ],
    ]);
    expect((await relative.get(`/api/subjects/${api.village.subjectId}`)).status).toBe(200);
    const forbidden = await relative.post(members(), { login: 'stranger', relation: 'x' });
    expect([forbidden.status, codeOf(forbidden)]).toEqual([403, 'SUBJECT_NOT_YOURS']);
    expect((await family.delete(`${members()}/${accountOf('relative')}`)).status).toBe(204);
    expect((await relative.get(`/api/subjects/${api.village.subjectId}`)).status).toBe(404);
    const log = (await family.get<AuditView[]>('/api/audit?limit=200')).body;
    expect(log.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['member_added', 'member_removed']),
    );
  });

  it('are accounts of families: whatever else the login is, the answer is the same', async () => {
    const family = await api.as('family');
    for (const login of ['nobody-at-all', 'worker', 'admin']) {
      const answer = await family.post(members(), { login, relation: 'x' });
      expect([answer.status, codeOf(answer)], login).toEqual([404, 'SUBJECT_RELATIVE_UNKNOWN']);
    }
    expect(
      (
        await family.post(`/api/subjects/${api.village.farSubjectId}/members`, {
          login: 'relative',
          relation: 'x',
        })
      ).status,
    ).toBe(404);
  });

  it('may leave, but the last guardian stays', async () => {
    const street = await api.as('street');
    await street.post(members(), { login: 'relative', relation: '孙子' });
    const relative = await api.as('relative');
    expect(codeOf(await relative.delete(`${members()}/${accountOf('family')}`))).toBe('SUBJECT_NOT_YOURS');
    expect((await relative.delete(`${members()}/${accountOf('relative')}`)).status).toBe(204);
    const last = await street.delete(`${members()}/${accountOf('family')}`);
    expect([last.status, codeOf(last)]).toEqual([409, 'SUBJECT_LAST_GUARDIAN']);
    await street.post(members(), { login: 'relative', relation: '孙子', guardian: true });
    expect((await street.delete(`${members()}/${accountOf('family')}`)).status).toBe(204);
    expect((await street.delete(`${members()}/${accountOf('family')}`)).status).toBe(404);
    expect(
      (await (await api.as('far_street')).post(members(), { login: 'family', relation: 'x' })).status,
    ).toBe(404);
  });
});
