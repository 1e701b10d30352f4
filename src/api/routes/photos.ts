import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MOST_PHOTO_BYTES } from '../../tickets/photos.ts';
import type { ApiDeps } from '../deps.ts';
import { callerOf } from '../session-guard.ts';
import { ticketSchema } from '../ticket-schemas.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['tickets'];
const stageQuery = z.object({ stage: z.enum(['before', 'after']) });
/** A phone takes one every few seconds. */
const rate = { rateLimit: { max: 60, timeWindow: '1 minute' } };

/** Photos of the work: bytes as the camera made them, readable by who sees the ticket. */
export function registerPhotos(app: FastifyInstance, deps: ApiDeps): void {
  void app.register(async (uploads) => {
    uploads.addContentTypeParser(
      /^image\//,
      { parseAs: 'buffer' },
      async (_request: FastifyRequest, body: string | Buffer) => body,
    );
    registerUpload(uploads, deps);
  });
  registerDownload(app, deps);
}

function registerUpload(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).post(
    '/api/tickets/:id/photos',
    {
      bodyLimit: MOST_PHOTO_BYTES,
      config: rate,
      schema: {
        tags,
        summary: 'Add a photo: the body is the JPEG, PNG or WebP itself, 4 MB at most',
        params: idParams,
        querystring: stageQuery,
        response: creates(ticketSchema),
      },
    },
    async (request, reply) => {
      const actor = callerOf(request);
      const { id } = request.params;
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await deps.tickets.addPhoto(id, actor, { stage: request.query.stage, bytes });
      return reply.code(201).send(await deps.ticketViews.get(actor, id));
    },
  );
}

function registerDownload(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).get(
    '/api/photos/:id',
    {
      schema: {
        tags,
        summary: 'A photo, for who sees its ticket',
        params: idParams,
        response: {
          ...answers(z.unknown()),
          200: { content: { 'image/*': { schema: z.string() } } },
        },
      },
    },
    async (request: FastifyRequest, reply: FastifyReply) => {
      const { id } = request.params as { id: number };
      const { type, bytes } = await deps.ticketViews.photo(callerOf(request), id);
      return reply
        .type(type)
        .header('cache-control', 'private, max-age=86400, immutable')
        .header('content-disposition', 'inline')
        .header('x-content-type-options', 'nosniff')
        .send(Buffer.from(bytes));
    },
  );
}
