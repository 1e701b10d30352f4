import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { CleanUp } from '../../platform/clean-up.ts';
import { type Database, type DatabaseAddress, openDatabase } from '../../platform/database.ts';
import { startEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/logging.ts';

const CONNECTIONS = 4;

/**
 * The database of the service, beside the service where that runs and by itself where not. Nothing is migrated: a tool of a newer version must
 * not change what an older service runs on.
 */
export async function openToolDatabase(config: Config, log: Logger, cleanUp: CleanUp): Promise<Database> {
  const database = await openDatabase(await addressOf(config, log, cleanUp), log, CONNECTIONS);
  cleanUp.add(() => database.close());
  return database;
}

async function addressOf(
  { databaseUrl, dataDir }: Config,
  log: Logger,
  cleanUp: CleanUp,
): Promise<DatabaseAddress> {
  if (databaseUrl) return { url: databaseUrl };
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log });
    cleanUp.add(() => postgres.stop());
    return postgres.address;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DATABASE_IN_USE') throw error;
    const socketDir = (await readFile(join(dataDir, 'postgres.run'), 'utf8')).trim();
    return { socketDir, user: 'gridguard', database: 'gridguard' };
  }
}
