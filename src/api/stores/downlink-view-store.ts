import { measurements } from '../../model/uplinks.ts';
import type { Queryable } from '../../platform/database.ts';
import type { DownlinkView } from '../downlink-schemas.ts';

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
    ...commandView(row.command),
    state: row.state,
    confirm: confirmView(row.confirm),
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

function commandView({ kind, on, channel, text, what }: Record<string, unknown>) {
  return {
    kind: String(kind),
    on: typeof on === 'boolean' ? on : null,
    channel: typeof channel === 'string' ? channel : null,
    text: typeof text === 'string' ? text : null,
    what: measurements.find((each) => each === what) ?? null,
  };
}

function confirmView(confirm: Record<string, unknown> | null): DownlinkView['confirm'] {
  if (!confirm) return null;
  const { signal, channel, value } = confirm;
  return { signal: String(signal), channel: typeof channel === 'string' ? channel : '', value };
}
