import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Clock, createSystemClock } from './clock.ts';
import type { DatabaseAddress } from './database.ts';
import { locateBinaries, prepareBinaries } from './embedded-postgres-binaries.ts';
import { checkVersion, makeCluster } from './embedded-postgres-cluster.ts';
import { clearPostmaster, lockFolder } from './embedded-postgres-lock.ts';
import { PostgresServer } from './embedded-postgres-server.ts';
import { ensureDatabase } from './embedded-postgres-store.ts';
import { choosePostgresUser, makeRunFolder } from './embedded-postgres-user.ts';
import type { Logger } from './logging.ts';

const DATABASE = 'gridguard';

export interface EmbeddedPostgres {
  address: DatabaseAddress;
  /** Ends the server (its clients are cut off), waits until it is gone, and frees the folder. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The cluster is `postgres` below it. */
  dataDir: string;
  log: Logger;
  clock?: Clock;
  /** PostgreSQL settings on top of ours. */
  settings?: Record<string, string>;
}

/**
 * Starts a PostgreSQL of our own on a unix socket, making its cluster (UTF-8, whatever the locale) first where there
 * is none, and starts it again whenever it ends by itself. It ends with this process, however that ends; call from the
 * main thread, with whose death the kernel ends it.
 * Throws AppError DATABASE_IN_USE, DATABASE_FOREIGN, DATABASE_VERSION, DATABASE_NO_BINARIES, DATABASE_NO_TEMP or
 * DATABASE_START_FAILED, each saying what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, clock = createSystemClock(), settings = {} } = options;
  const dataDir = resolve(options.dataDir);
  const native = locateBinaries();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  const undo: (() => unknown)[] = [() => lock.release()];
  try {
    const cluster = join(dataDir, 'postgres');
    const note = join(dataDir, 'postgres.run');
    const user = choosePostgresUser(cluster);
    await clearPostmaster(cluster, clock);
    const run = makeRunFolder(user, note);
    undo.push(() => {
      for (const path of [run, note]) rmSync(path, { recursive: true, force: true });
    });
    const binaries = prepareBinaries(native, user, run);
    const server = new PostgresServer({ binaries, cluster, user, socketDir: run, settings, log, clock });
    undo.push(() => server.stop());
    if (!existsSync(cluster)) await makeCluster(cluster, DATABASE, { binaries, user });
    checkVersion(cluster, binaries);
    await server.start();
    await ensureDatabase({ socketDir: run, user: DATABASE, database: 'postgres' }, DATABASE);
    return { address: { socketDir: run, user: DATABASE, database: DATABASE }, stop: () => unwind(undo) };
  } catch (error) {
    await unwind(undo);
    throw error;
  }
}

async function unwind(undo: (() => unknown)[]): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step();
}
