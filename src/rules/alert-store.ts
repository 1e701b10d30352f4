import { sql } from 'kysely';
import type { AlertEvidence, Severity } from '../model/alerts.ts';
import type { FaultClass } from '../model/tickets.ts';
import { at, type Trx } from '../platform/database.ts';
import { jsonText } from '../platform/json-text.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';

/** Rules on trial have a table of their own, so that nothing that counts alerts ever counts theirs. */
export type AlertTable = 'alerts' | 'shadow_alerts';

export interface NewAlert {
  rule: string;
  ruleVersion: string;
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
  /** When it was found out that it had never come true. */
  withdrawnAt?: number;
  evidence: AlertEvidence;
}

/**
 * Stores alerts and returns their ids in the same order. One that fires already (its state was lost) is taken over, so that no
 * device ever has two of one rule.
 */
export async function insertAlerts(
  trx: Trx,
  alerts: readonly NewAlert[],
  table: AlertTable = 'alerts',
): Promise<number[]> {
  if (alerts.length === 0) return [];
  const rows = await trx
    .insertInto(table)
    .values(
      alerts.map((alert) => ({
        rule: alert.rule,
        rule_version: alert.ruleVersion,
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
        withdrawn_at: alert.withdrawnAt === undefined ? null : at(alert.withdrawnAt),
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

/** What became of an alert; what is absent stays as it was. */
export interface AlertUpdate {
  ref: { id?: number };
  severity?: Severity;
  firedAt?: number;
  /** Null: it fires again. */
  resolvedAt?: number | null;
  withdrawnAt?: number;
  /** Added to what the alert rested on when it fired. */
  evidence: Readonly<Record<string, unknown>>;
}

/** What became of alerts that are stored. The last update of an alert must be the only one. */
export async function updateAlerts(
  trx: Trx,
  all: readonly AlertUpdate[],
  table: AlertTable = 'alerts',
): Promise<void> {
  const stored = all.filter(({ ref }) => ref.id !== undefined);
  // Of one rule and point only one fires: another must have ended before this one does again.
  await update(
    trx,
    stored.filter(({ resolvedAt }) => resolvedAt !== null),
    table,
  );
  await update(
    trx,
    stored.filter(({ resolvedAt }) => resolvedAt === null),
    table,
  );
}

async function update(trx: Trx, updates: readonly AlertUpdate[], table: AlertTable): Promise<void> {
  if (updates.length === 0) return;
  const time = (ms: number | null | undefined) => (typeof ms === 'number' ? at(ms) : null);
  await sql`
    update ${sql.table(table)} a set
      severity = coalesce(t.severity, a.severity), evidence = a.evidence || t.evidence,
      fired_at = coalesce(t.fired_at, a.fired_at), withdrawn_at = coalesce(t.withdrawn_at, a.withdrawn_at),
      resolved_at = case t.step when 'resolved' then t.resolved_at when 'firing' then null else a.resolved_at end,
      state = coalesce(t.step, a.state)
    from unnest(${updates.map(({ ref }) => ref.id)}::bigint[], ${updates.map((u) => u.severity ?? null)}::text[],
      ${updates.map((u) => time(u.firedAt))}::timestamptz[], ${updates.map((u) => time(u.resolvedAt))}::timestamptz[],
      ${updates.map((u) => time(u.withdrawnAt))}::timestamptz[],
      ${updates.map((u) => (u.resolvedAt === undefined ? null : u.resolvedAt === null ? 'firing' : 'resolved'))}::text[],
      ${updates.map((u) => jsonText(u.evidence))}::jsonb[])
      t (id, severity, fired_at, resolved_at, withdrawn_at, step, evidence)
    where a.id = t.id`.execute(trx);
}

/** Ends alerts that fire, without anybody being told. */
export async function endAlerts(
  trx: Trx,
  ids: readonly number[],
  { now, table }: { now: number; table: AlertTable },
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update ${sql.table(table)} set state = 'resolved', resolved_at = ${at(now)}
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
