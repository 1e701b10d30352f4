import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../harness/api-village.ts';

describe('the web server', () => {
  let api: TestApi;
  const webDir = mkdtempSync(join(tmpdir(), 'gg-web-'));
  const missing: string[] = [];
  beforeAll(async () => {
    api = await startTestApi({ webDir, notReady: async () => missing });
  });
  afterAll(async () => {
    await api.close();
    rmSync(webDir, { recursive: true, force: true });
  });
  const get = (path: string) => api.anonymous().get<string>(path);

  it('says in both languages that the pages are not built, until they are', async () => {
    const page = await get('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(page.body).toContain('npm run build');
    expect(page.body).toContain('页面尚未构建');
    mkdirSync(join(webDir, 'assets'));
    writeFileSync(join(webDir, 'index.html'), '<!doctype html><p>start');
    writeFileSync(join(webDir, 'assets', 'app-1a2b.js'), 'export {}');
    writeFileSync(join(webDir, '.secret.txt'), 'secret');
    expect((await get('/')).status).toBe(200);
  });

  it('serves built files for a year and the start page for every path of the pages', async () => {
    const script = await get('/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toContain('javascript');
    for (const path of ['/', '/incidents/7', '/index.html']) {
      const page = await get(path);
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(page.body).toContain('start');
    }
    expect((await get('/assets/gone.js')).status).toBe(404);
  });

  it.each([
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd.txt',
    '/..%2f..%2fetc%2fpasswd.txt',
    '/.secret.txt',
    '/%00.txt',
  ])('serves nothing outside of the folder: %s', async (path) => {
    const response = await api.app.inject({ method: 'GET', url: path });
    expect(response.body).not.toMatch(/root:|secret/);
    expect(response.statusCode === 200 ? response.body : '').not.toContain('/bin/');
    expect(response.statusCode).toBeLessThan(500);
  });

  it('lets pages run only their own scripts, in no frame, and sends no address on', async () => {
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "object-src 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split(';')).toContain(part);
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(policy).not.toContain('unsafe-eval');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('says that it lives, whether it is ready, and what is missing', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).body).toEqual({ ok: true, missing: [] });
    missing.push('broker');
    const answer = await get('/readyz');
    expect([answer.status, answer.body]).toEqual([503, { ok: false, missing: ['broker'] }]);
    missing.pop();
  });

  it('gives metrics by route, not by address', async () => {
    await get('/api/incidents/12345');
    const { body, headers } = await get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toMatch(
      /gridguard_http_request_seconds_count\{method="GET",route="\/api\/incidents\/:id",status="401"\} \d/,
    );
    expect(body).not.toContain('12345');
  });
});
