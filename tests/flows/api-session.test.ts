import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Me } from '../../src/api/schemas.ts';
import { openSession } from '../../src/people/session-store.ts';
import { ApiClient, codeOf } from '../harness/api-client.ts';
import { PASSWORD, startTestApi, type TestApi } from '../harness/api-village.ts';

const DAY_MS = 86_400_000;

describe('a session', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.close());

  it('is a cookie that scripts cannot read, of which the database holds only the hash', async () => {
    const client = api.anonymous();
    const answer = await client.login('worker', PASSWORD);
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^gg_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    const token = client.cookie?.split('=')[1] ?? '';
    const rows = await api.database.db.selectFrom('sessions').select('token_hash').execute();
    expect(rows.map((row) => row.token_hash)).toContain(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('says who is signed in and where on duty', async () => {
    const me = (await (await api.as('worker')).get<Me>('/api/me')).body;
    expect(me).toMatchObject({ login: 'worker', roles: ['responder'], locale: 'zh-CN', largePrint: false });
    expect(me.grids).toEqual([{ id: api.village.grids.east, name: 'east', duty: 'worker', onDuty: true }]);
    const desk = (await (await api.as('street')).get<Me>('/api/me')).body;
    expect(desk.grids).toEqual([
      { id: api.village.grids.street, name: 'street', duty: 'desk', onDuty: true },
    ]);
  });

  it('keeps the language and the size of print', async () => {
    const client = await api.as('relative');
    const patched = await client.patch<Me>('/api/me', { locale: 'en', largePrint: true });
    expect(patched.body).toMatchObject({ locale: 'en', largePrint: true });
    const refused = await client.post('/api/claims', { nativeId: '!' });
    expect(refused.body).toMatchObject({ error: { message: 'What was sent is not right' } });
  });

  it('slides for who uses it and ends 30 days after the last use', async () => {
    const client = new ApiClient(api.url);
    await client.login('deputy', PASSWORD);
    api.clock.set(api.clock.now() + 20 * DAY_MS);
    const used = await client.get('/api/me');
    expect(used.headers.getSetCookie()[0]).toContain('Max-Age=2592000');
    const again = await client.get('/api/me');
    expect(again.headers.getSetCookie()).toEqual([]);
    api.clock.set(api.clock.now() + 29 * DAY_MS);
    expect((await client.get('/api/me')).status).toBe(200);
    api.clock.set(api.clock.now() + 30 * DAY_MS);
    const late = await client.get('/api/me');
    expect([late.status, codeOf(late)]).toEqual([401, 'SESSION_REQUIRED']);
  });

  it('ends when one signs out', async () => {
    const client = new ApiClient(api.url);
    await client.login('deputy', PASSWORD);
    expect((await client.delete('/api/session')).status).toBe(204);
    expect((await client.get('/api/me')).status).toBe(401);
  });

  it('ends at once when the account is deactivated, and no new one begins', async () => {
    const client = new ApiClient(api.url);
    await client.login('neighbour', PASSWORD);
    const admin = new ApiClient(api.url);
    await admin.login('admin', PASSWORD);
    const { id } = api.village.people.neighbour ?? { id: 0 };
    expect((await admin.patch(`/api/accounts/${id}`, { active: false })).status).toBe(200);
    expect((await client.get('/api/me')).status).toBe(401);
    const answer = await client.login('neighbour', PASSWORD);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'SESSION_WRONG_PASSWORD']);
    const token = await openSession(api.database.db, id, api.clock.now());
    client.cookie = `gg_session=${token}`;
    expect((await client.get('/api/me')).status).toBe(401);
  });

  it('is not told apart: a wrong password and an unknown login answer the same', async () => {
    const wrong = await api.anonymous().login('family', 'wrong');
    const unknown = await api.anonymous().login('nobody', 'wrong');
    expect(wrong.body).toEqual(unknown.body);
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
  });

  it('stands through guesses at its password, which are stopped, also those sent all at once', async () => {
    const open = new ApiClient(api.url);
    await open.login('city', PASSWORD);
    const guesses = await Promise.all(
      Array.from({ length: 30 }, () => api.anonymous().login('city', 'guess')),
    );
    const statuses = guesses.map((guess) => guess.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const right = await api.anonymous().login('city', PASSWORD);
    expect([right.status, codeOf(right)]).toEqual([429, 'SESSION_TOO_MANY_ATTEMPTS']);
    expect((await open.get('/api/me')).status).toBe(200);
    expect((await api.anonymous().login('street', PASSWORD)).status).toBe(200);
    api.clock.set(api.clock.now() + 16 * 60_000);
    expect((await api.anonymous().login('city', PASSWORD)).status).toBe(200);
  });
});
