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
    async () => {
      const { startedAt, version, parts } = deps.health;
      const facts = await readHealth(deps.database.db, deps.clock.now());
      return { startedAt, version, parts: await parts(), ...facts };
    },
  );
}
