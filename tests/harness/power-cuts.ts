import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, migrate, openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { buildRescueStage, type RescueStage } from '../../src/tools/bench/rescue-stage-store.ts';
import { nativeDevice, type PressingDevice, watchDevice } from './pressing-devices.ts';
import { quickRules } from './quick-rules.ts';
import { freePort } from './real-servers.ts';
import { type ServiceProcess, spawnService } from './service.ts';

const log = createLogger('fatal');

/** A folder with an embedded database that holds a grid, its people and devices; the service is started on it and cut off again. */
export async function openPowerCutStage(count: { native: number; watch: number }) {
  const dataDir = await mkdtemp(join(tmpdir(), 'gg-cut-'));
  const rulesDir = await quickRules();
  const ports = { http: await freePort(), mqtt: await freePort(), watch: await freePort() };
  let stage: RescueStage | undefined;
  await withDatabase(dataDir, async (database) => {
    await migrate(database.db);
    stage = await buildRescueStage(database, count);
  });
  if (!stage) throw new Error('the stage was not built');
  const { native, watch } = stage;
  return {
    ports,
    devices: (): PressingDevice[] => [
      ...native.map((device) => nativeDevice(device, ports)),
      ...watch.map((id) => watchDevice(id, ports)),
    ],
    start: (environment: Record<string, string> = {}): Promise<ServiceProcess> =>
      spawnService(dataDir, {
        PORT: String(ports.http),
        MQTT_PORT: String(ports.mqtt),
        WATCH_PORT: String(ports.watch),
        RULES_DIR: rulesDir,
        ...environment,
      }),
    /** Looks into the database; the service must have been stopped. */
    inspect: <T>(look: (database: Database) => Promise<T>) => withDatabase(dataDir, look),
    async close() {
      await rm(dataDir, { recursive: true, force: true });
      await rm(rulesDir, { recursive: true, force: true });
    },
  };
}

async function withDatabase<T>(dataDir: string, work: (database: Database) => Promise<T>): Promise<T> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    const database = await openDatabase(postgres.address, log);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
  }
}

/** A row of chances that is the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Every device presses `times` times, waits for each answer, at moments that the seed decides; in the end each repeats its last bytes. */
export async function pressAll(
  devices: readonly PressingDevice[],
  times: number,
  chance: () => number,
): Promise<void> {
  await Promise.all(
    devices.map(async (device) => {
      for (let i = 0; i < times; i++) {
        await sleep(chance() * 1_500);
        await device.press();
      }
    }),
  );
}

export interface Outcome {
  presses: number;
  incidents: number;
  pressesOfIncidents: number;
  mostIncidentsOfADevice: number;
  withoutNotification: number;
  notifications: number;
  openInbox: number;
}

/** What became of the presses, counted where it counts. */
export async function outcome({ db }: Database): Promise<Outcome> {
  const { rows } = await sql<Outcome>`
    select
      (select count(*) from inbox) as "presses",
      (select count(*) from incidents) as "incidents",
      (select coalesce(sum(presses), 0) from incidents) as "pressesOfIncidents",
      (select max(n) from (select count(*) as n from incidents group by native_id) x) as "mostIncidentsOfADevice",
      (select count(*) from incidents i where not exists (select from notifications n where n.incident_id = i.id))
        as "withoutNotification",
      (select count(*) from notifications) as "notifications",
      (select count(*) from inbox where done_at is null) as "openInbox"`.execute(db);
  if (!rows[0]) throw new Error('nothing was counted');
  return rows[0];
}
