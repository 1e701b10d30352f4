import { createHash, randomBytes } from 'node:crypto';
import { at, type Queryable } from '../platform/database.ts';
import { type Account, accountColumns, toAccount } from './account-store.ts';

const DAY_MS = 86_400_000;
/** A session slides: it ends this long after it was last used. */
export const SESSION_MS = 30 * DAY_MS;
/** A session is prolonged at most this often, so that reading does not write. */
const RENEW_AFTER_MS = DAY_MS;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opens a session and returns its token, of which the database keeps only the hash; sweeps away what has expired. */
export async function openSession(db: Queryable, accountId: number, now: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db.deleteFrom('sessions').where('expires_at', '<=', at(now)).execute();
  await db
    .insertInto('sessions')
    .values({
      token_hash: hashOf(token),
      account_id: accountId,
      created_at: at(now),
      expires_at: at(now + SESSION_MS),
    })
    .execute();
  return token;
}

/**
 * The active account that a token stands for, and whether the session was prolonged just now (the cookie must be too). Undefined for
 * an unknown, ended or expired token, or an account that was deactivated.
 */
export async function readSession(
  db: Queryable,
  token: string,
  now: number,
): Promise<{ account: Account; renewed: boolean } | undefined> {
  const tokenHash = hashOf(token);
  const row = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select([...accountColumns, 'sessions.expires_at'])
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.expires_at', '>', at(now))
    .where('accounts.active', '=', true)
    .executeTakeFirst();
  if (!row) return undefined;
  const { expires_at, ...account } = row;
  const renewed = expires_at - now < SESSION_MS - RENEW_AFTER_MS;
  if (renewed)
    await db
      .updateTable('sessions')
      .set({ expires_at: at(now + SESSION_MS) })
      .where('token_hash', '=', tokenHash)
      .execute();
  return { account: toAccount(account), renewed };
}

/** Which of these tokens still stand for an active account. */
export async function liveTokens(
  db: Queryable,
  tokens: readonly string[],
  now: number,
): Promise<Set<string>> {
  if (tokens.length === 0) return new Set();
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select('sessions.token_hash')
    .where('sessions.token_hash', 'in', tokens.map(hashOf))
    .where('sessions.expires_at', '>', at(now))
    .where('accounts.active', '=', true)
    .execute();
  const known = new Set(rows.map((row) => row.token_hash));
  return new Set(tokens.filter((token) => known.has(hashOf(token))));
}

export async function endSession(db: Queryable, token: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', hashOf(token)).execute();
}

/** Ends every session of an account: it was deactivated, or its password was changed. */
export async function endSessionsOf(db: Queryable, accountId: number): Promise<void> {
  await db.deleteFrom('sessions').where('account_id', '=', accountId).execute();
}
