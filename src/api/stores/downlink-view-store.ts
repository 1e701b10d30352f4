import type { Queryable } from '../../platform/database.ts';
import type { DownlinkView } from '../schemas.ts';

/** The latest commands to a device, newest first. */
export async function readDownlinks(db: Queryable, deviceId: number, limit: number): Promise<DownlinkView[]> {
  const rows = await db
    .selectFrom('downlinks')
    .leftJoin('accounts', 'accounts.id', 'downlinks.requested_by')
    .selectAll('downlinks')
    .select(['accounts.name as person_name', 'accounts.phone as person_phone'])
    .where('downlinks.device_id', '=', deviceId)
    .orderBy('downlinks.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: String(row.command.kind),
    state: row.state,
    reason: row.reason,
    requestedBy:
      row.requested_by === null
        ? null
        : { id: row.requested_by, name: row.person_name ?? '', phone: row.person_phone },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    sentAt: row.sent_at,
    doneAt: row.done_at,
  }));
}
