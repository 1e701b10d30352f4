import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import {
  type Database,
  type DatabaseAddress,
  openDatabase,
  poolConfig,
} from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { TEMPLATE } from './postgres-setup.ts';

export interface TestDatabase {
  database: Database;
  address: DatabaseAddress;
  /** Ends our connections and everybody's, and drops the database. */
  close(): Promise<void>;
}

/** A migrated, otherwise empty database of its own on the server of this test run. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${TEMPLATE} strategy file_copy`);
  const address = { ...inject('postgres'), database: name };
  const database = await openDatabase(address, createLogger('error'));
  return {
    database,
    address,
    async close() {
      await database.close();
      await administer(`drop database ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(poolConfig({ ...inject('postgres'), database: 'postgres' }, 1));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
