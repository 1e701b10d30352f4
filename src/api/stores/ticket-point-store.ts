import { sql } from 'kysely';
import { isSignal, type Signal } from '../../model/signals.ts';
import type { Queryable } from '../../platform/database.ts';

/** Something that a device has measured. */
export interface TicketPoint {
  deviceId: number;
  deviceName: string;
  signal: Signal;
  channel: string;
  /** Since when what it measures belongs here, milliseconds. */
  since: number;
}

/** What the device of a fault, the devices of its asset and those of the pipe or panel on which it hangs have ever measured. */
export async function readTicketPoints(
  db: Queryable,
  { assetId, deviceId }: { assetId: number | null; deviceId: number | null },
): Promise<TicketPoint[]> {
  const { rows } = await sql<Omit<TicketPoint, 'signal'> & { signal: string }>`
    select d.id as "deviceId", coalesce(d.name, d.native_id) as "deviceName", l.signal, l.channel,
      coalesce(extract(epoch from d.assigned_at) * 1000, 0)::float8 as since
    from devices d join latest_readings l on l.device_id = d.id
    where d.subject_id is null and (d.id = ${deviceId} or d.asset_id = ${assetId}
      or d.asset_id = (select p.id from assets a join assets p on p.id = a.parent_id and p.kind in ('pipe', 'panel')
        where a.id = ${assetId}))
    order by d.id = ${deviceId} desc nulls last, d.asset_id = ${assetId} desc nulls last, d.id, l.signal, l.channel`.execute(
    db,
  );
  return rows.flatMap((row) => (isSignal(row.signal) ? [{ ...row, signal: row.signal }] : []));
}
