import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import { z } from 'zod';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import type { ApiDeps } from './deps.ts';
import { LiveHub } from './live-hub.ts';
import { SESSION_COOKIE, scopeOf } from './session-guard.ts';

const HEARTBEAT_MS = 15_000;

/**
 * `GET /api/live`: server-sent events (HTML standard, 9.2). `change` says what changed, a page fetches it again; `heartbeat` comes every
 * 15 s. Nothing is repeated to who was away: he fetches everything.
 */
export async function serveLive(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const gauge = new Gauge({
    name: 'gridguard_live_streams',
    help: 'Open pages that hear of changes',
    registers: [deps.metrics],
  });
  const hub = new LiveHub(deps, gauge);
  await deps.database.listen(LIVE_CHANNEL, (payload) => hub.announced(payload));
  deps.database.onRelisten(() => hub.endAll());
  const heartbeat = deps.clock.every(HEARTBEAT_MS, () =>
    hub.beat().catch((error) => deps.log.warn({ err: error }, 'sessions of open pages could not be checked')),
  );
  app.addHook('preClose', async () => {
    heartbeat.cancel();
    hub.endAll();
  });
  app.get(
    '/api/live',
    {
      schema: {
        tags: ['live'],
        summary: 'Changes as server-sent events: `change` with what changed, `heartbeat` every 15 s',
        response: { 200: { content: { 'text/event-stream': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      });
      const token = request.cookies[SESSION_COOKIE] ?? '';
      const stream = { accountId: scope.accountId, token, scope, response: reply.raw };
      await hub.open(stream).catch((error) => {
        deps.log.warn({ err: error }, 'a stream could not be opened');
        reply.raw.destroy();
      });
    },
  );
}
