import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../deps.ts';
import { claimCodeSchema } from '../request-schemas.ts';
import { claimInputSchema, claimSchema } from '../schemas.ts';
import { callerOf } from '../session-guard.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['claims'];

export function registerClaims(app: FastifyInstance, { claims }: ApiDeps): void {
  const api = typed(app);
  api.post(
    '/api/claims',
    {
      schema: {
        tags,
        summary: 'Begin to register a wristband; the answer is the same whatever the id',
        body: claimInputSchema,
        response: creates(claimSchema),
      },
    },
    async (request, reply) => reply.code(201).send(await claims.start(callerOf(request).id, request.body)),
  );
  api.get(
    '/api/claims/:id',
    {
      schema: {
        tags,
        summary: 'How far a registration is',
        params: idParams,
        response: answers(claimSchema),
      },
    },
    async (request) => claims.get(callerOf(request).id, request.params.id),
  );
  api.post(
    '/api/claims/:id/code',
    {
      schema: {
        tags,
        summary: 'The six digits on its screen; right ones complete the registration',
        params: idParams,
        body: claimCodeSchema,
        response: answers(claimSchema),
      },
    },
    async (request) => claims.enterCode(callerOf(request).id, request.params.id, request.body.code),
  );
}
