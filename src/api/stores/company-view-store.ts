import { sql } from 'kysely';
import { at, type Queryable } from '../../platform/database.ts';

export interface CompanyRow {
  id: number;
  code: string;
  name: string;
  phone: string | null;
  /** Assets that name it themselves. */
  assets: number;
  openTickets: number;
  breachesLast30Days: number;
}

const MONTH_MS = 30 * 86_400_000;

/** Companies in the order of their ids: all, or these. */
export async function readCompanies(
  db: Queryable,
  ids: readonly number[] | 'all',
  now: number,
): Promise<CompanyRow[]> {
  const { rows } = await sql<CompanyRow>`
    select c.id, c.code, c.name, c.phone,
      (select count(*) from assets a where a.company_id = c.id) as assets,
      (select count(*) from tickets t where t.company_id = c.id and t.status <> 'closed') as "openTickets",
      (select count(*) from ticket_breaches b where b.company_id = c.id and b.level = 'property'
        and b.at > ${at(now - MONTH_MS)}) as "breachesLast30Days"
    from companies c
    where ${ids === 'all' ? sql`true` : sql`c.id = any(${[...ids]}::bigint[])`}
    order by c.id`.execute(db);
  return rows;
}
