import { sql } from 'kysely';
import type { NewSubject } from '../model/subjects.ts';
import { at, type Queryable, type Trx } from '../platform/database.ts';

export type ClaimState = 'open' | 'proved' | 'used' | 'failed' | 'expired';

/** What the family member wants to register; `doneSubjectId` is whom it became. */
export interface ClaimDraft {
  /** As typed; `native_id` holds the spelling that all spellings of the device share. */
  typedId: string;
  relation: string;
  subject?: NewSubject | undefined;
  subjectId?: number | undefined;
  doneSubjectId?: number | undefined;
}

export interface Claim {
  id: number;
  accountId: number;
  protocol: string;
  nativeId: string;
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
  'native_id',
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
  protocol: string;
  native_id: string;
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
  protocol: row.protocol,
  nativeId: row.native_id,
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
  of: { accountId: number; protocol: string; nativeId: string },
  since: { hourAgo: number; dayAgo: number },
): Promise<{ hour: number; day: number; deviceHour: number }> {
  await sql`select from accounts where id = ${of.accountId} for no key update`.execute(trx);
  const { rows } = await sql<{ hour: number; day: number; deviceHour: number }>`
    select
      count(*) filter (where account_id = ${of.accountId} and created_at > ${at(since.hourAgo)}) as hour,
      count(*) filter (where account_id = ${of.accountId}) as day,
      count(*) filter (where protocol = ${of.protocol} and native_id = ${of.nativeId}
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
      protocol: claim.protocol,
      native_id: claim.nativeId,
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
    .where('protocol', '=', press.protocol)
    .where('native_id', '=', press.nativeId)
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
