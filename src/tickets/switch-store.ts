import { sql } from 'kysely';
import { at, type Trx } from '../platform/database.ts';

/** Nobody pressed a button here, so the time line and the access log both say that a rule did, and what became of it. */
export async function noteSwitched(
  trx: Trx,
  switched: { ticketId: number; deviceId: number; detail: Readonly<Record<string, unknown>> },
  now: number,
): Promise<void> {
  const { ticketId, deviceId } = switched;
  const detail = JSON.stringify(switched.detail);
  await sql`
    with told as (
      insert into ticket_timeline (ticket_id, at, kind, detail) values (${ticketId}, ${at(now)}, 'switched', ${detail}::jsonb)
    )
    insert into audit (at, action, device_id, ticket_id, detail)
    values (${at(now)}, 'downlink_sent', ${deviceId}, ${ticketId}, ${detail}::jsonb || '{"kind": "switch"}')`.execute(
    trx,
  );
}
