import type { FastifyInstance } from 'fastify';
import { healthSchema } from '../asset-schemas.ts';
import type { ApiDeps } from '../deps.ts';
import { readHealth } from '../stores/health-store.ts';
import { answers, typed } from './route.ts';

export function registerHealth(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).get(
    '/api/health',
    {
      schema: {
        tags: ['records'],
        summary: 'How the service is: its parts and processes, what waits, what came in, gateways',
        response: answers(healthSchema),
      },
    },
    async (request) => {
      const { startedAt, version, parts } = deps.health;
      const alone = deps.protocols.filter(({ gateway }) => gateway?.alone).map(({ name }) => name);
      const facts = await readHealth(deps.database.db, { now: deps.clock.now(), alone });
      return { startedAt, version, parts: await parts(request.locale), ...facts };
    },
  );
}
