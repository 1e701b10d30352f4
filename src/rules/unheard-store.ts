import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';

/** A device that was registered and has not said a word since. */
export interface UnheardDevice {
  id: number;
  protocol: string;
  nativeId: string;
  subjectId: undefined;
  gatewayId: number | undefined;
  assetId: number | undefined;
  /** Root of its asset's tree, or of its gateway's asset's. */
  siteId: number | undefined;
  model: string | undefined;
  createdAt: number;
}

interface UnheardRow {
  id: number;
  protocol: string;
  native_id: string;
  gateway_id: number | null;
  asset_id: number | null;
  site_id: number | null;
  model: string | null;
  created_at: number;
}

const MOST_AT_ONCE = 1000;

/**
 * Sensors that are in their place and were never heard, as far as none of these rules keeps a state of them. In its place is what is bound to
 * an asset, and what its gateway lists; nothing behind a gateway that was never heard itself: that is not installed yet.
 */
export async function readUnheard(
  db: Queryable,
  { rules, before, alone }: { rules: readonly string[]; before: number; alone: readonly string[] },
): Promise<UnheardDevice[]> {
  const { rows } = await sql<UnheardRow>`
    select d.id, d.protocol, d.native_id, d.gateway_id, d.asset_id, a.site_id, d.model, d.created_at
    from devices d
    left join devices g on g.id = d.gateway_id
    left join assets a on a.id = coalesce(d.asset_id, g.asset_id)
    where d.active and d.last_seen_at is null and d.subject_id is null and (d.topic_prefix is null or d.protocol = any(${[...alone]}::text[])) and d.created_at <= ${at(before)}
      and case when d.gateway_id is null then d.asset_id is not null else g.active and g.last_seen_at is not null end
      and not exists (select from rule_states s where s.scope = d.id::text and s.rule = any(${[...rules]}::text[]))
    order by d.id limit ${MOST_AT_ONCE}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    protocol: row.protocol,
    nativeId: row.native_id,
    subjectId: undefined,
    gatewayId: row.gateway_id ?? undefined,
    assetId: row.asset_id ?? undefined,
    siteId: row.site_id ?? undefined,
    model: row.model ?? undefined,
    createdAt: row.created_at,
  }));
}
