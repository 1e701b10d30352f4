import type { Queryable } from '../../platform/database.ts';
import type { MyNotification } from '../schemas.ts';

/** Messages to one account, newest first. */
export async function readNotificationsOf(
  db: Queryable,
  accountId: number,
  query: { limit: number; before?: number | undefined },
): Promise<MyNotification[]> {
  let rows = db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.account_id')
    .selectAll('notifications')
    .select(['accounts.name as person_name', 'accounts.phone as person_phone'])
    .where('notifications.account_id', '=', accountId)
    .orderBy('notifications.id', 'desc')
    .limit(query.limit);
  if (query.before !== undefined) rows = rows.where('notifications.id', '<', query.before);
  return (await rows.execute()).map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    ticketId: row.ticket_id,
    alertId: row.alert_id,
    account: { id: accountId, name: row.person_name, phone: row.person_phone },
    channel: row.channel,
    template: row.template,
    step: row.step,
    why: row.why,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    updatedAt: row.updated_at,
  }));
}

export async function isNotificationOf(db: Queryable, id: number, accountId: number): Promise<boolean> {
  const row = await db
    .selectFrom('notifications')
    .select('id')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Messages of open incidents for an open page of this account that none has got yet. */
export async function undeliveredLive(db: Queryable, accountId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('notifications')
    .innerJoin('incidents', 'incidents.id', 'notifications.incident_id')
    .select('notifications.id')
    .where('notifications.account_id', '=', accountId)
    .where('notifications.channel', '=', 'live')
    .where('notifications.state', '=', 'accepted')
    .where('incidents.status', 'not in', ['resolved', 'closed'])
    .execute();
  return rows.map((row) => row.id);
}
