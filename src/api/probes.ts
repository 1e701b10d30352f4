import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';
import type { ApiDeps } from './deps.ts';
import { isDatabaseUp } from './stores/probe-store.ts';

const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** `/healthz`: the process lives. `/readyz`: it can serve, else 503 and what is missing. `/metrics`: Prometheus text. */
export function registerProbes(app: FastifyInstance, deps: ApiDeps): void {
  const seconds = new Histogram({
    name: 'gridguard_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [deps.metrics],
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
    };
    seconds.observe(labels, reply.elapsedTime / 1000);
  });
  const hidden = { schema: { hide: true } };
  app.get('/healthz', hidden, async () => ({ ok: true }));
  app.get('/readyz', hidden, async (_request, reply) => {
    const missing = [
      ...((await isDatabaseUp(deps.database.db)) ? [] : ['database']),
      ...(await deps.notReady()),
    ];
    return reply.code(missing.length === 0 ? 200 : 503).send({ ok: missing.length === 0, missing });
  });
  app.get('/metrics', hidden, async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  );
}
