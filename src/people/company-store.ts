import { sql } from 'kysely';
import type { CompanyDuty } from '../model/assets.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Shift } from './roster.ts';

/** A property company and its people. */

export interface NewCompany {
  /** Unique, as the authority numbers it: imports find it by this. */
  code: string;
  name: string;
  phone?: string | null | undefined;
}

export interface MemberRow {
  companyId: number;
  accountId: number;
  name: string;
  phone: string | null;
  duty: CompanyDuty;
}

export interface CompanyShiftRow extends Shift {
  id: number;
  companyId: number;
  accountId: number;
  name: string;
  phone: string | null;
}

/** Throws COMPANY_CODE_TAKEN (409). */
export async function insertCompany(db: Queryable, company: NewCompany): Promise<number> {
  const row = await db
    .insertInto('companies')
    .values({ code: company.code, name: company.name, phone: company.phone ?? null })
    .onConflict((c) => c.column('code').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) throw codeTaken(company.code);
  return row.id;
}

/** Changes what is given; whether there is such a company. Throws COMPANY_CODE_TAKEN (409). */
export async function updateCompany(
  db: Queryable,
  id: number,
  change: { [F in keyof NewCompany]?: NewCompany[F] | undefined },
): Promise<boolean> {
  if (change.code !== undefined) {
    const other = await db
      .selectFrom('companies')
      .select('id')
      .where('code', '=', change.code)
      .where('id', '<>', id)
      .executeTakeFirst();
    if (other) throw codeTaken(change.code);
  }
  const result = await db
    .updateTable('companies')
    .set((e) => ({
      code: change.code ?? e.ref('code'),
      name: change.name ?? e.ref('name'),
      phone: change.phone === undefined ? e.ref('phone') : change.phone,
    }))
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return result !== undefined;
}

export async function hasCompany(db: Queryable, id: number): Promise<boolean> {
  const row = await db.selectFrom('companies').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** Active accounts that work for these companies, managers first. */
export async function readMembers(db: Queryable, companyIds: readonly number[]): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select m.company_id as "companyId", m.account_id as "accountId", a.name, a.phone, m.duty
    from company_members m join accounts a on a.id = m.account_id and a.active
    where m.company_id = any(${[...companyIds]}::bigint[])
    order by m.company_id, m.duty, a.id`.execute(db);
  return rows;
}

/** Shifts of active people in the order of the week. */
export async function readCompanyShifts(
  db: Queryable,
  companyIds: readonly number[],
): Promise<CompanyShiftRow[]> {
  const { rows } = await sql<CompanyShiftRow>`
    select s.id, s.company_id as "companyId", s.account_id as "accountId", a.name, a.phone, s.weekday,
      s.from_minute as "fromMinute", s.to_minute as "toMinute"
    from company_shifts s join accounts a on a.id = s.account_id and a.active
    where s.company_id = any(${[...companyIds]}::bigint[])
    order by s.company_id, s.weekday, s.from_minute, s.id`.execute(db);
  return rows;
}

/** Makes an account work for a company, or gives it another duty there. */
export async function putMember(
  db: Queryable,
  member: { companyId: number; accountId: number; duty: CompanyDuty },
): Promise<void> {
  await db
    .insertInto('company_members')
    .values({ company_id: member.companyId, account_id: member.accountId, duty: member.duty })
    .onConflict((c) => c.columns(['company_id', 'account_id']).doUpdateSet({ duty: member.duty }))
    .execute();
}

/** With the shifts of that account; whether it worked there. */
export async function removeMember(db: Queryable, companyId: number, accountId: number): Promise<boolean> {
  await db
    .deleteFrom('company_shifts')
    .where('company_id', '=', companyId)
    .where('account_id', '=', accountId)
    .execute();
  const result = await db
    .deleteFrom('company_members')
    .where('company_id', '=', companyId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function insertCompanyShift(
  db: Queryable,
  shift: Shift & { companyId: number; accountId: number },
): Promise<number> {
  const row = await db
    .insertInto('company_shifts')
    .values({
      company_id: shift.companyId,
      account_id: shift.accountId,
      weekday: shift.weekday,
      from_minute: shift.fromMinute,
      to_minute: shift.toMinute,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Whether there was one. */
export async function deleteCompanyShift(db: Queryable, companyId: number, id: number): Promise<boolean> {
  const result = await db
    .deleteFrom('company_shifts')
    .where('id', '=', id)
    .where('company_id', '=', companyId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** The companies that an account works for. */
export async function readCompaniesOf(
  db: Queryable,
  accountId: number,
): Promise<{ id: number; name: string; duty: CompanyDuty }[]> {
  return db
    .selectFrom('company_members')
    .innerJoin('companies', 'companies.id', 'company_members.company_id')
    .select(['companies.id', 'companies.name', 'company_members.duty'])
    .where('company_members.account_id', '=', accountId)
    .orderBy('companies.id')
    .execute();
}

function codeTaken(code: string): AppError {
  return new AppError('COMPANY_CODE_TAKEN', `a company ${code} exists already`, {
    status: 409,
    details: { code },
  });
}
