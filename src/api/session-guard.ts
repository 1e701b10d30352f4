import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../people/account-store.ts';
import { readSession, SESSION_MS } from '../people/session-store.ts';
import { AppError } from '../platform/errors.ts';
import { mayCall, type Scope } from './authorisation.ts';
import { isCrossSite } from './cross-site.ts';
import type { ApiDeps } from './deps.ts';
import { preferredLocale, toLocale } from './language.ts';
import { notFound } from './problems.ts';
import { routeAccess } from './route-access.ts';
import type { Locale } from './schemas.ts';
import { loadScopes } from './scope-store.ts';

export const SESSION_COOKIE = 'gg_session';

declare module 'fastify' {
  interface FastifyRequest {
    /** The language of the answer. */
    locale: Locale;
    account: Account | null;
  }
}

/** Names the route of a request as the table of access does. */
export const routeKey = (method: string, url: string): string => `${method} ${url}`;

/**
 * The outer door: finds out who asks and in which language, refuses requests of other sites, and lets through by the table of access.
 * A route below `/api` that the table does not name cannot be registered.
 */
export function guardSessions(app: FastifyInstance, deps: ApiDeps): void {
  app.decorateRequest('locale', 'zh-CN');
  app.decorateRequest('account', null);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const key = routeKey(method, route.url);
      if (route.url.startsWith('/api/') && !routeAccess[key])
        throw new AppError('API_ROUTE_WITHOUT_ACCESS', `${key} is missing in the table of access`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    request.locale = preferredLocale(request.headers['accept-language']);
    const access = routeAccess[routeKey(request.method, request.routeOptions.url ?? '')];
    if (access === 'devices') return;
    refuseCrossSite(request);
    if (access === undefined) return;
    await identify(request, reply, deps);
    if (access === 'public') return;
    if (!request.account) throw new AppError('SESSION_REQUIRED', 'nobody is signed in', { status: 401 });
    if (!mayCall(request.account.roles, access))
      throw new AppError('ROLE_REQUIRED', 'this account has not the role for it', { status: 403 });
  });
}

async function identify(request: FastifyRequest, reply: FastifyReply, deps: ApiDeps): Promise<void> {
  const token = request.cookies[SESSION_COOKIE];
  if (!token) return;
  const session = await readSession(deps.database.db, token, deps.clock.now());
  if (!session) return;
  request.account = session.account;
  request.locale = toLocale(session.account.locale) ?? request.locale;
  if (session.renewed) setSessionCookie(reply, token, deps.secureCookies);
}

export function setSessionCookie(reply: FastifyReply, token: string, secure: boolean): void {
  reply.setCookie(SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: SESSION_MS / 1000,
  });
}

function refuseCrossSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const crossSite = isCrossSite({
    method: request.method,
    host: request.host,
    site: typeof site === 'string' ? site : undefined,
    origin: request.headers.origin,
  });
  if (crossSite)
    throw new AppError('REQUEST_CROSS_SITE', 'a page of another site sent this request', { status: 403 });
}

/** Who asks; for routes that the table does not make public. */
export function callerOf(request: FastifyRequest): Account {
  if (!request.account) throw new AppError('SESSION_REQUIRED', 'nobody is signed in', { status: 401 });
  return request.account;
}

/** What the caller is responsible for, as of now. */
export async function scopeOf(request: FastifyRequest, deps: ApiDeps): Promise<Scope> {
  const { id } = callerOf(request);
  const scope = (await loadScopes(deps.database.db, [id])).get(id);
  if (!scope) throw notFound();
  return scope;
}
