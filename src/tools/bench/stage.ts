import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocols } from '../../../protocols/index.ts';
import { registerDevice } from '../../devices/device-store.ts';
import { type Database, migrate, openDatabase } from '../../platform/database.ts';
import { startEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { createLogger } from '../../platform/logging.ts';
import { listenersOf } from '../../transport/free-ports.ts';
import { startChild } from './children.ts';
import type { LoadDevice } from './mqtt-load.ts';

/** An embedded database and the service on it as a process of its own, as an operator has it, in a folder that is removed afterwards. */
export interface Stage {
  database: Database;
  mqttPort: number;
  watchPort: number;
  close(): Promise<void>;
}

interface Addresses {
  mqtt: string;
  tcp: Record<string, string>;
}

const log = createLogger('error');

export async function openStage(
  environment: Record<string, string>,
  prepare: (database: Database) => Promise<void>,
): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gg-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  const { address } = postgres;
  if ('url' in address) throw new Error('the embedded database listens on a socket');
  const database = await openDatabase(address, log, 4);
  await migrate(database.db);
  await prepare(database);
  const serviceDir = join(dataDir, 'service');
  const service = await startChild<Addresses>(
    join(import.meta.dirname, '../../main.ts'),
    {
      DATABASE_URL: `postgres://${address.user}@${encodeURIComponent(address.socketDir)}/${address.database}`,
      DATA_DIR: serviceDir,
      HOST: '127.0.0.1',
      PORT: '0',
      MQTT_PORT: '0',
      ...Object.fromEntries(listenersOf(protocols).map(({ variable }) => [variable, '0'])),
      DEMO: '0',
      LOG_LEVEL: 'error',
      ...environment,
    },
    async () => {
      const text = await readFile(join(serviceDir, 'addresses.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as Addresses);
    },
  );
  return {
    database,
    mqttPort: portOf(service.ready.mqtt),
    watchPort: portOf(service.ready.tcp.watch),
    async close() {
      await service.stop();
      await database.close();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

export async function registerBenchDevices(database: Database, count: number): Promise<LoadDevice[]> {
  const devices: LoadDevice[] = [];
  for (let i = 0; i < count; i++) {
    const nativeId = `bench-${i}`;
    const { secret } = await registerDevice(database.db, { protocol: 'native', nativeId, withSecret: true });
    devices.push({ nativeId, secret: secret ?? '', topic: `gridguard/v1/${nativeId}/up` });
  }
  return devices;
}
