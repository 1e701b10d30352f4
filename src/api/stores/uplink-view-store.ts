import { sql } from 'kysely';
import { at, type Queryable } from '../../platform/database.ts';
import { devicePlace } from './device-view-store.ts';

export interface UplinkRow {
  id: number;
  received_at: number;
  device_id: number | null;
  protocol: string;
  transport: string;
  native_id: string | null;
  source: string;
  topic: string | null;
  command: string;
  outcome: string;
  reason: string | null;
  reading_count: number;
  bytes: Buffer;
  /** Of whom it speaks, and the grid that decides who may see it. */
  subject_id: number | null;
  grid_id: number | null;
  company_id: number | null;
}

export interface UplinkQuery {
  device?: string | undefined;
  outcome?: string | undefined;
  before?: number | undefined;
  limit: number;
}

const MINUTE_MS = 60_000;
/** The log is large and ordered by the time it came: look close first, and further back only where that is too little. */
const WINDOWS_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS, 31 * 24 * 60 * MINUTE_MS];

/** The newest uplinks first; `device` is any spelling of a device and finds what it said under all of them. */
export async function readUplinks(db: Queryable, query: UplinkQuery, now: number): Promise<UplinkRow[]> {
  const spellings = query.device === undefined ? undefined : await spellingsOf(db, query.device);
  for (const window of WINDOWS_MS) {
    const rows = await readSince(db, { ...query, spellings }, now - window);
    if (rows.length >= query.limit || window === WINDOWS_MS.at(-1)) return rows;
  }
  return [];
}

async function spellingsOf(db: Queryable, spelling: string): Promise<string[]> {
  const rows = await db
    .selectFrom('device_aliases as given')
    .innerJoin('device_aliases as other', 'other.device_id', 'given.device_id')
    .select('other.alias')
    .where('given.alias', '=', spelling)
    .execute();
  return [spelling, ...rows.map((row) => row.alias)];
}

async function readSince(
  db: Queryable,
  query: UplinkQuery & { spellings: readonly string[] | undefined },
  since: number,
): Promise<UplinkRow[]> {
  const conditions = [sql`u.received_at >= ${at(since)}`];
  if (query.spellings) conditions.push(sql`u.native_id = any(${[...query.spellings]}::text[])`);
  if (query.outcome !== undefined) conditions.push(sql`u.outcome = ${query.outcome}`);
  if (query.before !== undefined) conditions.push(sql`u.id < ${query.before}`);
  const { rows } = await sql<UplinkRow>`
    select u.*, d.subject_id, coalesce(s.home_grid_id, at.grid_id) as grid_id, at.company_id
    from uplinks u
    left join devices d on d.id = u.device_id
    left join subjects s on s.id = d.subject_id
    ${devicePlace}
    where ${sql.join(conditions, sql` and `)}
    order by u.received_at desc, u.id desc limit ${query.limit}`.execute(db);
  return rows;
}
