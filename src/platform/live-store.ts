import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/** The LISTEN channel on which changes are told to open pages; inside a transaction it is heard at the commit. */
export const LIVE_CHANNEL = 'gg_live';

export async function announce(db: Queryable, change: Readonly<Record<string, unknown>>): Promise<void> {
  await sql`select pg_notify(${LIVE_CHANNEL}, ${JSON.stringify(change)})`.execute(db);
}

/** The same for many at once, in one statement. */
export async function announceAll(
  db: Queryable,
  changes: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const payloads = changes.map((change) => JSON.stringify(change));
  await sql`select pg_notify(${LIVE_CHANNEL}, payload) from unnest(${payloads}::text[]) as p (payload)`.execute(
    db,
  );
}
