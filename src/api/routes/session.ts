import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Account, findLogin, getAccount, updateAccount } from '../../people/account-store.ts';
import { recordAudit } from '../../people/audit-store.ts';
import { verifyNobody, verifyPassword } from '../../people/passwords.ts';
import { localMoment } from '../../people/roster.ts';
import { endSession, openSession } from '../../people/session-store.ts';
import { AppError } from '../../platform/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { toLocale } from '../language.ts';
import { createLoginGuard, type LoginGuard } from '../login-guard.ts';
import { loginSchema, mePatchSchema } from '../request-schemas.ts';
import { type Me, meSchema } from '../schemas.ts';
import { callerOf, SESSION_COOKIE, setSessionCookie } from '../session-guard.ts';
import { readDutiesOf, readWorkOf } from '../stores/duty-view-store.ts';
import { answers, answersNothing, typed } from './route.ts';

/** Argon2 costs time on purpose; this bounds what one address can make us spend. */
const loginRate = { rateLimit: { max: 120, timeWindow: '1 minute' } };

export function registerSession(app: FastifyInstance, deps: ApiDeps): void {
  const guard = createLoginGuard(deps.clock);
  const api = typed(app);
  api.post(
    '/api/session',
    {
      config: loginRate,
      schema: {
        tags: ['session'],
        summary: 'Sign in; the answer sets the session cookie',
        security: [],
        body: loginSchema,
        response: answers(meSchema),
      },
    },
    async (request, reply) => {
      const account = await login(deps, guard, { request, ...request.body });
      const token = await openSession(deps.database.db, account.id, deps.clock.now());
      setSessionCookie(reply, token, deps.secureCookies);
      return meOf(deps, account);
    },
  );
  api.delete(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Sign out', security: [], response: answersNothing } },
    async (request, reply) => {
      const token = request.cookies[SESSION_COOKIE];
      if (token) await endSession(deps.database.db, token);
      if (request.account) await audit(deps, request.account.id, 'logout');
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
  registerMe(app, deps);
}

function registerMe(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/me',
    {
      schema: {
        tags: ['session'],
        summary: 'Who is signed in, and where on duty',
        response: answers(meSchema),
      },
    },
    async (request) => meOf(deps, callerOf(request)),
  );
  api.patch(
    '/api/me',
    {
      schema: {
        tags: ['session'],
        summary: 'Change language and size of print',
        body: mePatchSchema,
        response: answers(meSchema),
      },
    },
    async (request) => {
      const account = callerOf(request);
      const changed = await updateAccount(deps.database.db, account.id, request.body);
      return meOf(deps, changed ?? account);
    },
  );
}

/** Throws SESSION_WRONG_PASSWORD (401), SESSION_TOO_MANY_ATTEMPTS (429); a deactivated account is told from no other. */
async function login(
  deps: ApiDeps,
  guard: LoginGuard,
  given: { request: FastifyRequest; login: string; password: string },
): Promise<Account> {
  const { db } = deps.database;
  guard.attempt(given.request.ip, given.login);
  const known = await findLogin(db, given.login);
  const isRight = known
    ? (await verifyPassword(known.password_hash, given.password)) && known.active
    : await verifyNobody(given.password);
  const account = known && isRight ? await getAccount(db, known.id) : undefined;
  if (!account)
    throw new AppError('SESSION_WRONG_PASSWORD', 'login name or password is wrong', { status: 401 });
  guard.succeeded(given.request.ip, given.login);
  await audit(deps, account.id, 'login');
  return account;
}

const audit = (deps: ApiDeps, accountId: number, action: 'login' | 'logout'): Promise<void> =>
  recordAudit(deps.database.db, [{ accountId, action }], deps.clock.now());

async function meOf(deps: ApiDeps, account: Account): Promise<Me> {
  const moment = localMoment(deps.clock.now(), deps.timeZone);
  return {
    id: account.id,
    login: account.login,
    name: account.name,
    roles: account.roles,
    locale: toLocale(account.locale) ?? 'zh-CN',
    largePrint: account.largePrint,
    phone: account.phone,
    grids: await readDutiesOf(deps.database.db, account.id, moment),
    companies: await readWorkOf(deps.database.db, account.id, moment),
  };
}
