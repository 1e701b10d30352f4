import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';

/** How long before an incident or ticket, and after the end of it, an uplink of the same device belongs to it. */
const AROUND_MS = 600_000;

const kept = {
  incident: {
    table: 'incidents',
    into: 'incident_uplinks',
    key: 'incident_id',
    began: 'raised_at',
    ended: 'resolved_at',
  },
  ticket: {
    table: 'tickets',
    into: 'ticket_uplinks',
    key: 'ticket_id',
    began: 'reported_at',
    ended: 'closed_at',
  },
} as const;

/**
 * Keeps the raw uplinks of `from` to `end` that belong to an incident or a ticket: those of its device, by our id or by the id that it spoke
 * with, from ten minutes before it was raised until ten minutes after its end. Their readings can be decoded from them again. Doing it
 * twice changes nothing.
 */
export async function keepUplinks(
  db: Queryable,
  of: keyof typeof kept,
  { from, end }: { from: number; end: number },
): Promise<void> {
  const { table, into, key, began, ended } = kept[of];
  await sql`
    with span as (
      select id, protocol, native_id, device_id,
        greatest(${sql.ref(began)} - ${AROUND_MS} * interval '1 ms', ${at(from)}) as first,
        least(${sql.ref(ended)} + ${AROUND_MS} * interval '1 ms', ${at(end)}) as last
      from ${sql.table(table)}
    ), belonging as (
      select s.id as owner, u.* from span s join uplinks u on u.device_id = s.device_id
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
      union all
      select s.id, u.* from span s join uplinks u on u.native_id = s.native_id and u.protocol = s.protocol
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
    )
    insert into ${sql.table(into)} (${sql.ref(key)}, uplink_id, received_at, device_id, protocol, transport, native_id,
      source, topic, command, outcome, reason, reading_count, bytes)
    select owner, id, received_at, device_id, protocol, transport, native_id,
      source, topic, command, outcome, reason, reading_count, bytes
    from belonging on conflict do nothing`.execute(db);
}

/** Deletes what has been kept for as long as it may be; every limit is the moment before which a row is too old. */
export async function deleteOldRows(
  db: Queryable,
  before: {
    incidents: number;
    tickets: number;
    audit: number;
    notices: number;
    inbox: number;
    shadowAlerts: number;
    lifeKeys: number;
  },
): Promise<void> {
  await sql`delete from incident_uplinks where received_at < ${at(before.incidents)}`.execute(db);
  await sql`delete from audit where at < ${at(before.audit)}`.execute(db);
  await sql`delete from notifications where incident_id is null and ticket_id is null and created_at < ${at(before.notices)}`.execute(
    db,
  );
  await sql`delete from ticket_uplinks where received_at < ${at(before.tickets)}`.execute(db);
  await sql`delete from notifications n using tickets t where t.id = n.ticket_id and t.closed_at < ${at(before.tickets)}`.execute(
    db,
  );
  await sql`delete from ticket_photos p using tickets t where t.id = p.ticket_id and t.closed_at < ${at(before.tickets)}`.execute(
    db,
  );
  await sql`delete from inbox where done_at < ${at(before.inbox)}`.execute(db);
  await sql`delete from shadow_alerts where fired_at < ${at(before.shadowAlerts)}`.execute(db);
  await sql`delete from held_alerts where held_at < ${at(before.shadowAlerts)}`.execute(db);
  await sql`delete from life_keys where until < ${at(before.lifeKeys)}`.execute(db);
}
