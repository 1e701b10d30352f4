import { readCompaniesOf, readCompanyShifts } from '../../people/company-store.ts';
import { isOnDuty, type LocalMoment } from '../../people/roster.ts';
import type { Queryable } from '../../platform/database.ts';
import type { Me } from '../schemas.ts';

/** The grids in which an account works or sits at the desk, and whether its hours there are now. A desk is on duty always. */
export async function readDutiesOf(
  db: Queryable,
  accountId: number,
  moment: LocalMoment,
): Promise<Me['grids']> {
  const shifts = await db
    .selectFrom('shifts')
    .innerJoin('grids', 'grids.id', 'shifts.grid_id')
    .select(['grids.id', 'grids.name', 'shifts.duty', 'weekday', 'from_minute', 'to_minute'])
    .where('shifts.account_id', '=', accountId)
    .orderBy('grids.id')
    .orderBy('shifts.duty', 'desc')
    .execute();
  const desks = await db
    .selectFrom('desk_members')
    .innerJoin('grids', 'grids.id', 'desk_members.grid_id')
    .select(['grids.id', 'grids.name'])
    .where('desk_members.account_id', '=', accountId)
    .orderBy('grids.id')
    .execute();
  const duties = new Map<string, Me['grids'][number]>();
  for (const { id, name, duty, ...hours } of shifts) {
    const shift = { weekday: hours.weekday, fromMinute: hours.from_minute, toMinute: hours.to_minute };
    const key = `${id} ${duty}`;
    const onDuty = isOnDuty(shift, moment) || (duties.get(key)?.onDuty ?? false);
    duties.set(key, { id, name, duty, onDuty });
  }
  return [...duties.values(), ...desks.map((desk) => ({ ...desk, duty: 'desk' as const, onDuty: true }))];
}

/** The companies that an account works for, and whether its hours there are now. */
export async function readWorkOf(
  db: Queryable,
  accountId: number,
  moment: LocalMoment,
): Promise<Me['companies']> {
  const companies = await readCompaniesOf(db, accountId);
  const shifts = await readCompanyShifts(
    db,
    companies.map(({ id }) => id),
  );
  return companies.map((company) => ({
    ...company,
    onDuty: shifts.some(
      (shift) => shift.companyId === company.id && shift.accountId === accountId && isOnDuty(shift, moment),
    ),
  }));
}

/** The home grids of these wearers. */
export async function gridsOfSubjects(db: Queryable, subjectIds: readonly number[]): Promise<Set<number>> {
  if (subjectIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('subjects')
    .select('home_grid_id')
    .where('id', 'in', [...subjectIds])
    .execute();
  return new Set(rows.flatMap((row) => row.home_grid_id ?? []));
}
