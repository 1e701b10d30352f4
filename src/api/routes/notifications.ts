import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { notificationQuerySchema, receiptSchema } from '../request-schemas.ts';
import { myNotificationSchema } from '../schemas.ts';
import { callerOf } from '../session-guard.ts';
import { isNotificationOf, readNotificationsOf } from '../stores/notification-view-store.ts';
import { answers, answersNothing, idParams, typed } from './route.ts';

const tags = ['notifications'];

export function registerNotifications(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/notifications',
    {
      schema: {
        tags,
        summary: 'Messages to the caller and what became of them, the newest first',
        querystring: notificationQuerySchema,
        response: answers(z.array(myNotificationSchema)),
      },
    },
    async (request) => readNotificationsOf(deps.database.db, callerOf(request).id, request.query),
  );
  api.post(
    '/api/notifications/:id/receipt',
    {
      schema: {
        tags,
        summary: 'Evidence from the phone: it has it, it rang, it was read; moves only forward',
        params: idParams,
        body: receiptSchema,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const accountId = callerOf(request).id;
      if (!(await isNotificationOf(deps.database.db, id, accountId))) throw notFound();
      await deps.notifier.receipt(id, request.body.state, accountId);
      return reply.code(204).send(null);
    },
  );
}
