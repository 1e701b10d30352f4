import { sql } from 'kysely';
import type { NewSubject } from '../model/subjects.ts';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import type { Spelling } from './device-store.ts';

export type ClaimState = 'open' | 'proved' | 'used' | 'failed' | 'expired';

/** What the family member wants to register; `doneSubjectId` is whom it became. */
export interface ClaimDraft {
  /** As typed; `native_ids` holds the spelling that all spellings of the device share, of each language that it may speak. */
  typedId: string;
  relation: string;
  subject?: NewSubject | undefined;
  subjectId?: number | undefined;
  doneSubjectId?: number | undefined;
}

export interface Claim {
  id: number;
  accountId: number;
  /** Undefined where it may speak any. */
  protocol: string | undefined;
  nativeIds: string[];
  method: 'code' | 'press';
  codeHash: string | null;
  attempts: number;
  state: ClaimState;
  draft: ClaimDraft;
  expiresAt: number;
}

const columns = [
  'id',
  'account_id',
  'protocol',
  'native_ids',
  'method',
  'code_hash',
  'attempts',
  'state',
  'draft',
  'expires_at',
] as const;

interface Row {
  id: number;
  account_id: number;
  protocol: string | null;
  native_ids: string[];
  method: 'code' | 'press';
  code_hash: string | null;
  attempts: number;
  state: ClaimState;
  draft: Record<string, unknown>;
  expires_at: number;
}

const toClaim = (row: Row): Claim => ({
  id: row.id,
  accountId: row.account_id,
  protocol: row.protocol ?? undefined,
  nativeIds: row.native_ids,
  method: row.method,
  codeHash: row.code_hash,
  attempts: row.attempts,
  state: row.state,
  draft: row.draft as unknown as ClaimDraft,
  expiresAt: row.expires_at,
});

/** How many claims an account started since each of the two moments, counted one at a time for each account. */
export async function countClaims(
  trx: Trx,
  of: { accountId: number; nativeIds: readonly string[] },
  since: { hourAgo: number; dayAgo: number },
): Promise<{ hour: number; day: number; deviceHour: number }> {
  await sql`select from accounts where id = ${of.accountId} for no key update`.execute(trx);
  const { rows } = await sql<{ hour: number; day: number; deviceHour: number }>`
    select
      count(*) filter (where account_id = ${of.accountId} and created_at > ${at(since.hourAgo)}) as hour,
      count(*) filter (where account_id = ${of.accountId}) as day,
      count(*) filter (where native_ids && ${[...of.nativeIds]}::text[]
        and created_at > ${at(since.hourAgo)}) as "deviceHour"
    from claims where created_at > ${at(since.dayAgo)}`.execute(trx);
  return rows[0] ?? { hour: 0, day: 0, deviceHour: 0 };
}

export async function insertClaim(
  trx: Trx,
  claim: Omit<Claim, 'id' | 'attempts' | 'state'>,
  now: number,
): Promise<Claim> {
  const row = await trx
    .insertInto('claims')
    .values({
      account_id: claim.accountId,
      protocol: claim.protocol ?? null,
      native_ids: claim.nativeIds,
      method: claim.method,
      code_hash: claim.codeHash,
      state: 'open',
      draft: JSON.stringify(claim.draft),
      created_at: at(now),
      expires_at: at(claim.expiresAt),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  return toClaim(row);
}

export async function readClaim(db: Queryable, id: number, accountId: number): Promise<Claim | undefined> {
  const row = await db
    .selectFrom('claims')
    .select(columns)
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row && toClaim(row);
}

/** Takes one of the attempts of an open claim, before the code is looked at: guesses in parallel gain nothing. */
export async function spendAttempt(
  db: Queryable,
  claim: { id: number; accountId: number; mostAttempts: number },
  now: number,
): Promise<Claim | undefined> {
  const row = await db
    .updateTable('claims')
    .set((e) => ({ attempts: e('attempts', '+', 1) }))
    .where('id', '=', claim.id)
    .where('account_id', '=', claim.accountId)
    .where('method', '=', 'code')
    .where('state', '=', 'open')
    .where('attempts', '<', claim.mostAttempts)
    .where('expires_at', '>', at(now))
    .returning(columns)
    .executeTakeFirst();
  return row && toClaim(row);
}

/** Ends an open claim; false where somebody else did. */
export async function endClaim(
  db: Queryable,
  id: number,
  end: { state: 'used' | 'failed'; draft?: ClaimDraft },
): Promise<boolean> {
  const result = await db
    .updateTable('claims')
    .set({ state: end.state, ...(end.draft ? { draft: JSON.stringify(end.draft) } : {}) })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Open claims that a press on the device at `pressedAt` proves, newest first; locked. */
export async function lockPressClaims(
  trx: Trx,
  press: { protocol: string; nativeId: string; pressedAt: number },
): Promise<Claim[]> {
  const rows = await trx
    .selectFrom('claims')
    .select(columns)
    .where((e) => e.or([e('protocol', '=', press.protocol), e('protocol', 'is', null)]))
    .where(sql<boolean>`native_ids @> array[${press.nativeId}]`)
    .where('state', '=', 'open')
    .where('method', '=', 'press')
    .where('created_at', '<=', at(press.pressedAt))
    .where('expires_at', '>', at(press.pressedAt))
    .orderBy('id', 'desc')
    .forUpdate()
    .execute();
  return rows.map(toClaim);
}

/** One registration of a device at a time; held until the end of the transaction. */
export async function lockRegistration(trx: Trx, protocol: string, nativeId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`claim ${protocol} ${nativeId}`}, 0))`.execute(
    trx,
  );
}

/** Runs `work` so that its failure undoes only what it did, not the transaction around it. */
export async function inSavepoint(trx: Trx, work: () => Promise<void>): Promise<{ error?: unknown }> {
  await sql`savepoint claim`.execute(trx);
  try {
    await work();
    await sql`release savepoint claim`.execute(trx);
    return {};
  } catch (error) {
    await sql`rollback to savepoint claim`.execute(trx);
    return { error };
  }
}

/** The newest of these spellings that was heard of a device, registered or not; undefined where none was. */
export async function lastHeard<S extends Spelling>(
  db: Queryable,
  spellings: readonly S[],
): Promise<S | undefined> {
  const { rows } = await sql<{ n: number }>`
    select t.n::int as n
    from unnest(${spellings.map(({ protocol }) => protocol)}::text[], ${spellings.map(({ spelling }) => spelling)}::text[])
      with ordinality t (protocol, spelling, n)
    left join unknown_devices u on u.protocol = t.protocol and u.native_id = t.spelling
    left join device_aliases a on a.protocol = t.protocol and a.alias = t.spelling
    left join devices d on d.id = a.device_id and d.active
    where u.last_seen_at is not null or d.id is not null
    order by greatest(u.last_seen_at, d.last_seen_at) desc nulls last, t.n limit 1`.execute(db);
  const [newest] = rows;
  return newest && spellings[newest.n - 1];
}
