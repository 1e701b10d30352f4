import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/** The LISTEN channel on which changes are told to open pages; inside a transaction it is heard at the commit. */
export const LIVE_CHANNEL = 'gg_live';

export async function announce(db: Queryable, change: Readonly<Record<string, unknown>>): Promise<void> {
  await sql`select pg_notify(${LIVE_CHANNEL}, ${JSON.stringify(change)})`.execute(db);
}
