import type { ProtocolSession } from '../model/uplinks.ts';
import { at, type Queryable } from '../platform/database.ts';
import { jsonText } from '../platform/json-text.ts';

export interface StoredSession {
  session: ProtocolSession;
  /** When it was stored. */
  at: number;
}

/** What a gateway taught. */
export async function readSession(
  db: Queryable,
  protocol: string,
  nativeId: string,
): Promise<StoredSession | undefined> {
  const row = await db
    .selectFrom('protocol_sessions')
    .select(['session', 'updated_at'])
    .where('protocol', '=', protocol)
    .where('native_id', '=', nativeId)
    .executeTakeFirst();
  return row && { session: row.session, at: row.updated_at };
}

export async function saveSession(
  db: Queryable,
  gateway: { protocol: string; nativeId: string; session: ProtocolSession },
  now: number,
): Promise<void> {
  const row = { session: jsonText(gateway.session), updated_at: at(now) };
  await db
    .insertInto('protocol_sessions')
    .values({ protocol: gateway.protocol, native_id: gateway.nativeId, ...row })
    .onConflict((c) => c.columns(['protocol', 'native_id']).doUpdateSet(row))
    .execute();
}
