import { sql } from 'kysely';
import type { Queryable } from '../../platform/database.ts';

/** An alert as it is explained. */
export interface AlertRow {
  id: number;
  rule: string;
  /** Of the rule that raised it. */
  version: string | null;
  deviceId: number | null;
  subjectId: number | null;
  severity: 'critical' | 'warning' | 'info';
  firedAt: number;
  /** When we knew: later than `firedAt` where the reading was under way. */
  knownAt: number;
  resolvedAt: number | null;
  withdrawnAt: number | null;
  /** The samples that decided, the oldest first. */
  inputs: { at: number; signal: string; value: unknown }[];
}

/** What the engine keeps of why: samples as time, value, and the signal where it is not that of the whole. */
interface KeptEvidence {
  receivedAt?: number;
  signal?: string;
  inputs?: [at: number, value: unknown, signal?: string][];
}

export type AlertOf = { id: number } | { incidentId: number } | { ticketId: number };

/** One alert, or those that became one incident or ticket, the newest first. */
export async function readAlerts(db: Queryable, of: AlertOf, limit = 1): Promise<AlertRow[]> {
  const isWanted =
    'id' in of
      ? sql`id = ${of.id}`
      : 'incidentId' in of
        ? sql`incident_id = ${of.incidentId}`
        : sql`ticket_id = ${of.ticketId}`;
  const { rows } = await sql<Omit<AlertRow, 'inputs' | 'knownAt'> & { evidence: KeptEvidence }>`
    select id, rule, rule_version as version, device_id as "deviceId", subject_id as "subjectId", severity,
      fired_at as "firedAt", resolved_at as "resolvedAt", withdrawn_at as "withdrawnAt",
      evidence
    from alerts where ${isWanted} order by fired_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ evidence: { receivedAt = 0, signal = '', inputs = [] }, ...row }) => ({
    ...row,
    knownAt: Math.max(row.firedAt, receivedAt),
    inputs: inputs.map(([at, value, of = signal]) => ({ at, value, signal: of })),
  }));
}
