import { sql } from 'kysely';
import type { OutageScope } from '../../model/outages.ts';
import type { Queryable } from '../../platform/database.ts';
import type { DeviceFacts } from '../authorisation.ts';
import type { OutageView } from '../outage-schemas.ts';
import { devicePlace } from './device-view-store.ts';

export interface OutageRow {
  id: number;
  scope: OutageScope;
  beganAt: number;
  endedAt: number | null;
  into: number | null;
}

/** The latest outage of an incident: it may have begun again. */
export async function readOutage(db: Queryable, incidentId: number): Promise<OutageRow | undefined> {
  const { rows } = await sql<OutageRow>`
    select o.id, o.scope, o.began_at as "beganAt", o.ended_at as "endedAt", wide.incident_id as "into"
    from outages o left join outages wide on wide.id = o.into_id
    where o.incident_id = ${incidentId} order by o.id desc limit 1`.execute(db);
  return rows[0];
}

export type OutageDeviceRow = OutageView['devices'][number] & { whose: DeviceFacts };

export async function readOutageDevices(db: Queryable, outageId: number): Promise<OutageDeviceRow[]> {
  const { rows } = await sql<OutageDeviceRow>`
    select d.id, d.protocol, d.native_id as "nativeId", d.name, d.model,
      case when s.id is not null then jsonb_build_object('id', s.id, 'name', s.name) end as subject,
      coalesce(place.path || place.name, '{}') as path,
      coalesce(gw.name, gw.native_id) as gateway, m.silent_since as "silentSince", m.back_at as "backAt",
      jsonb_build_object('subjectId', d.subject_id, 'gridId', coalesce(s.home_grid_id, at.grid_id), 'companyId', at.company_id) as whose
    from outage_devices m join devices d on d.id = m.device_id
    left join subjects s on s.id = d.subject_id
    ${devicePlace}
    where m.outage_id = ${outageId}
    order by m.back_at desc nulls first, m.silent_since, d.id`.execute(db);
  return rows;
}
