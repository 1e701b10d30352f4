import { sql } from 'kysely';
import { at, type Trx } from '../platform/database.ts';

/** A wider outage explains a narrower one when so many of the devices that are still silent there are its own too. */
const EXPLAINED = 0.8;

/**
 * Outages that the one which has just begun explains become part of it: their devices and what was held of them join it, and with it they end.
 * Returns their incidents, which somebody may have resolved.
 */
export async function foldNarrower(
  trx: Trx,
  wide: { id: number; incidentId: number },
  now: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number; incident_id: number }>`
    update outages o set ended_at = ${at(now)}, into_id = ${wide.id}
    where o.ended_at is null and o.id <> ${wide.id} and (
      select count(*) > 0 and count(w.device_id) >= ${EXPLAINED}::float8 * count(*)
        and count(*) < (select count(*) from outage_devices where outage_id = ${wide.id} and back_at is null)
      from outage_devices m left join outage_devices w on w.outage_id = ${wide.id} and w.device_id = m.device_id
      where m.outage_id = o.id and m.back_at is null
    )
    returning o.id, o.incident_id`.execute(trx);
  if (rows.length > 0) await join(trx, wide, rows);
  return rows.map((row) => row.incident_id);
}

async function join(
  trx: Trx,
  wide: { id: number; incidentId: number },
  narrow: readonly { id: number; incident_id: number }[],
): Promise<void> {
  const ids = narrow.map(({ id }) => id);
  await sql`
    insert into outage_devices as known (outage_id, device_id, silent_since, held)
    select distinct on (m.device_id) ${wide.id}::bigint, m.device_id, m.silent_since, m.held from outage_devices m
    where m.outage_id = any(${ids}::bigint[]) and m.back_at is null order by m.device_id, m.outage_id
    on conflict (outage_id, device_id) do update
      set held = known.held || excluded.held, back_at = null, silent_since = greatest(known.silent_since, excluded.silent_since)`.execute(
    trx,
  );
  await sql`update outages set into_id = ${wide.id} where into_id = any(${ids}::bigint[])`.execute(trx);
  await sql`update outage_devices set held = '[]' where outage_id = any(${ids}::bigint[])`.execute(trx);
  await sql`
    update alerts set incident_id = ${wide.incidentId}
    where incident_id = any(${narrow.map((one) => one.incident_id)}::bigint[]) and state = 'firing'
      and evidence ->> 'signal' = 'online'`.execute(trx);
}
