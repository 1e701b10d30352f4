import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocols } from '../../protocols/index.ts';
import { listenersOf } from '../../src/transport/free-ports.ts';
import { commandIn, composed, dockerCompose, SECRETS, writeSecrets } from '../harness/compose.ts';
import { inStage, parseDockerfile, runDockerfile, type Stage } from '../harness/dockerfile.ts';
import { type SeriesServer, startVictoriaMetrics } from '../harness/influx.ts';
import { query, type RealServer, startDebianPostgres, startRedis } from '../harness/real-servers.ts';
import { requireProgram } from '../harness/requirements.ts';
import { type ShippedMosquitto, startShippedMosquitto } from '../harness/shipped-mosquitto.ts';
import { projectRoot, readProjectFile } from '../harness/source.ts';
import { until } from '../harness/until.ts';

describe.skipIf(!dockerCompose.path)('docker-compose.yml', () => {
  it('is valid, and every service has limits, a volume and a health check', () => {
    const { services, volumes } = composed();
    const names = ['gridguard', 'influxdb', 'mosquitto', 'postgres', 'redis'];
    expect(Object.keys(services).sort()).toEqual(names);
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(names));
    for (const [name, service] of Object.entries(services)) {
      expect(service.mem_limit, name).toBeDefined();
      expect(service.volumes, name).toBeDefined();
      expect(service.healthcheck?.test, name).toBeDefined();
      expect(service.image, name).not.toMatch(/latest/);
    }
  });

  it('keeps secrets in files that .env.example makes, and git and the image leave them out', () => {
    const { secrets, services } = composed();
    expect(Object.keys(secrets).sort()).toEqual(Object.keys(SECRETS).sort());
    const [, made = ''] = /for name in ([^;]*);/.exec(readProjectFile('.env.example')) ?? [];
    expect(made.split(' ').sort()).toEqual(Object.keys(SECRETS).sort());
    for (const [name, { file }] of Object.entries(secrets))
      expect(file).toBe(join(projectRoot, 'secrets', name));
    for (const [name, service] of Object.entries(services)) {
      const given = service.secrets?.map(({ source }) => source) ?? [];
      const wanted = JSON.stringify(service).match(/(?<=\/run\/secrets\/)\w+/g) ?? [];
      expect(new Set(wanted), name).toEqual(new Set(given));
      expect(JSON.stringify(service.environment ?? {}), name).not.toMatch(/(PASSWORD|TOKEN)"/);
    }
    for (const file of ['.gitignore', '.dockerignore'])
      expect(readProjectFile(file)).toMatch(/^\.env\n\/?secrets\/?$/m);
  });

  it('shows pages and API to this machine only', () => {
    expect(composed().services.gridguard?.ports).toEqual(expect.arrayContaining(['127.0.0.1:8080:8080/tcp']));
  });

  it('lets every device in that is pointed at a port, on the port that the guide names', () => {
    const { ports = [] } = composed().services.gridguard ?? {};
    for (const { port, kind } of listenersOf(protocols))
      expect(ports).toContain(`0.0.0.0:${port}:${port}/${kind}`);
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

  it.skipIf(!dockerCompose.path)('exposes the ports that docker-compose.yml publishes', () => {
    const ports = composed().services.gridguard?.ports ?? [];
    const inside = ports.map((port) => /(\d+(?:\/udp)?)(?:\/tcp)?$/.exec(port)?.[1]);
    expect(of('EXPOSE').join(' ').split(' ').sort()).toEqual(inside.sort());
  });
});

const programs = {
  postgres: requireProgram('postgresql'),
  redis: requireProgram('redis-server'),
  victoria: requireProgram('victoria-metrics'),
  mosquitto: requireProgram('mosquitto'),
  mosquittoClients: requireProgram('mosquitto-clients'),
};
const areThere = dockerCompose.path && Object.values(programs).every(({ path }) => path);

describe.skipIf(!areThere)('the image', () => {
  let folder: string;
  let secrets: string;
  let stage: Stage;
  let postgres: RealServer;
  let redis: RealServer;
  let influx: SeriesServer;
  let mosquitto: ShippedMosquitto;
  let service: ChildProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gridguard-image-'));
    stage = await runDockerfile(readProjectFile('Dockerfile'), projectRoot, folder);
    secrets = writeSecrets();
    postgres = await startDebianPostgres(programs.postgres.path ?? '', SECRETS.postgres_password ?? '');
    redis = await startRedis(programs.redis.path ?? '', { password: SECRETS.redis_password ?? '' });
    influx = await startVictoriaMetrics(programs.victoria.path ?? '');
    mosquitto = await startShippedMosquitto();
  }, 600_000);

  afterAll(async () => {
    service?.kill('SIGKILL');
    for (const server of [postgres, redis, influx, mosquitto]) await server?.close();
    for (const made of [folder, secrets]) rmSync(made, { recursive: true, force: true });
  }, 300_000);

  /** The environment of docker-compose.yml, with the addresses that its network would resolve. */
  function environment(): Record<string, string> {
    const { environment = {} } = composed().services.gridguard ?? {};
    const hostOf = (url: string) => new URL(url).host;
    const real = [
      ['@postgres:5432', `@${hostOf(postgres.url)}`],
      ['//redis:6379', `//${hostOf(redis.url)}`],
      ['//influxdb:8086', `//${hostOf(influx.url)}`],
      ['@mosquitto:1883', `@${hostOf(mosquitto.url)}`],
      ['/run/secrets', secrets],
    ] as const;
    const named = Object.entries(environment).map(([name, value]) => {
      const moved = real.reduce((text, [from, to]) => text.replace(from, to), String(value));
      return [name, /(^|_)PORT$/.test(name) ? '0' : moved];
    });
    const own = { HOST: '127.0.0.1', DATA_DIR: inStage(stage, stage.env.DATA_DIR ?? '') };
    return {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      ...stage.env,
      ...Object.fromEntries(listenersOf(protocols).map(({ variable }) => [variable, '0'])),
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

  it('serves with the environment of docker-compose.yml on a real PostgreSQL, Redis, Mosquitto and store of series', async () => {
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
    expect(ready(new URL(http).port)).toBe(true);
    const listens = 'gridguard_outside_broker{figure="connected"} 1';
    await until(async () => (await (await fetch(`${http}/metrics`)).text()).includes(listens), {
      what: 'the service to listen to Mosquitto',
    });
    await signIn(http, SECRETS.admin_password ?? '');
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(healthy(new URL(http).port)).toBe(false);
    expect(ready(new URL(http).port)).toBe(false);
  }, 120_000);

  function healthy(port: string): boolean {
    return succeeds(stage.healthcheck, port);
  }

  function ready(port: string): boolean {
    const [, ...command] = composed().services.gridguard?.healthcheck?.test ?? [];
    return succeeds(commandIn(command, { ':8080': `:${port}` }), port);
  }
});

function succeeds([, ...args]: readonly string[], port: string): boolean {
  try {
    execFileSync(process.execPath, args, { env: { PORT: port }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function signIn(http: string, password: string): Promise<void> {
  const answer = await fetch(`${http}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'admin', password }),
  });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}
