import { sql } from 'kysely';
import type { Queryable } from '../platform/database.ts';
import type { LocalMoment } from './roster.ts';

/** A person who can be told something, and what is needed to reach them. */
export interface Contact {
  id: number;
  name: string;
  phone: string | null;
  email: string | null;
  locale: string;
  webhookUrl: string | null;
}

/** Why somebody comes into question. */
export type Tie =
  | { tie: 'worker' | 'deputy' | 'desk'; gridId: number }
  | { tie: 'family'; subjectId: number }
  | { tie: 'manager'; companyId: number }
  | { tie: 'dispatcher' };
export type Candidate = Tie & { contact: Contact };

export interface CandidateQuery {
  moment: LocalMoment;
  /** Grids whose workers and deputies on duty are wanted. */
  onDutyIn: readonly number[];
  desksOf: readonly number[];
  familyOf: readonly number[];
  /** Companies whose managers on duty are wanted, or all of them where none is on duty. */
  managersOf: readonly number[];
  /** Also everybody who dispatches anywhere: desk members of all, the roles dispatcher and admin. */
  dispatchers: boolean;
}

interface CandidateRow extends Contact {
  tie: Candidate['tie'];
  key: number;
}

const contact = sql`a.id, a.name, a.phone, a.email, a.locale, a.webhook_url as "webhookUrl"`;

/** Active accounts alone, in one statement; in each tie the longest known first. */
export async function readCandidates(db: Queryable, query: CandidateQuery): Promise<Candidate[]> {
  const { moment } = query;
  const { rows } = await sql<CandidateRow>`
    select s.duty as tie, s.grid_id as key, ${contact} from shifts s join accounts a on a.id = s.account_id and a.active
    where s.grid_id = any(${[...query.onDutyIn]}::bigint[]) and s.weekday = ${moment.weekday}::int
      and s.from_minute <= ${moment.minute}::int and s.to_minute > ${moment.minute}::int
    union
    select 'desk', m.grid_id, ${contact} from desk_members m join accounts a on a.id = m.account_id and a.active
    where m.grid_id = any(${[...query.desksOf]}::bigint[])
    union
    select 'family', m.subject_id, ${contact} from subject_members m join accounts a on a.id = m.account_id and a.active
    where m.subject_id = any(${[...query.familyOf]}::bigint[])
    union
    select 'manager', m.company_id, ${contact} from company_members m join accounts a on a.id = m.account_id and a.active
    where m.company_id = any(${[...query.managersOf]}::bigint[]) and m.duty = 'manager'
      and (m.account_id in (${onDutyAtCompany(moment)}) or not exists (
        select from company_members o join accounts oa on oa.id = o.account_id and oa.active
        where o.company_id = m.company_id and o.duty = 'manager' and o.account_id in (${onDutyAtCompany(moment)})))
    union
    select 'dispatcher', 0, ${contact} from accounts a
    where ${query.dispatchers}::boolean and a.active
      and (a.roles && '{dispatcher,admin}' or exists (select from desk_members m where m.account_id = a.id))
    order by key, id`.execute(db);
  return rows.map(toCandidate);
}

/** Of the company of the row `m` around it. */
const onDutyAtCompany = (moment: LocalMoment) => sql`
  select s.account_id from company_shifts s where s.company_id = m.company_id and s.weekday = ${moment.weekday}::int
    and s.from_minute <= ${moment.minute}::int and s.to_minute > ${moment.minute}::int`;

function toCandidate({ tie, key, ...person }: CandidateRow): Candidate {
  if (tie === 'family') return { tie, subjectId: key, contact: person };
  if (tie === 'manager') return { tie, companyId: key, contact: person };
  if (tie === 'dispatcher') return { tie, contact: person };
  return { tie, gridId: key, contact: person };
}

/** Active accounts by id; those that are gone are missing. */
export async function readContacts(db: Queryable, ids: readonly number[]): Promise<Contact[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Contact>`
    select ${contact} from accounts a where a.active and a.id = any(${[...ids]}::bigint[]) order by a.id`.execute(
    db,
  );
  return rows;
}
