import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inStage, parseDockerfile, runDockerfile, type Stage } from '../harness/dockerfile.ts';
import { type SeriesServer, startVictoriaMetrics } from '../harness/influx.ts';
import { query, type RealServer, startDebianPostgres, startRedis } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { projectRoot, readProjectFile } from '../harness/source.ts';
import { until } from '../harness/until.ts';

const SECRETS = {
  POSTGRES_PASSWORD: 'pg0123456789',
  REDIS_PASSWORD: 'redis0123456789',
  INFLUX_PASSWORD: 'influx0123456789',
  INFLUX_TOKEN: 'token0123456789',
};

interface ComposeService {
  environment: Record<string, string>;
  healthcheck?: { test: string[] };
  image?: string;
  mem_limit?: string;
  ports?: string[];
  volumes?: string[];
}
interface Compose {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

const compose = requireProgram('docker-compose');

/** What docker-compose makes of the file: an error where it is not valid. */
function composed(secrets: Record<string, string>): Compose {
  const path = { PATH: process.env.PATH ?? '' };
  const output = execFileSync(compose.path ?? '', ['--env-file', '.env.example', 'config'], {
    cwd: projectRoot,
    env: { ...path, ...secrets },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parse(output);
}

describe.skipIf(!compose.path)('docker-compose.yml', () => {
  it('is valid, and every service has limits, a volume, and others but the built one a health check', () => {
    const { services, volumes } = composed(SECRETS);
    expect(Object.keys(services).sort()).toEqual(['gridguard', 'influxdb', 'postgres', 'redis']);
    expect(Object.keys(volumes)).toEqual(
      expect.arrayContaining(['gridguard', 'influxdb', 'postgres', 'redis']),
    );
    for (const [name, service] of Object.entries(services)) {
      expect(service.mem_limit, name).toBeDefined();
      expect(service.volumes, name).toBeDefined();
      expect(service.image, name).not.toMatch(/latest/);
      if (name !== 'gridguard') expect(service.healthcheck?.test, name).toBeDefined();
    }
  });

  it.each(Object.keys(SECRETS))('does not start without %s', (name) => {
    const { [name]: _, ...others } = SECRETS as Record<string, string>;
    expect(() => composed(others)).toThrow(/\.env\.example/);
  });

  it('shows pages and API to this machine only', () => {
    expect(composed(SECRETS).services.gridguard?.ports).toEqual(
      expect.arrayContaining(['127.0.0.1:8080:8080/tcp']),
    );
  });

  it('asks for the secrets that .env.example lists, and git and the image leave .env out', () => {
    for (const name of Object.keys(SECRETS)) expect(readProjectFile('.env.example')).toContain(`${name}=`);
    for (const file of ['.gitignore', '.dockerignore']) expect(readProjectFile(file)).toMatch(/^\.env$/m);
  });
});

describe('the Dockerfile', () => {
  const instructions = parseDockerfile(readProjectFile('Dockerfile'));
  const of = (name: string) =>
    instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

  it('runs as an ordinary user on an image of the Node that package.json asks for, with a health check', () => {
    expect(of('USER')).toEqual(['node']);
    const major = /\d+/.exec(JSON.parse(readProjectFile('package.json')).engines.node)?.[0];
    for (const image of of('FROM')) expect(image).toMatch(new RegExp(`^node:${major}-`));
    expect(of('HEALTHCHECK')).toHaveLength(1);
  });

  it('exposes the ports that docker-compose.yml publishes', () => {
    const ports = readProjectFile('docker-compose.yml').match(/:\d+:(\d+)"/g) ?? [];
    expect(of('EXPOSE').join(' ').split(' ')).toEqual(ports.map((port) => /(\d+)"/.exec(port)?.[1]));
  });
});

const programs = {
  postgres: requireProgram('postgresql'),
  redis: requireProgram('redis-server'),
  victoria: requireProgram('victoria-metrics'),
};
const areThere = compose.path && Object.values(programs).every(({ path }) => path);

describe.skipIf(!areThere)('the image', () => {
  let folder: string;
  let stage: Stage;
  let postgres: RealServer;
  let redis: RealServer;
  let influx: SeriesServer;
  let service: ChildProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gridguard-image-'));
    stage = await runDockerfile(readProjectFile('Dockerfile'), projectRoot, folder);
    postgres = await startDebianPostgres(programs.postgres.path ?? '', SECRETS.POSTGRES_PASSWORD);
    redis = await startRedis(programs.redis.path ?? '', { password: SECRETS.REDIS_PASSWORD });
    influx = await startVictoriaMetrics(programs.victoria.path ?? '');
  }, 600_000);

  afterAll(async () => {
    service?.kill('SIGKILL');
    for (const server of [postgres, redis, influx]) await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The environment of docker-compose.yml, with the addresses that its network would resolve. */
  function environment(): Record<string, string> {
    const { environment = {} } = composed(SECRETS).services.gridguard ?? {};
    const hostOf = (url: string) => new URL(url).host;
    const real = [
      ['@postgres:5432', `@${hostOf(postgres.url)}`],
      ['@redis:6379', `@${hostOf(redis.url)}`],
      ['//influxdb:8086', `//${hostOf(influx.url)}`],
    ] as const;
    const named = Object.entries(environment).map(([name, value]) => {
      const moved = real.reduce((text, [from, to]) => text.replace(from, to), String(value));
      return [name, /(^|_)PORT$/.test(name) ? '0' : moved];
    });
    const own = { HOST: '127.0.0.1', DATA_DIR: inStage(stage, stage.env.DATA_DIR ?? '') };
    return {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      ...stage.env,
      ...Object.fromEntries(named),
      ...own,
    };
  }

  it('holds what the service needs and no more', () => {
    for (const path of [
      'src/main.ts',
      'dist/web/index.html',
      'alert-rules',
      'node_modules/fastify',
      'LICENSE',
    ]) {
      expect(existsSync(inStage(stage, path)), path).toBe(true);
    }
    for (const path of [
      'tests',
      '.git',
      '.env',
      'src/web',
      'node_modules/vitest',
      'node_modules/typescript',
    ]) {
      expect(existsSync(inStage(stage, path)), path).toBe(false);
    }
  });

  it('serves with the environment of docker-compose.yml on a real PostgreSQL, Redis and a store of series', async () => {
    const env = environment();
    mkdirSync(env.DATA_DIR ?? '', { recursive: true });
    const [, ...args] = stage.command;
    service = spawn(process.execPath, args, {
      cwd: inStage(stage, '.'),
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const file = join(env.DATA_DIR ?? '', 'addresses.json');
    const written = await until(() => (existsSync(file) ? readFileSync(file, 'utf8') : ''), {
      what: 'the service',
      timeoutMs: 60_000,
    });
    const { http } = JSON.parse(written) as { http: string };
    await until(async () => (await fetch(`${http}/healthz`)).ok, { what: '/healthz' });
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    expect((await fetch(http)).headers.get('content-type')).toContain('text/html');
    const [tables] = await query(postgres.url, "select to_regclass('incidents') as incidents");
    expect(tables).toEqual({ incidents: 'incidents' });
    expect(healthy(new URL(http).port)).toBe(true);
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(healthy(new URL(http).port)).toBe(false);
  });

  function healthy(port: string): boolean {
    const [, ...args] = stage.healthcheck;
    try {
      execFileSync(process.execPath, args, { env: { PORT: port }, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
});
