import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { LocalMoment, Shift } from './roster.ts';

export type Duty = 'worker' | 'deputy';

export interface ShiftRow extends Shift {
  id: number;
  gridId: number;
  accountId: number;
  accountName: string;
  accountPhone: string | null;
  duty: Duty;
}

const columns = sql`s.id, s.grid_id as "gridId", s.account_id as "accountId", a.name as "accountName",
  a.phone as "accountPhone", s.duty, s.weekday, s.from_minute as "fromMinute", s.to_minute as "toMinute"`;

/** Shifts in the order of the week; of the given grids, or all. */
export async function readShifts(db: Queryable, gridIds?: readonly number[]): Promise<ShiftRow[]> {
  const { rows } = await sql<ShiftRow>`
    select ${columns} from shifts s join accounts a on a.id = s.account_id
    where ${gridIds === undefined ? sql`true` : sql`s.grid_id = any(${[...gridIds]}::bigint[])`}
    order by s.grid_id, s.weekday, s.from_minute, s.id`.execute(db);
  return rows;
}

/** Shifts of active people that hold at the moment, in all grids. */
export async function readOnDuty(db: Queryable, moment: LocalMoment): Promise<ShiftRow[]> {
  const { rows } = await sql<ShiftRow>`
    select ${columns} from shifts s join accounts a on a.id = s.account_id and a.active
    where s.weekday = ${moment.weekday} and s.from_minute <= ${moment.minute} and ${moment.minute} < s.to_minute
    order by s.grid_id, s.id`.execute(db);
  return rows;
}

export async function insertShift(
  db: Queryable,
  shift: Shift & { gridId: number; accountId: number; duty: Duty },
): Promise<number> {
  const row = await db
    .insertInto('shifts')
    .values({
      grid_id: shift.gridId,
      account_id: shift.accountId,
      duty: shift.duty,
      weekday: shift.weekday,
      from_minute: shift.fromMinute,
      to_minute: shift.toMinute,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Whether there was one. */
export async function deleteShift(db: Queryable, id: number): Promise<boolean> {
  const result = await db.deleteFrom('shifts').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows > 0n;
}
