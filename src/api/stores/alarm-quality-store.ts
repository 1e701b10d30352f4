import { type RawBuilder, sql } from 'kysely';
import { PAGE_TEMPLATES } from '../../incidents/templates.ts';
import type { Severity } from '../../model/alerts.ts';
import { type Finding, findingOf } from '../../model/findings.ts';
import type { Outcome } from '../../model/incidents.ts';
import { MASS_OFFLINE } from '../../model/outages.ts';
import { at, type Queryable } from '../../platform/database.ts';
import type { TicketTemplate } from '../../tickets/ticket-state.ts';
import type { Acknowledgement, Matter, TrialFact } from '../alarm-quality/facts.ts';

/** Milliseconds since 1970; `to` is not part of it. */
interface Span {
  from: number;
  to: number;
}

/** Messages that tell somebody of an alarm; reminders and news of what goes on are none. */
const TICKET_ALARMS: readonly TicketTemplate[] = [
  'ticket_dispatched',
  'ticket_again',
  'ticket_escalated',
  'ticket_reopened',
];
const ALARM_TEMPLATES: readonly string[] = [...PAGE_TEMPLATES, ...TICKET_ALARMS, 'notice'];

/** Milliseconds as the driver reads them fastest. */
const ms = (column: string): RawBuilder<unknown> =>
  sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`;

export interface AlarmRow {
  id: number;
  rule: string;
  kind: string;
  severity: Severity;
  protocol: string;
  native_id: string;
  channel: string;
  device_id: number | null;
  fired_at: number;
  resolved_at: number | null;
  withdrawn: boolean;
  finding: Finding | null;
  outcome: Outcome | null;
  incident_id: number | null;
  ticket_id: number | null;
  /** Of its matter or its wearer; where the device stands is looked up apart. */
  grid_id: number | null;
  acknowledged_ms: number | null;
  /** Only its outage was told. */
  held: boolean;
}

const alarmRow = sql`
  select a.id, a.rule, a.kind, a.severity, a.protocol, a.native_id, a.channel, a.device_id, ${ms('a.fired_at')} as fired_at,
    ${ms('a.resolved_at')} as resolved_at, a.withdrawn_at is not null as withdrawn, coalesce(a.finding, t.finding) as finding,
    coalesce(i.kind = ${MASS_OFFLINE} and a.rule <> i.kind and a.ticket_id is null, false) as held, i.outcome, a.incident_id, a.ticket_id, coalesce(i.grid_id, t.grid_id, s.home_grid_id) as grid_id,
    coalesce(${ms('i.acknowledged_at')} - ${ms('i.raised_at')}, ${ms('t.accepted_at')} - ${ms('t.reported_at')}) as acknowledged_ms
  from alerts a
  left join incidents i on i.id = a.incident_id
  left join tickets t on t.id = a.ticket_id
  left join subjects s on s.id = a.subject_id`;

/** Alerts that fired in the span, in order. */
export async function readAlarms(db: Queryable, { from, to }: Span): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    ${alarmRow} where a.fired_at >= ${at(from)} and a.fired_at < ${at(to)} order by a.fired_at, a.id`.execute(
    db,
  );
  return rows;
}

/** Alerts that fired before `from` and fire still, oldest first. */
export async function readStanding(db: Queryable, from: number, limit: number): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    ${alarmRow} where a.state = 'firing' and a.fired_at < ${at(from)} order by a.fired_at limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface ReceiptRow {
  account_id: number;
  at: number;
  incident_id: number | null;
  ticket_id: number | null;
  alert_id: number | null;
}

/** Whose phone rang when and for what, in order: the channels of one message are one. */
export async function readReceipts(db: Queryable, { from, to }: Span): Promise<ReceiptRow[]> {
  const { rows } = await sql<ReceiptRow>`
    select distinct account_id, incident_id, ticket_id, alert_id, ${ms('created_at')} as at from notifications
    where created_at >= ${at(from)} and created_at < ${at(to)} and account_id is not null
      and template = any(${[...ALARM_TEMPLATES]}::text[])
    order by at`.execute(db);
  return rows;
}

export interface MatterRow {
  matter: Matter;
  severity: Severity;
  finding: Finding | null;
  outcome: Outcome | null;
  grid_id: number | null;
  device_id: number | null;
}

/** What people were told of, by its ids. */
export async function readMatters(
  db: Queryable,
  ids: Record<'incidents' | 'tickets' | 'alerts', readonly number[]>,
): Promise<MatterRow[]> {
  const { rows } = await sql<MatterRow>`
    select 'i' || id as matter, severity, null as finding, outcome, grid_id, device_id
    from incidents where id = any(${[...ids.incidents]}::bigint[])
    union all
    select 't' || id, severity, finding, null, grid_id, device_id
    from tickets where id = any(${[...ids.tickets]}::bigint[])
    union all
    select 'a' || a.id, a.severity, a.finding, null, s.home_grid_id, a.device_id
    from alerts a left join subjects s on s.id = a.subject_id where a.id = any(${[...ids.alerts]}::bigint[])`.execute(
    db,
  );
  return rows;
}

/** Who took which incident or ticket that was raised in the span, and how long after. */
export async function readAcknowledgements(db: Queryable, { from, to }: Span): Promise<Acknowledgement[]> {
  const { rows } = await sql<{ account_id: number; matter: Matter; after_ms: number }>`
    select l.actor_id as account_id, 'i' || i.id as matter, min(${ms('l.at')} - ${ms('i.raised_at')}) as after_ms
    from incidents i join timeline l on l.incident_id = i.id and l.kind = 'acknowledged' and l.actor_id is not null
    where i.raised_at >= ${at(from)} and i.raised_at < ${at(to)} group by i.id, l.actor_id
    union all
    select l.actor_id, 't' || t.id, min(${ms('l.at')} - ${ms('t.reported_at')})
    from tickets t join ticket_timeline l on l.ticket_id = t.id and l.kind = 'accepted' and l.actor_id is not null
    where t.reported_at >= ${at(from)} and t.reported_at < ${at(to)} group by t.id, l.actor_id`.execute(db);
  return rows.map((row) => ({ accountId: row.account_id, matter: row.matter, afterMs: row.after_ms }));
}

/** What versions on trial raised, under the names of the rules in force. */
export async function readTrials(db: Queryable, { from, to }: Span): Promise<TrialFact[]> {
  const { rows } = await sql<TrialFact>`
    select split_part(rule, '~', 1) as rule, protocol, native_id as "nativeId", channel, ${ms('fired_at')} as "firedAt",
      ${ms('resolved_at')} as "resolvedAt"
    from shadow_alerts
    where fired_at >= ${at(from)} and fired_at < ${at(to)} and withdrawn_at is null and rule like '%~%'
    order by fired_at, id`.execute(db);
  return rows;
}

export interface HeldRow {
  rule: string;
  device_id: number;
  grid_id: number | null;
}

/** How often a rule gave way to another. */
export async function readHeld(db: Queryable, { from, to }: Span): Promise<HeldRow[]> {
  const { rows } = await sql<HeldRow>`
    select h.rule, h.device_id, s.home_grid_id as grid_id
    from held_alerts h join devices d on d.id = h.device_id left join subjects s on s.id = d.subject_id
    where h.held_at >= ${at(from)} and h.held_at < ${at(to)}`.execute(db);
  return rows;
}

/** What was found, by the alert itself or its ticket, else by the outcome of its incident. */
export const findingIn = ({ finding, outcome }: { finding: Finding | null; outcome: Outcome | null }) =>
  finding ?? (outcome && findingOf[outcome]);
