import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';

/**
 * `read_location`, `read_vitals`, `read_uplinks`: somebody saw where a wearer is or how she is. The rest are changes and logins; a
 * reason stands in `detail.reason`.
 */
export type AuditAction =
  | 'read_location'
  | 'read_vitals'
  | 'read_uplinks'
  | 'login'
  | 'logout'
  | 'account_created'
  | 'account_changed'
  | 'subject_created'
  | 'subject_changed'
  | 'subjects_imported'
  | 'device_created'
  | 'device_changed'
  | 'downlink_sent'
  | 'shift_created'
  | 'shift_deleted'
  | 'member_added'
  | 'member_removed'
  | 'asset_created'
  | 'asset_changed'
  | 'asset_deleted'
  | 'assets_imported'
  | 'company_created'
  | 'company_changed'
  | 'company_member_changed'
  | 'company_member_removed'
  | 'grid_created'
  | 'grid_changed'
  | 'grid_deleted'
  | 'grids_imported'
  | 'desk_changed'
  | 'devices_imported'
  | 'devices_adopted'
  | 'claim_started'
  | 'claim_completed'
  | 'rule_saved'
  | 'rule_rolled_back'
  | 'rule_removed'
  | 'rule_shadow_started'
  | 'rule_shadow_stopped'
  | 'rule_adopted';

export interface AuditEntry {
  accountId: number;
  action: AuditAction;
  subjectId?: number | null;
  incidentId?: number | null;
  ticketId?: number | null;
  deviceId?: number | null;
  detail?: Readonly<Record<string, unknown>>;
}

export interface AuditRow {
  id: number;
  at: number;
  account: { id: number; name: string; phone: string | null } | null;
  action: string;
  subjectId: number | null;
  incidentId: number | null;
  ticketId: number | null;
  deviceId: number | null;
  detail: Record<string, unknown>;
}

/** Appends to the access log, before what was asked for is handed out. */
export async function recordAudit(db: Queryable, entries: readonly AuditEntry[], now: number): Promise<void> {
  if (entries.length === 0) return;
  await db
    .insertInto('audit')
    .values(
      entries.map((entry) => ({
        at: at(now),
        account_id: entry.accountId,
        action: entry.action,
        subject_id: entry.subjectId ?? null,
        incident_id: entry.incidentId ?? null,
        ticket_id: entry.ticketId ?? null,
        device_id: entry.deviceId ?? null,
        detail: JSON.stringify(entry.detail ?? {}),
      })),
    )
    .execute();
}

const LOOK_MS = 60_000;

/**
 * For lists that an open page fetches again and again: an entry stands for a minute of looking, so what the same account has seen of
 * the same wearer and incident within the last minute is not written again.
 */
export async function recordLooks(db: Queryable, entries: readonly AuditEntry[], now: number): Promise<void> {
  if (entries.length === 0) return;
  const seen = await db
    .selectFrom('audit')
    .select(['account_id', 'action', 'subject_id', 'incident_id', 'device_id'])
    .distinct()
    .where('at', '>', at(now - LOOK_MS))
    .where('account_id', 'in', [...new Set(entries.map((entry) => entry.accountId))])
    .execute();
  const known = new Set(
    seen.map((r) => lookKey([r.account_id, r.action, r.subject_id, r.incident_id, r.device_id])),
  );
  const fresh = new Map<string, AuditEntry>();
  for (const entry of entries) {
    const { accountId, action, subjectId, incidentId, deviceId } = entry;
    const key = lookKey([accountId, action, subjectId, incidentId, deviceId]);
    if (!known.has(key)) fresh.set(key, entry);
  }
  await recordAudit(db, [...fresh.values()], now);
}

const lookKey = (parts: readonly unknown[]): string => parts.map((part) => part ?? '').join(' ');

/** Newest first. `subjectIds` limits it to what concerns these wearers. */
export async function listAudit(
  db: Queryable,
  query: { subjectIds?: readonly number[]; subject?: number; before?: number; limit: number },
): Promise<AuditRow[]> {
  let rows = db
    .selectFrom('audit')
    .leftJoin('accounts', 'accounts.id', 'audit.account_id')
    .select([
      'audit.id',
      'audit.at',
      'audit.account_id',
      'accounts.name',
      'accounts.phone',
      'audit.action',
      'audit.subject_id',
      'audit.incident_id',
      'audit.ticket_id',
      'audit.device_id',
      'audit.detail',
    ])
    .orderBy('audit.id', 'desc')
    .limit(query.limit);
  if (query.subjectIds)
    rows = rows.where('audit.subject_id', '=', sql<number>`any(${[...query.subjectIds]}::bigint[])`);
  if (query.subject !== undefined) rows = rows.where('audit.subject_id', '=', query.subject);
  if (query.before !== undefined) rows = rows.where('audit.id', '<', query.before);
  return (await rows.execute()).map((row) => ({
    id: row.id,
    at: row.at,
    account: row.account_id === null ? null : { id: row.account_id, name: row.name ?? '', phone: row.phone },
    action: row.action,
    subjectId: row.subject_id,
    incidentId: row.incident_id,
    ticketId: row.ticket_id,
    deviceId: row.device_id,
    detail: row.detail,
  }));
}
