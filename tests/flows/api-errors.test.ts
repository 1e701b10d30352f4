import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/platform/errors.ts';
import { type Answer, codeOf } from '../harness/api-client.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';

interface Fault {
  error: { code: string; message: string; details?: { issues?: { path: string; message: string }[] } };
}

describe('an error', () => {
  let api: TestApi;
  let failure: unknown;
  beforeAll(async () => {
    api = await startTestApi({
      rules: () => {
        throw failure;
      },
    });
  });
  afterAll(() => api.close());

  const english = { 'accept-language': 'en-US,en;q=0.9,zh;q=0.8' };

  it("is said in the language of who asks: the account's, else the browser's, else Chinese", async () => {
    const message = async (headers: Record<string, string>) =>
      (await api.anonymous().get<Fault>('/api/me', headers)).body.error.message;
    expect(await message({})).toBe('请先登录');
    expect(await message(english)).toBe('Please sign in');
    expect(await message({ 'accept-language': 'fr, *;q=0.1' })).toBe('请先登录');
    expect(await message({ 'accept-language': 'zh-TW;q=0.5, en;q=0' })).toBe('请先登录');
    const worker = await api.as('worker');
    const unknown = await worker.get<Fault>('/api/incidents/999999', english);
    expect(unknown.body.error).toEqual({ code: 'INCIDENT_NOT_FOUND', message: '没有这起求助，或您无权查看' });
  });

  it('names each field that is wrong, in the same language', async () => {
    const body = { protocol: 'watch', nativeId: 7, method: 'guess', relation: '' };
    const issues = async (language: string) => {
      const relative = await api.as('relative');
      await relative.patch('/api/me', { locale: language });
      const answer = await relative.post<Fault>('/api/claims', body);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'REQUEST_INVALID']);
      return answer.body.error.details?.issues;
    };
    const chinese = await issues('zh-CN');
    expect(chinese?.map(({ path }) => path)).toEqual(['body.nativeId', 'body.method', 'body.relation']);
    expect(chinese?.[0]?.message).toBe('无效输入：期望 string，实际接收 数字');
    expect(chinese?.[1]?.message).toContain('无效选项');
    expect((await issues('en'))?.[0]?.message).toBe('Invalid input: expected string, received number');
    const query = await (await api.as('worker')).get<Fault>('/api/incidents?limit=0');
    expect(query.body.error.details?.issues?.[0]?.path).toBe('querystring.limit');
  });

  it.each<[string, RequestInit, number, string]>([
    ['what is no JSON', { body: '{"login":' }, 400, 'REQUEST_INVALID'],
    ['what is nested without end', { body: '['.repeat(50_000) + ']'.repeat(50_000) }, 400, 'REQUEST_INVALID'],
    [
      'a form',
      { body: 'login=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'REQUEST_NOT_JSON',
    ],
    ['text', { body: 'hello', headers: { 'content-type': 'text/plain' } }, 415, 'REQUEST_NOT_JSON'],
    ['too much', { body: JSON.stringify({ login: 'x'.repeat(300_000) }) }, 413, 'REQUEST_TOO_LARGE'],
    ['a poisoned prototype', { body: '{"__proto__":{"admin":true}}' }, 400, 'REQUEST_INVALID'],
    ['a NUL', { body: '{"login":"a\\u0000","password":"x"}' }, 400, 'REQUEST_TEXT_BROKEN'],
    ['half a character', { body: '{"login":"a\\ud800","password":"x"}' }, 400, 'REQUEST_TEXT_BROKEN'],
  ])('answers %s with what is wrong', async (_what, init, status, code) => {
    const headers = { 'content-type': 'application/json', ...init.headers };
    const response = await fetch(`${api.url}/api/session`, { method: 'POST', ...init, headers });
    const body = (await response.json()) as Fault;
    expect([response.status, body.error.code]).toEqual([status, code]);
  });

  it.each(['/%', '/api/tickets/%', '/assets/%c0'])(
    'answers the broken address %s as every other fault',
    async (path) => {
      const response = await fetch(`${api.url}${path}`, { headers: english });
      const { error } = (await response.json()) as Fault;
      expect([response.status, error.code]).toEqual([400, 'REQUEST_INVALID']);
      expect(error.message).toMatch(/^[A-Z]/);
    },
  );

  it('takes an action without a body, with or without the header', async () => {
    const worker = await api.as('worker');
    const first = await api.press();
    const bare = await worker.call('POST', `/api/incidents/${first}/acknowledge`);
    const empty = await worker.call('POST', `/api/incidents/${first}/en-route`, { body: '' });
    expect([bare.status, empty.status]).toEqual([200, 200]);
  });

  it('hides everything of its inside from 500 up', async () => {
    const worker = await api.as('worker');
    failure = new Error('password=hunter2 at /srv/x.ts');
    const inner = await worker.get<Fault>('/api/rules');
    expect([inner.status, inner.body]).toEqual([
      500,
      { error: { code: 'INTERNAL', message: '服务出错，请稍后再试' } },
    ]);
    failure = Object.assign(new Error('connect /run/x'), { code: 'ECONNREFUSED' });
    expect(outcome(await worker.get('/api/rules'))).toEqual([503, 'SERVICE_UNAVAILABLE']);
    failure = new AppError('TELEMETRY_UNAVAILABLE', 'token abc', { status: 503, details: { token: 'abc' } });
    const telemetry = await worker.get<Fault>('/api/rules');
    expect(outcome(telemetry)).toEqual([503, 'TELEMETRY_UNAVAILABLE']);
    expect(JSON.stringify(telemetry.body)).not.toContain('abc');
  });

  it('answers references to nothing and numbers out of range as faults of the request', async () => {
    const admin = await api.as('admin');
    const shift = { gridId: 999999, accountId: 1, duty: 'worker', weekday: 1, fromMinute: 0, toMinute: 60 };
    expect(outcome(await admin.post('/api/rosters', shift))).toEqual([400, 'REQUEST_REFERENCE_UNKNOWN']);
    for (const path of [
      '/api/incidents?before=1e300',
      '/api/subjects/99999999999999999999',
      '/api/incidents/x',
    ])
      expect(outcome(await admin.get(path))).toEqual([400, 'REQUEST_INVALID']);
    const { subjectId } = api.village;
    const far = `/api/subjects/${subjectId}/series?signal=heart_rate&from=0&to=1e16`;
    expect(outcome(await admin.get(far))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('is the same 404 below /api for what is not there', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await api.anonymous().call(method, '/api/nothing');
      expect(outcome(answer)).toEqual([404, 'NOT_FOUND']);
    }
  });
});

const outcome = (answer: Answer): [number, string] => [answer.status, codeOf(answer)];
