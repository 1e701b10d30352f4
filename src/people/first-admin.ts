import { randomBytes } from 'node:crypto';
import type { Db } from '../platform/database.ts';
import { createAccount, listAccounts } from './account-store.ts';
import { hashPassword } from './passwords.ts';

/**
 * Makes the account `admin` where there is no account at all. Returns its password, a random one where none is given, to be told once;
 * undefined where somebody is there already.
 */
export async function makeFirstAdmin(db: Db, given?: string): Promise<string | undefined> {
  if ((await listAccounts(db)).length > 0) return undefined;
  const password = given ?? randomBytes(12).toString('base64url');
  await createAccount(db, {
    login: 'admin',
    name: '管理员',
    passwordHash: await hashPassword(password),
    roles: ['admin'],
  });
  return password;
}
