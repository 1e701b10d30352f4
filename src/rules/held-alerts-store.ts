import { sql } from 'kysely';
import { at, type Trx } from '../platform/database.ts';

/** A rule would have fired for a point, and gave way to another that stands. */
export interface HeldAlert {
  rule: string;
  deviceId: number;
  channel: string;
}

export async function insertHeldAlerts(trx: Trx, held: readonly HeldAlert[], now: number): Promise<void> {
  if (held.length === 0) return;
  await sql`
    insert into held_alerts (rule, device_id, channel, held_at)
    select h.rule, d.id, h.channel, ${at(now)}
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as h (rule text, "deviceId" bigint, channel text)
    join devices d on d.id = h."deviceId"`.execute(trx);
}
