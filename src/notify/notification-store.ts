import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';
import type { Recipient } from './channel.ts';
import { type DeliveryState, deliveryStates } from './delivery.ts';

/** A notification that this process may send until its claim ends. */
export interface Claimed {
  id: number;
  incidentId: number | null;
  ticketId: number | null;
  alertId: number | null;
  step: number | null;
  channel: string;
  template: string;
  why: string;
  payload: Record<string, unknown>;
  attempt: number;
  createdAt: number;
  /** Null where nobody was named, or the account is not active any more. */
  recipient: Recipient | null;
}

export interface ClaimOptions {
  now: number;
  until: number;
  limit: number;
  /** Only these. */
  ids?: readonly number[];
  /** Only those of incidents, or only the others. */
  ofIncident?: boolean;
}

/** Messages that call somebody to act; when another has acknowledged since they were written, they are not sent any more. */
export const callTemplates: readonly string[] = [
  'incident_raised',
  'incident_repeat',
  'incident_reopened',
  'incident_again',
  'incident_released',
];

interface ClaimedRow {
  id: number;
  incident_id: number | null;
  ticket_id: number | null;
  alert_id: number | null;
  step: number | null;
  channel: string;
  template: string;
  why: string;
  payload: Record<string, unknown>;
  attempts: number;
  created_at: number;
  account_id: number | null;
  name: string;
  locale: string;
  email: string | null;
  webhook_url: string | null;
  webhook_secret: string | null;
}

/**
 * Claims what is due, oldest first; rows that another process is claiming are passed over, and a claim that ended without a fate is
 * taken again. A call whose incident was acknowledged or ended after the call was written is `failed` with reason `taken` instead.
 */
export async function claimDue(db: Queryable, options: ClaimOptions): Promise<Claimed[]> {
  const { ids, ofIncident } = options;
  const only = ids ? sql`and n.id = any(${[...ids]}::bigint[])` : sql``;
  const kind =
    ofIncident === undefined ? sql`` : sql`and (n.incident_id is not null) = ${ofIncident}::boolean`;
  const { rows } = await sql<ClaimedRow>`
    with due as (
      select n.id, coalesce(
        n.template = any(${[...callTemplates]}::text[]) and i.status not in ('raised', 'notified')
          and greatest(i.acknowledged_at, i.resolved_at) >= n.created_at, false) as taken
      from notifications n left join incidents i on i.id = n.incident_id
      where n.due_at <= ${at(options.now)} and n.state = 'queued'
        and (n.claimed_until is null or n.claimed_until <= ${at(options.now)}) ${only} ${kind}
      order by n.due_at limit ${options.limit}
      for no key update of n skip locked
    ), marked as (
      update notifications n set
        state = case when due.taken then 'failed' else n.state end,
        reason = case when due.taken then 'taken' else n.reason end,
        due_at = case when due.taken then null else n.due_at end,
        claimed_until = case when due.taken then null else ${at(options.until)}::timestamptz end,
        attempts = n.attempts + case when due.taken then 0 else 1 end,
        updated_at = ${at(options.now)}
      from due where n.id = due.id
      returning n.*, due.taken
    )
    select m.id, m.incident_id, m.ticket_id, m.alert_id, m.step, m.channel, m.template, m.why, m.payload, m.attempts, m.created_at,
      a.id as account_id, a.name, a.locale, a.email, a.webhook_url, a.webhook_secret
    from marked m left join accounts a on a.id = m.account_id and a.active
    where not m.taken order by m.id`.execute(db);
  return rows.map(toClaimed);
}

function toClaimed(row: ClaimedRow): Claimed {
  return {
    id: row.id,
    incidentId: row.incident_id,
    ticketId: row.ticket_id,
    alertId: row.alert_id,
    step: row.step,
    channel: row.channel,
    template: row.template,
    why: row.why,
    payload: row.payload,
    attempt: row.attempts,
    createdAt: row.created_at,
    recipient: row.account_id === null ? null : toRecipient(row, row.account_id),
  };
}

function toRecipient(row: ClaimedRow, id: number): Recipient {
  return {
    id,
    name: row.name,
    locale: row.locale,
    email: row.email,
    webhookUrl: row.webhook_url,
    webhookSecret: row.webhook_secret,
  };
}

const states = sql`${[...deliveryStates]}::text[]`;

/** Writes that a channel took them. A late answer to an older attempt counts too: the message is out. */
export async function saveSent(
  db: Queryable,
  sent: readonly { id: number; state: string; providerId: string | null; startedAt: number }[],
  now: number,
): Promise<void> {
  await sql`
    update notifications n set
      state = case when array_position(${states}, s.state) > array_position(${states}, n.state) then s.state else n.state end,
      provider_id = coalesce(s.provider_id, n.provider_id), sent_at = to_timestamp(s.started / 1000),
      reason = null, due_at = null, claimed_until = null, updated_at = ${at(now)}
    from unnest(${sent.map((s) => s.id)}::bigint[], ${sent.map((s) => s.state)}::text[],
      ${sent.map((s) => s.providerId)}::text[], ${sent.map((s) => s.startedAt)}::float8[]
    ) as s (id, state, provider_id, started)
    where n.id = s.id and n.state <> 'failed'`.execute(db);
}

/** Writes when to try again, unless another process has taken the message over or a receipt has come. */
export async function saveRetries(
  db: Queryable,
  retries: readonly { id: number; attempt: number; reason: string; dueAt: number }[],
  now: number,
): Promise<void> {
  await sql`
    update notifications n set
      reason = r.reason, due_at = to_timestamp(r.due / 1000), claimed_until = null, updated_at = ${at(now)}
    from unnest(${retries.map((r) => r.id)}::bigint[], ${retries.map((r) => r.attempt)}::int[],
      ${retries.map((r) => r.reason)}::text[], ${retries.map((r) => r.dueAt)}::float8[]
    ) as r (id, attempt, reason, due)
    where n.id = r.id and n.attempts = r.attempt and n.state = 'queued'`.execute(db);
}

/** Writes that they failed for good; returns the ids of those that did, for the same reasons as above not always all. */
export async function saveFailures(
  db: Queryable,
  failures: readonly { id: number; attempt: number; reason: string }[],
  now: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    update notifications n set
      state = 'failed', reason = f.reason, due_at = null, claimed_until = null, updated_at = ${at(now)}
    from unnest(${failures.map((f) => f.id)}::bigint[], ${failures.map((f) => f.attempt)}::int[],
      ${failures.map((f) => f.reason)}::text[]) as f (id, attempt, reason)
    where n.id = f.id and n.attempts = f.attempt and n.state = 'queued'
    returning n.id`.execute(db);
  return rows.map((row) => row.id);
}

/**
 * Moves a notification forward, never back; `failed` counts only before it was delivered. With `accountId` it must be that account's. Returns
 * what it belongs to where it moved.
 */
export async function saveReceipt(
  db: Queryable,
  receipt: { id: number; state: DeliveryState | 'failed'; accountId?: number; reason?: string },
  now: number,
): Promise<{ incidentId: number | null; step: number | null } | undefined> {
  const owner = receipt.accountId === undefined ? sql`` : sql`and account_id = ${receipt.accountId}`;
  const forward =
    receipt.state === 'failed'
      ? sql`state in ('queued', 'accepted')`
      : sql`state <> 'failed' and array_position(${states}, state) < array_position(${states}, ${receipt.state})`;
  const { rows } = await sql<{ incident_id: number | null; step: number | null }>`
    update notifications set state = ${receipt.state}, reason = ${receipt.reason ?? null}, due_at = null,
      claimed_until = null, updated_at = ${at(now)}
    where id = ${receipt.id} and ${forward} ${owner}
    returning incident_id, step`.execute(db);
  return rows[0] && { incidentId: rows[0].incident_id, step: rows[0].step };
}
