import { sql } from 'kysely';
import type { Role } from '../../model/incidents.ts';
import type { Queryable } from '../../platform/database.ts';
import { devicePlace } from './device-view-store.ts';

/** A device as the report on alarms groups and names it. */
export interface AlarmDevice {
  id: number;
  /** What people call it: of whom it is, or where it hangs. */
  name: string;
  /** Of the catalogue, else the language it speaks. */
  model: string;
  gridId: number | null;
}

export async function readAlarmDevices(db: Queryable): Promise<Map<number, AlarmDevice>> {
  const { rows } = await sql<AlarmDevice>`
    select d.id, coalesce(d.name, s.name, d.native_id) as name, coalesce(nullif(d.model, ''), d.protocol) as model,
      coalesce(s.home_grid_id, at.grid_id) as "gridId"
    from devices d left join subjects s on s.id = d.subject_id
    ${devicePlace}`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

export interface AlarmGrid {
  id: number;
  name: string;
  parentId: number | null;
}

export async function readAlarmGrids(db: Queryable): Promise<Map<number, AlarmGrid>> {
  const rows = await db.selectFrom('grids').select(['id', 'name', 'parent_id']).execute();
  return new Map(rows.map(({ id, name, parent_id }) => [id, { id, name, parentId: parent_id }]));
}

export interface AlarmPerson {
  id: number;
  name: string;
  roles: Role[];
}

export async function readAlarmPeople(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, AlarmPerson>> {
  const { rows } = await sql<AlarmPerson>`
    select id, name, roles from accounts where id = any(${[...ids]}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
