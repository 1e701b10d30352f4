import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';

/** How long before its incident, and after the end of it, an uplink of the same device belongs to the incident. */
const AROUND_INCIDENT_MS = 600_000;

/**
 * Keeps the raw uplinks of `from` to `end` that belong to an incident: those of its device, by our id or by the id that it spoke with, from ten
 * minutes before it was raised until ten minutes after it was resolved. Their readings can be decoded from them again. Doing it
 * twice changes nothing.
 */
export async function keepIncidentUplinks(db: Queryable, from: number, end: number): Promise<void> {
  await sql`
    with span as (
      select id, protocol, native_id, device_id,
        greatest(raised_at - ${AROUND_INCIDENT_MS} * interval '1 ms', ${at(from)}) as first,
        least(resolved_at + ${AROUND_INCIDENT_MS} * interval '1 ms', ${at(end)}) as last
      from incidents
    ), belonging as (
      select s.id as incident_id, u.* from span s join uplinks u on u.device_id = s.device_id
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
      union all
      select s.id, u.* from span s join uplinks u on u.native_id = s.native_id and u.protocol = s.protocol
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
    )
    insert into incident_uplinks (incident_id, uplink_id, received_at, device_id, protocol, transport, native_id,
      source, topic, command, outcome, reason, reading_count, bytes)
    select incident_id, id, received_at, device_id, protocol, transport, native_id,
      source, topic, command, outcome, reason, reading_count, bytes
    from belonging on conflict do nothing`.execute(db);
}

/** The same for tickets: from ten minutes before one was reported until ten minutes after it was closed. */
export async function keepTicketUplinks(db: Queryable, from: number, end: number): Promise<void> {
  await sql`
    with span as (
      select id, protocol, native_id, device_id,
        greatest(reported_at - ${AROUND_INCIDENT_MS} * interval '1 ms', ${at(from)}) as first,
        least(closed_at + ${AROUND_INCIDENT_MS} * interval '1 ms', ${at(end)}) as last
      from tickets
    ), belonging as (
      select s.id as ticket_id, u.* from span s join uplinks u on u.device_id = s.device_id
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
      union all
      select s.id, u.* from span s join uplinks u on u.native_id = s.native_id and u.protocol = s.protocol
      where s.first < s.last and u.received_at >= s.first and u.received_at < s.last
    )
    insert into ticket_uplinks (ticket_id, uplink_id, received_at, device_id, protocol, transport, native_id,
      source, topic, command, outcome, reason, reading_count, bytes)
    select ticket_id, id, received_at, device_id, protocol, transport, native_id,
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
  await sql`delete from life_keys where until < ${at(before.lifeKeys)}`.execute(db);
}
