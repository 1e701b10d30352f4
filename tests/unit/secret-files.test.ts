import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gridguard-config-'));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('secrets of the configuration', () => {
  it('stand in files, their last line break left out', () => {
    const config = loadConfig({
      ADMIN_PASSWORD_FILE: file('admin', 'a long password\n'),
      INFLUX_URL: 'http://influx:8086',
      INFLUX_TOKEN_FILE: file('token', 'token\n'),
      DATABASE_URL_FILE: file('url', 'postgres://u:p@db/x'),
    });
    expect(config).toMatchObject({
      adminPassword: 'a long password',
      influx: { token: 'token' },
      databaseUrl: 'postgres://u:p@db/x',
    });
  });

  it('go into the URL of their component, whatever letters they have', () => {
    const secret = 'a/b:c@d%20"é';
    const config = loadConfig({
      DATABASE_URL: 'postgres://gridguard@postgres:5432/gridguard',
      DATABASE_PASSWORD_FILE: file('db', secret),
      REDIS_URL: 'redis://redis:6379',
      REDIS_PASSWORD: secret,
    });
    for (const url of [config.databaseUrl, config.redisUrl])
      expect(decodeURIComponent(new URL(url ?? '').password)).toBe(secret);
    expect(config.databaseUrl).toMatch(/^postgres:\/\/gridguard:.*@postgres:5432\/gridguard$/);
    expect(config.redisUrl).toMatch(/^redis:\/\/:.*@redis:6379$/);
  });

  it('are absent where a file is empty', () => {
    expect(loadConfig({ ADMIN_PASSWORD_FILE: file('empty', '\n') }).adminPassword).toBeUndefined();
  });

  it.each([
    [{ ADMIN_PASSWORD_FILE: '/nonexistent/admin' }, /ADMIN_PASSWORD_FILE: ENOENT.*\/nonexistent\/admin/],
    [
      { REDIS_URL_FILE: file('redis', 'redis://r'), REDIS_URL: 'redis://r' },
      /REDIS_URL: is set, and REDIS_URL_FILE too/,
    ],
    [
      { DATABASE_URL: 'postgres://u:p@db/x', DATABASE_PASSWORD: 'q' },
      /DATABASE_PASSWORD: DATABASE_URL holds a password already/,
    ],
  ])('%j is refused with the reason', (environment, reason) => {
    expect(() => loadConfig(environment)).toThrow(reason);
  });

  it('leave other variables that end in _FILE alone', () => {
    expect(() => loadConfig({ SSL_CERT_FILE: '/nonexistent', RULES_DIR_FILE: '/nonexistent' })).not.toThrow();
  });
});
