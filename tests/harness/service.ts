import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocols } from '../../protocols/index.ts';
import { type Service, startService } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Addresses } from '../../src/transport/addresses.ts';
import { listenersOf } from '../../src/transport/free-ports.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';
import { until } from './until.ts';

const anyPort = {
  PORT: '0',
  MQTT_PORT: '0',
  ...Object.fromEntries(listenersOf(protocols).map(({ variable }) => [variable, '0'])),
  HOST: '127.0.0.1',
  LOG_LEVEL: 'error',
};

export interface TestService extends Service {
  config: Config;
}

/** The service inside the test, on a database of its own unless one is given; `environment` as a person would set it. */
export async function startTestService(
  environment: Record<string, string> = {},
  { clock, on, webDir }: { clock?: Clock; on?: TestDatabase; webDir?: string } = {},
): Promise<TestService> {
  const database = on ?? (await openTestDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'gg-test-'));
  const config = {
    ...loadConfig({
      ...anyPort,
      DATA_DIR: dataDir,
      DATABASE_URL: urlOf(database.address),
      ...environment,
    }),
    ...(webDir ? { webDir } : {}),
  };
  const log = createLogger(config.logLevel);
  const service = await startService(config, clock ? { clock, log } : { log });
  return {
    ...service,
    config,
    async close() {
      await service.close();
      if (!on) await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A database address as `DATABASE_URL` says it. */
export function urlOf(address: Awaited<ReturnType<typeof openTestDatabase>>['address']): string {
  if ('url' in address) return address.url;
  return `postgres://${address.user}@${encodeURIComponent(address.socketDir)}/${address.database}`;
}

export interface ServiceProcess {
  addresses: Addresses;
  pid: number;
  /** `kill -9`, as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const inherited = () => {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return { PATH, ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}) };
};

/** The service as a process of its own, to be killed; ports are chosen by the caller so that a restart takes the same ones. */
export async function spawnService(
  dataDir: string,
  environment: Record<string, string>,
): Promise<ServiceProcess> {
  const file = join(dataDir, 'addresses.json');
  await rm(file, { force: true });
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...inherited(), ...anyPort, DEMO: '0', DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint = (complaint + text).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const addresses = await until(
    async () => {
      if (ended) throw new Error(`the service ended: ${complaint}`);
      return JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as Addresses | null;
    },
    { timeoutMs: 60_000, what: 'the service to be ready' },
  );
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (!ended) child.kill(signal);
    await exited;
  };
  if (child.pid === undefined) throw new Error('the service has no process id');
  return { addresses, pid: child.pid, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
