import type { Role } from '../model/incidents.ts';
import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';

export interface Account {
  id: number;
  login: string;
  name: string;
  phone: string | null;
  email: string | null;
  locale: string;
  largePrint: boolean;
  roles: Role[];
  active: boolean;
}

export interface NewAccount {
  login: string;
  name: string;
  passwordHash: string;
  roles: readonly Role[];
  phone?: string | null | undefined;
  email?: string | null | undefined;
  locale?: string | undefined;
  webhookUrl?: string | null | undefined;
  webhookSecret?: string | null | undefined;
}

export interface AccountChange {
  name?: string | undefined;
  phone?: string | null | undefined;
  email?: string | null | undefined;
  locale?: string | undefined;
  largePrint?: boolean | undefined;
  roles?: readonly Role[] | undefined;
  active?: boolean | undefined;
  passwordHash?: string | undefined;
}

const columns = [
  'accounts.id',
  'accounts.login',
  'accounts.name',
  'accounts.phone',
  'accounts.email',
  'accounts.locale',
  'accounts.large_print',
  'accounts.roles',
  'accounts.active',
] as const;

interface Row {
  id: number;
  login: string;
  name: string;
  phone: string | null;
  email: string | null;
  locale: string;
  large_print: boolean;
  roles: string[];
  active: boolean;
}

export const accountColumns = columns;

export function toAccount({ large_print, roles, ...rest }: Row): Account {
  return { ...rest, largePrint: large_print, roles: roles as Role[] };
}

/** What a login is checked against; undefined where nobody has it. */
export function findLogin(
  db: Queryable,
  login: string,
): Promise<{ id: number; password_hash: string; active: boolean } | undefined> {
  return db
    .selectFrom('accounts')
    .select(['id', 'password_hash', 'active'])
    .where('login', '=', login)
    .executeTakeFirst();
}

export async function getAccount(db: Queryable, id: number): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').select(columns).where('id', '=', id).executeTakeFirst();
  return row && toAccount(row);
}

export async function listAccounts(db: Queryable): Promise<Account[]> {
  const rows = await db.selectFrom('accounts').select(columns).orderBy('id').execute();
  return rows.map(toAccount);
}

/** Throws ACCOUNT_LOGIN_TAKEN where somebody has the login. */
export async function createAccount(db: Queryable, account: NewAccount): Promise<Account> {
  const row = await db
    .insertInto('accounts')
    .values({
      login: account.login,
      name: account.name,
      password_hash: account.passwordHash,
      roles: [...account.roles],
      phone: account.phone ?? null,
      email: account.email ?? null,
      locale: account.locale ?? 'zh-CN',
      webhook_url: account.webhookUrl ?? null,
      webhook_secret: account.webhookSecret ?? null,
    })
    .onConflict((c) => c.column('login').doNothing())
    .returning(columns)
    .executeTakeFirst();
  if (!row)
    throw new AppError('ACCOUNT_LOGIN_TAKEN', 'this login name is taken', {
      status: 409,
      details: { login: account.login },
    });
  return toAccount(row);
}

/** Changes what is given and leaves the rest; undefined where there is no such account. */
export async function updateAccount(
  db: Queryable,
  id: number,
  change: AccountChange,
): Promise<Account | undefined> {
  const set = {
    name: change.name,
    phone: change.phone,
    email: change.email,
    locale: change.locale,
    large_print: change.largePrint,
    roles: change.roles && [...change.roles],
    active: change.active,
    password_hash: change.passwordHash,
  };
  if (Object.values(set).every((value) => value === undefined)) return getAccount(db, id);
  const row = await db
    .updateTable('accounts')
    .set(set)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst();
  return row && toAccount(row);
}

/** Locks the active admins and counts them, so that two of them cannot remove each other at once. */
export async function lockActiveAdmins(db: Queryable): Promise<number[]> {
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'roles'])
    .where('active', '=', true)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.filter((row) => row.roles.includes('admin')).map((row) => row.id);
}
