import { sql } from 'kysely';
import type { AlertEvidence, Severity } from '../model/alerts.ts';
import type { FaultClass } from '../model/tickets.ts';
import { at, type Trx } from '../platform/database.ts';
import { jsonText } from '../platform/json-text.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';

export interface NewAlert {
  rule: string;
  kind: string;
  severity: Severity;
  deviceId: number | undefined;
  subjectId: number | undefined;
  assetId: number | undefined;
  protocol: string;
  nativeId: string;
  channel: string | undefined;
  faultClass: FaultClass | undefined;
  firedAt: number;
  /** Of an event: at once. */
  resolvedAt: number | undefined;
  evidence: AlertEvidence;
}

/**
 * Stores alerts and returns their ids in the same order. One that fires already (its state was lost) is taken over, so that no
 * device ever has two of one rule.
 */
export async function insertAlerts(trx: Trx, alerts: readonly NewAlert[]): Promise<number[]> {
  if (alerts.length === 0) return [];
  const rows = await trx
    .insertInto('alerts')
    .values(
      alerts.map((alert) => ({
        rule: alert.rule,
        kind: alert.kind,
        severity: alert.severity,
        state: alert.resolvedAt === undefined ? ('firing' as const) : ('resolved' as const),
        device_id: alert.deviceId ?? null,
        subject_id: alert.subjectId ?? null,
        native_id: alert.nativeId,
        protocol: alert.protocol,
        channel: alert.channel ?? '',
        asset_id: alert.assetId ?? null,
        fault_class: alert.faultClass ?? null,
        fired_at: at(alert.firedAt),
        resolved_at: alert.resolvedAt === undefined ? null : at(alert.resolvedAt),
        evidence: jsonText(alert.evidence),
      })),
    )
    .onConflict((c) =>
      c
        .columns(['rule', 'protocol', 'native_id', 'channel'])
        .where('state', '=', 'firing')
        .doUpdateSet((e) => ({ severity: e.ref('excluded.severity'), evidence: e.ref('excluded.evidence') })),
    )
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

export interface AlertUpdate {
  id: number;
  severity: Severity;
  resolvedAt: number | undefined;
  /** Added to what the alert rested on when it fired. */
  evidence: Readonly<Record<string, unknown>>;
}

/** What became of alerts that fire: beyond the hard limit, or resolved. The last update of an id must be the only one. */
export async function updateAlerts(trx: Trx, updates: readonly AlertUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  await sql`
    update alerts a set
      severity = t.severity, evidence = a.evidence || t.evidence, resolved_at = t.resolved_at,
      state = case when t.resolved_at is null then 'firing' else 'resolved' end
    from unnest(${updates.map((u) => u.id)}::bigint[], ${updates.map((u) => u.severity)}::text[],
      ${updates.map((u) => (u.resolvedAt === undefined ? null : at(u.resolvedAt)))}::timestamptz[],
      ${updates.map((u) => jsonText(u.evidence))}::jsonb[]) t (id, severity, resolved_at, evidence)
    where a.id = t.id`.execute(trx);
}

/** Ends alerts that fire, without anybody being told. */
export async function endAlerts(trx: Trx, ids: readonly number[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update alerts set state = 'resolved', resolved_at = ${at(now)}
    where id = any(${[...ids]}::bigint[]) and state = 'firing'`.execute(trx);
}

/** Tells open pages, at the commit, in one statement. */
export async function announceAlerts(
  trx: Trx,
  alerts: readonly { id: number; status: 'firing' | 'resolved' }[],
): Promise<void> {
  if (alerts.length === 0) return;
  const payloads = alerts.map((alert) => JSON.stringify({ type: 'alert', ...alert }));
  await sql`select pg_notify(${LIVE_CHANNEL}, payload) from unnest(${payloads}::text[]) t (payload)`.execute(
    trx,
  );
}

/** Runs `run` so that its failure undoes only what it did itself. */
export async function isolated<T>(trx: Trx, run: () => Promise<T>): Promise<T> {
  await sql`savepoint isolated`.execute(trx);
  try {
    const result = await run();
    await sql`release savepoint isolated`.execute(trx);
    return result;
  } catch (error) {
    await sql`rollback to savepoint isolated`.execute(trx);
    throw error;
  }
}
