import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type Account,
  createAccount,
  listAccounts,
  lockActiveAdmins,
  updateAccount,
} from '../../people/account-store.ts';
import { recordAudit } from '../../people/audit-store.ts';
import { hashPassword } from '../../people/passwords.ts';
import { endSessionsOf } from '../../people/session-store.ts';
import type { Trx } from '../../platform/database.ts';
import { AppError } from '../../platform/errors.ts';
import { announce } from '../../platform/live-store.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { accountInputSchema, accountPatchSchema } from '../request-schemas.ts';
import { type AccountView, accountSchema } from '../schemas.ts';
import { callerOf } from '../session-guard.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['accounts'];

export function registerAccounts(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  api.get(
    '/api/accounts',
    { schema: { tags, summary: 'All accounts', response: answers(z.array(accountSchema)) } },
    async () => (await listAccounts(database.db)).map(accountView),
  );
  api.post(
    '/api/accounts',
    {
      schema: { tags, summary: 'Add an account', body: accountInputSchema, response: creates(accountSchema) },
    },
    async (request, reply) => {
      const { password, ...rest } = request.body;
      const passwordHash = await hashPassword(password);
      const webhookSecret = rest.webhookUrl ? randomBytes(24).toString('base64url') : null;
      const account = await database.db.transaction().execute(async (trx) => {
        const made = await createAccount(trx, { ...rest, passwordHash, webhookSecret });
        await record(
          trx,
          callerOf(request).id,
          { action: 'account_created', of: made.id, fields: [] },
          clock.now(),
        );
        return made;
      });
      return reply.code(201).send(accountView(account));
    },
  );
  api.patch(
    '/api/accounts/:id',
    {
      schema: {
        tags,
        summary: 'Change an account; a new password or `active: false` ends its sessions at once',
        params: idParams,
        body: accountPatchSchema,
        response: answers(accountSchema),
      },
    },
    async (request) => {
      const { password, ...change } = request.body;
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const { id } = request.params;
      const account = await database.db.transaction().execute(async (trx) => {
        await keepAnAdmin(trx, id, change);
        const changed = await updateAccount(trx, id, { ...change, passwordHash });
        if (!changed) throw notFound();
        if (passwordHash !== undefined || !changed.active) await revoke(trx, id);
        const fields = Object.keys(request.body);
        await record(trx, callerOf(request).id, { action: 'account_changed', of: id, fields }, clock.now());
        return changed;
      });
      return accountView(account);
    },
  );
}

/** Throws ACCOUNT_LAST_ADMIN where nobody would be left to manage. */
async function keepAnAdmin(
  trx: Trx,
  id: number,
  change: { active?: boolean | undefined; roles?: readonly string[] | undefined },
): Promise<void> {
  const staysAdmin = change.active !== false && (change.roles?.includes('admin') ?? true);
  if (staysAdmin) return;
  const admins = await lockActiveAdmins(trx);
  if (admins.length === 1 && admins[0] === id)
    throw new AppError('ACCOUNT_LAST_ADMIN', 'somebody else must be admin first', { status: 409 });
}

/** Ends the sessions of an account and its open pages, in every process. */
async function revoke(trx: Trx, id: number): Promise<void> {
  await endSessionsOf(trx, id);
  await announce(trx, { type: 'sessions_ended', id, accounts: [id] });
}

const record = (
  trx: Trx,
  accountId: number,
  what: { action: 'account_created' | 'account_changed'; of: number; fields: string[] },
  now: number,
): Promise<void> =>
  recordAudit(
    trx,
    [{ accountId, action: what.action, detail: { accountId: what.of, fields: what.fields } }],
    now,
  );

function accountView({ id, login, name, phone, email, roles, active }: Account): AccountView {
  return { id, login, name, phone, email, roles, active };
}
