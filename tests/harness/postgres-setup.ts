import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createSystemClock } from '../../src/platform/clock.ts';
import { type DatabaseAddress, migrate, openDatabase } from '../../src/platform/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { clearPostmaster, lockFolder } from '../../src/platform/embedded-postgres-lock.ts';
import { ensureDatabase } from '../../src/platform/embedded-postgres-store.ts';
import { createLogger } from '../../src/platform/logging.ts';

export type SocketAddress = Extract<DatabaseAddress, { socketDir: string }>;

declare module 'vitest' {
  interface ProvidedContext {
    postgres: SocketAddress;
  }
}

export const TEMPLATE = 'gridguard_template';

const PREFIX = 'gridguard-tests-';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;

/** In memory where there is room: to copy a template of 600 files takes a disk ten times as long. */
function scratch(): string {
  if (!existsSync(MEMORY) || freemem() < 2 * ROOM_BYTES) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM_BYTES ? MEMORY : tmpdir();
}

/** What a run that was killed has left: nobody holds its folder any more, or this throws. */
async function removeLeftOver(dataDir: string): Promise<void> {
  if (statSync(dataDir).uid !== process.getuid?.()) return;
  const lock = await lockFolder(dataDir);
  await clearPostmaster(join(dataDir, 'postgres'), createSystemClock());
  const note = join(dataDir, 'postgres.run');
  if (existsSync(note)) rmSync(readFileSync(note, 'utf8'), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
  await lock.release();
}

/**
 * One server for the whole run, with a migrated template that every test database is a copy of. It does not wait for
 * the disk: no test pulls the plug of the machine.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = scratch();
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    await removeLeftOver(join(folder, name)).catch(() => {});
  }
  const dataDir = mkdtempSync(join(folder, PREFIX));
  const log = createLogger('fatal');
  const settings = { fsync: 'off', max_connections: '300', checkpoint_timeout: '1h' };
  const server = await startEmbeddedPostgres({ dataDir, log, settings });
  const address = server.address as SocketAddress;
  await ensureDatabase(address, TEMPLATE);
  const template = await openDatabase({ ...address, database: TEMPLATE }, log, 1);
  await migrate(template.db);
  await template.close();
  project.provide('postgres', address);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
