import { sql } from 'kysely';
import { at, type Queryable } from '../platform/database.ts';

export interface DeviceFacts {
  id: number;
  protocol: string;
  nativeId: string;
  subjectId: number | undefined;
  assetId: number | undefined;
  gatewayId: number | undefined;
  isGateway: boolean;
  active: boolean;
  heardAt: number | undefined;
  model: string | undefined;
  /** What is known of the wearer. */
  traits: string[] | undefined;
}

interface FactsRow {
  id: number;
  protocol: string;
  native_id: string;
  subject_id: number | null;
  asset_id: number | null;
  gateway_id: number | null;
  topic_prefix: string | null;
  active: boolean;
  heard_at: number | null;
  model: string | null;
  traits: string[] | null;
}

/**
 * The devices, each with when it was last heard of by any uplink since `since`: one that only sends keep-alives, which carry
 * no reading, is not silent. The asset of a gateway is that of the devices behind it which have none of their own.
 */
export async function factsOfDevices(
  db: Queryable,
  ids: readonly number[],
  { since, alone = [] }: { since: number; alone?: readonly string[] | undefined },
): Promise<Map<number, DeviceFacts>> {
  const { rows } = await sql<FactsRow>`
    select d.id, d.protocol, d.native_id, d.subject_id, d.asset_id, d.gateway_id, d.topic_prefix, d.active, d.model, s.traits,
      greatest(d.last_seen_at, (
        select max(u.received_at) from device_aliases a
        join uplinks u on u.native_id = a.alias and u.protocol = a.protocol
        where a.device_id = d.id and u.received_at > ${at(since)} and u.outcome not in ('shed', 'forbidden')
      )) as heard_at
    from devices d left join subjects s on s.id = d.subject_id where d.id = any(${[...ids]}::bigint[])`.execute(
    db,
  );
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        protocol: row.protocol,
        nativeId: row.native_id,
        subjectId: row.subject_id ?? undefined,
        assetId: row.asset_id ?? undefined,
        gatewayId: row.gateway_id ?? undefined,
        isGateway: row.topic_prefix !== null && !alone.includes(row.protocol),
        active: row.active,
        heardAt: row.heard_at ?? undefined,
        model: row.model ?? undefined,
        traits: row.traits?.length ? row.traits : undefined,
      },
    ]),
  );
}

/** A gateway as those behind it need to know it. */
export interface GatewayFacts {
  /** False: it or the broker says that it is gone. Null is unknown. */
  online: boolean | null;
  /** When it came back, or an alert that it was dead ended. */
  backAt: number | undefined;
}

/** `rules`: those that stand for a dead gateway. */
export async function factsOfGateways(
  db: Queryable,
  ids: readonly number[],
  rules: readonly string[],
): Promise<Map<number, GatewayFacts>> {
  const { rows } = await sql<{ id: number; online: boolean | null; back_at: number | null }>`
    select d.id, d.online, greatest(case when d.online then d.online_changed_at end, (
      select max(a.resolved_at) from alerts a where a.device_id = d.id and a.rule = any(${[...rules]}::text[])
    )) as back_at
    from devices d where d.id = any(${[...ids]}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, { online: row.online, backAt: row.back_at ?? undefined }]));
}

/** What stands behind a gateway. */
export type Child = Pick<
  DeviceFacts,
  'id' | 'protocol' | 'nativeId' | 'subjectId' | 'model' | 'traits' | 'heardAt'
>;

/** The active devices behind a gateway. */
export async function childrenOf(db: Queryable, gatewayId: number): Promise<Child[]> {
  const rows = await db
    .selectFrom('devices')
    .leftJoin('subjects', 'subjects.id', 'devices.subject_id')
    .select(['devices.id', 'protocol', 'native_id', 'subject_id', 'model', 'traits', 'last_seen_at'])
    .where('gateway_id', '=', gatewayId)
    .where('active', '=', true)
    .orderBy('devices.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    protocol: row.protocol,
    nativeId: row.native_id,
    subjectId: row.subject_id ?? undefined,
    model: row.model ?? undefined,
    traits: row.traits?.length ? row.traits : undefined,
    heardAt: row.last_seen_at ?? undefined,
  }));
}
