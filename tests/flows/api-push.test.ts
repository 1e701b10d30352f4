import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpPush } from '../../src/transport/http-push.ts';
import { startTestApi, type TestApi } from '../harness/api-village.ts';
import { lineProtocol } from '../harness/line-protocol.ts';
import { memoryIntake } from '../harness/memory-intake.ts';
import { until } from '../harness/until.ts';

const KEY = 'only-for-clouds';
let store = () => {};
const stored = new Promise<void>((resolve) => {
  store = resolve;
});
const protocol = lineProtocol({
  http: { source: 'cloud', contentType: 'text/plain' },
  looksLike: () => 0,
});
const s = memoryIntake(stored, protocol);
const { intake, downlinks, clock, log } = s;
let api: TestApi;
beforeAll(async () => {
  const push = createHttpPush({ protocols: [protocol], key: KEY, intake, downlinks, clock, log });
  api = await startTestApi({ push });
});
afterAll(() => api.close());

async function push(path: string, init: RequestInit = {}) {
  const response = await fetch(`${api.url}/api/push/${path}`, init);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
const post = (path: string, body: BodyInit | null, type = 'text/plain') =>
  push(path, { method: 'POST', body, headers: { 'content-type': type } });

test('a message is answered in the language of its sender, and only once it is stored', async () => {
  let answered = false;
  const answer = post(`cloud?key=${KEY}&a=1`, 'b1 72;').finally(() => {
    answered = true;
  });
  await until(async () => s.uplinks.length === 1, { what: 'the message' });
  expect(answered).toBe(false);
  store();
  expect(await answer).toEqual({ status: 200, type: 'text/plain', text: 'ok b1 72;' });
  expect(s.topics.at(-1)).toBe('?a=1');
});

test('the body counts as it is, whatever its type says', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'x/y;;', 'nonsense']) {
    expect(await post(`cloud/${KEY}/pb/upload?x=%20`, 'b1 hello;', type), type).toMatchObject({
      status: 200,
    });
    expect([s.uplinks.at(-1), s.topics.at(-1)]).toEqual(['b1 hello;', '/pb/upload?x=%20']);
  }
  const untyped = await push(`cloud/${KEY}`, { method: 'POST', body: Buffer.from('b1 hello;') });
  expect(untyped.text).toBe('ok b1 hello;');
  await push(`cloud/check?msg=1&key=${KEY}`);
  expect([s.uplinks.at(-1), s.topics.at(-1)]).toEqual(['', '/check?msg=1']);
});

test('what is not understood is answered all the same, or it would come for ever', async () => {
  expect(await post(`cloud?key=${KEY}`, '{"what":"is this"}')).toEqual({
    status: 200,
    type: 'application/json',
    text: '{}',
  });
});

test('nobody gets in without the key, and nobody needs more', async () => {
  const before = s.uplinks.length;
  expect((await post('cloud', 'b1 sos;')).status).toBe(401);
  expect((await post('cloud?key=guess', 'b1 sos;')).status).toBe(401);
  expect((await post('cloud/guess/x', 'b1 sos;')).status).toBe(401);
  expect(s.uplinks.length).toBe(before);
  expect(s.refusals).toEqual(['wrong key', 'wrong key', 'wrong key']);
  expect((await post(`nobody?key=${KEY}`, 'b1 sos;')).status).toBe(404);
  const headers = { 'sec-fetch-site': 'cross-site', cookie: 'gg_session=none' };
  expect((await push(`cloud?key=${KEY}`, { method: 'POST', body: 'b1 sos;', headers })).status).toBe(200);
});

test('a message of more than 1 MB is refused', async () => {
  expect((await post(`cloud?key=${KEY}`, Buffer.alloc(1024 * 1024 + 1))).status).toBe(413);
});

test('of a source of garbage what is understood is heard still, however it looks', async () => {
  for (let i = 0; i < 120; i++) await post(`cloud?key=${KEY}`, '{}');
  expect((await post(`cloud?key=${KEY}`, '{}')).status).toBe(429);
  const before = s.refusals.length;
  expect((await post('cloud', '{}')).status).toBe(401);
  expect(s.refusals.length).toBe(before);
  expect(await post(`cloud?key=${KEY}`, 'b1 sos;')).toMatchObject({ status: 200, text: 'ok b1 sos;' });
});
