import { at, type Queryable } from './database.ts';

/** One message to one person by one channel, to be sent once the transaction has committed. */
export interface NewNotification {
  incidentId?: number;
  ticketId?: number;
  alertId?: number;
  accountId?: number;
  channel: string;
  /** Which text: `incident_raised`, `incident_repeat`, `incident_taken`, `notice`, … */
  template: string;
  step?: number;
  /** Why this person: `worker`, `family`, `deputy`, … */
  why: string;
  payload: Readonly<Record<string, unknown>>;
}

/** PostgreSQL takes at most 65,535 parameters in one statement. */
const MOST_AT_ONCE = 2_000;

/** Writes notifications as part of the caller's transaction and returns their ids, to be dispatched after the commit. */
export async function enqueue(
  db: Queryable,
  notifications: readonly NewNotification[],
  now: number,
): Promise<number[]> {
  const ids: number[] = [];
  for (let from = 0; from < notifications.length; from += MOST_AT_ONCE) {
    ids.push(...(await insert(db, notifications.slice(from, from + MOST_AT_ONCE), now)));
  }
  return ids;
}

async function insert(
  db: Queryable,
  notifications: readonly NewNotification[],
  now: number,
): Promise<number[]> {
  const rows = await db
    .insertInto('notifications')
    .values(
      notifications.map((n) => ({
        incident_id: n.incidentId ?? null,
        ticket_id: n.ticketId ?? null,
        alert_id: n.alertId ?? null,
        account_id: n.accountId ?? null,
        channel: n.channel,
        template: n.template,
        step: n.step ?? null,
        why: n.why,
        payload: JSON.stringify(n.payload),
        state: 'queued' as const,
        due_at: at(now),
        created_at: at(now),
        updated_at: at(now),
      })),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}
