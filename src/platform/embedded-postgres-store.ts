import pg from 'pg';
import { type DatabaseAddress, poolConfig } from './database.ts';

/** Creates the database `name` on the server at `address` where there is none of that name. */
export async function ensureDatabase(address: DatabaseAddress, name: string): Promise<void> {
  const client = new pg.Client(poolConfig(address, 1));
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
