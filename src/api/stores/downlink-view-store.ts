import { sql } from 'kysely';
import { type DownlinkCommand, measurements } from '../../model/uplinks.ts';
import { at, type Queryable } from '../../platform/database.ts';
import type { DownlinkView } from '../downlink-schemas.ts';

/** The latest commands to a device, newest first. */
export async function readDownlinks(db: Queryable, deviceId: number, limit: number): Promise<DownlinkView[]> {
  const rows = await commandsTo(db, deviceId).orderBy('downlinks.id', 'desc').limit(limit).execute();
  return rows.map(downlinkView);
}

const rescueKinds = ['locate_now', 'measure', 'ring'] as const satisfies readonly DownlinkCommand['kind'][];
const MOST_OF_ONE_INCIDENT = 100;

/** What a device was asked in order to help whoever wears it, from the beginning of an incident to its end; oldest first. */
export async function readRescueCommands(
  db: Queryable,
  { deviceId, from, to }: { deviceId: number; from: number; to: number | null },
): Promise<DownlinkView[]> {
  const rows = await commandsTo(db, deviceId)
    .where('downlinks.created_at', '>=', at(from))
    .$if(to !== null, (query) => query.where('downlinks.created_at', '<=', at(to ?? 0)))
    .where(sql<boolean>`command->>'kind' = any(${[...rescueKinds]}::text[])`)
    .orderBy('downlinks.id')
    .limit(MOST_OF_ONE_INCIDENT)
    .execute();
  return rows.map(downlinkView);
}

const commandsTo = (db: Queryable, deviceId: number) =>
  db
    .selectFrom('downlinks')
    .leftJoin('accounts', 'accounts.id', 'downlinks.requested_by')
    .selectAll('downlinks')
    .select(['accounts.name as person_name', 'accounts.phone as person_phone'])
    .where('downlinks.device_id', '=', deviceId);
type Row = Awaited<ReturnType<ReturnType<typeof commandsTo>['execute']>>[number];

function downlinkView(row: Row): DownlinkView {
  return {
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
  };
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
