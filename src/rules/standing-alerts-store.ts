import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';

export interface StandingAlertRow {
  rule: string;
  deviceId: number | undefined;
  subjectId: number | undefined;
  assetId: number | undefined;
  channel: string;
}

/** Alerts of these rules that fire for any of these devices, wearers or assets. */
export async function readStanding(
  db: Queryable,
  rules: readonly string[],
  of: { devices: readonly number[]; subjects: readonly number[]; assets: readonly number[] },
): Promise<StandingAlertRow[]> {
  const { rows } = await sql<{
    rule: string;
    device_id: number | null;
    subject_id: number | null;
    asset_id: number | null;
    channel: string;
  }>`
    select rule, device_id, subject_id, asset_id, channel from alerts
    where state = 'firing' and rule = any(${[...rules]}::text[])
      and (device_id = any(${[...of.devices]}::bigint[]) or subject_id = any(${[...of.subjects]}::bigint[])
        or asset_id = any(${[...of.assets]}::bigint[]))`.execute(db);
  return rows.map((row) => ({
    rule: row.rule,
    deviceId: row.device_id ?? undefined,
    subjectId: row.subject_id ?? undefined,
    assetId: row.asset_id ?? undefined,
    channel: row.channel,
  }));
}
