import { sql } from 'kysely';
import { wearerOf } from '../../devices/device-store.ts';
import { assetPlace } from '../../people/asset-place-store.ts';
import type { Queryable } from '../../platform/database.ts';
import type { LabDevice } from './lab-device.ts';

/**
 * Which devices: of these wearers, these devices, or, where both are absent, all. Those that watch the same wearer or asset come along: a
 * rule may join them.
 */
export interface LabSelection {
  subjectIds?: readonly number[];
  deviceIds?: readonly number[];
}

interface LabDeviceRow {
  id: number;
  protocol: string;
  native_id: string;
  model: string | null;
  subject_id: number | null;
  asset_id: number | null;
  gateway_id: number | null;
  topic_prefix: string | null;
  assigned_at: number | null;
  traits: string[] | null;
  watch_home: boolean | null;
  home_latitude: number | null;
  home_longitude: number | null;
  home_radius_m: number | null;
  grid_id: number | null;
}

/**
 * Devices as they are today, those that are no longer in use too, by id. `alone`: protocols whose devices have topics of their own and
 * nothing behind them.
 */
export async function readLabDevices(
  db: Queryable,
  { subjectIds, deviceIds }: LabSelection,
  facts: {
    alone: readonly string[];
    expectedEveryMs(device: { protocol: string; model?: string | undefined }): number;
  },
): Promise<LabDevice[]> {
  const isChosen = [
    ...(subjectIds ? [sql`c.subject_id = any(${[...subjectIds]}::bigint[])`] : []),
    ...(deviceIds ? [sql`c.id = any(${[...deviceIds]}::bigint[])`] : []),
  ];
  const { rows } = await sql<LabDeviceRow>`
    select d.id, d.protocol, d.native_id, d.model, d.subject_id, d.asset_id, d.gateway_id, d.topic_prefix, d.assigned_at,
      s.traits, s.watch_home, s.home_latitude, s.home_longitude, s.home_radius_m,
      coalesce(s.home_grid_id, place.grid_id, d.grid_id) as grid_id
    from devices d left join subjects s on s.id = d.subject_id
    left join lateral ${assetPlace(sql`d.asset_id`)} place on true
    where ${
      isChosen.length > 0
        ? sql`exists (select from devices c where (${sql.join(isChosen, sql` or `)})
      and (c.id = d.id or c.subject_id = d.subject_id or c.asset_id = d.asset_id))`
        : sql`true`
    }
    order by d.id`.execute(db);
  return rows.map((row) => labDevice(row, facts));
}

function labDevice(row: LabDeviceRow, facts: Parameters<typeof readLabDevices>[2]): LabDevice {
  const { traits, home } = wearerOf(row);
  const model = row.model ?? undefined;
  const isGateway = row.topic_prefix !== null && !facts.alone.includes(row.protocol);
  return {
    id: row.id,
    reading: {
      deviceId: row.id,
      protocol: row.protocol,
      nativeId: row.native_id,
      origin: 'live',
      ...(row.subject_id === null ? {} : { subjectId: row.subject_id }),
      ...(row.asset_id === null ? {} : { assetId: row.asset_id }),
      ...(row.gateway_id === null ? {} : { gatewayId: row.gateway_id }),
      ...(isGateway ? { isGateway } : {}),
      ...(traits ? { traits } : {}),
      ...(model === undefined ? {} : { model }),
    },
    ...(home ? { home } : {}),
    ...(row.assigned_at === null || row.subject_id === null ? {} : { assignedAt: row.assigned_at }),
    ...(row.grid_id === null ? {} : { gridId: row.grid_id }),
    expectedEveryMs: facts.expectedEveryMs({ protocol: row.protocol, model }),
  };
}

/** The native ids under which devices are asked for. */
export async function findDeviceIds(
  db: Queryable,
  nativeIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: number; alias: string }>`
    select d.id, a.alias from devices d join device_aliases a on a.device_id = d.id
    where a.alias = any(${[...nativeIds]}::text[]) order by d.id`.execute(db);
  return new Map(rows.map(({ id, alias }) => [alias, id]));
}

export interface FoundAlert {
  rule: string;
  version: string | null;
  deviceId: number | null;
  firedAt: number;
  evidence: { receivedAt?: number };
}

/** Undefined where there is none of this id. */
export async function findAlert(db: Queryable, id: number): Promise<FoundAlert | undefined> {
  const { rows } = await sql<FoundAlert>`
    select rule, rule_version as version, device_id as "deviceId", fired_at as "firedAt", evidence
    from alerts where id = ${id}`.execute(db);
  return rows[0];
}
