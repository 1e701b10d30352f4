import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { type HttpPush, MOST_PUSH_BYTES } from '../../transport/http-push.ts';
import type { ApiDeps } from '../deps.ts';
import { answers, typed } from './route.ts';

/** Who has not sent its message by then is cut off. */
const BODY_MS = 20_000;
const tags = ['push'];
const base = '/api/push/:source';
const sourceParams = z.object({ source: z.string().max(32) });

/** Messages of devices and of the clouds that they speak through: whatever body, no session; answered once they are stored. */
export function registerPush(app: FastifyInstance, deps: ApiDeps): void {
  void app.register(async (door) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser(
      '*',
      { parseAs: 'buffer' },
      async (_request: FastifyRequest, body: string | Buffer) => body,
    );
    const options = {
      bodyLimit: MOST_PUSH_BYTES,
      onRequest: (request: FastifyRequest, reply: FastifyReply) => admit(deps, request, reply),
      schema: {
        tags,
        security: [],
        params: sourceParams,
        response: { ...answers(z.unknown()), 200: { content: { '*/*': { schema: z.unknown() } } } },
      },
    };
    const summary = 'A message of a device or its cloud, as it comes; answered once it is stored';
    const below = 'The same, with a path of the sender behind the source';
    const api = typed(door);
    const take = (request: FastifyRequest, reply: FastifyReply) => receive(deps, request, reply);
    for (const method of ['GET', 'POST'] as const) {
      api.route({ ...options, method, url: base, schema: { ...options.schema, summary }, handler: take });
      const schema = { ...options.schema, params: z.unknown(), summary: below };
      api.route({ ...options, method, url: `${base}/*`, schema, handler: take });
    }
  });
}

function pushOf({ push }: ApiDeps): HttpPush {
  if (push) return push;
  throw new AppError('PUSH_NOT_HERE', 'this process takes no messages of devices', {
    status: 503,
    retryable: true,
  });
}

/** Before the body is read; how long it may be is taken from what the sender says of it. */
async function admit(deps: ApiDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  // Senders write what they like there, and what is no media type at all would be refused.
  request.raw.headers['content-type'] = 'application/octet-stream';
  const said = Number(request.headers['content-length'] ?? (request.method === 'GET' ? 0 : MOST_PUSH_BYTES));
  const bytes = Number.isFinite(said) ? Math.min(said, MOST_PUSH_BYTES) : MOST_PUSH_BYTES;
  const leave = pushOf(deps).admit(request.ip, bytes);
  const slow = deps.clock.after(BODY_MS, () => {
    if (!request.raw.complete) request.raw.destroy();
  });
  reply.raw.once('close', () => {
    slow.cancel();
    leave();
  });
}

async function receive(deps: ApiDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { source } = request.params as { source: string };
  const [path = '', ...query] = (request.raw.url ?? '').split('?');
  const { contentType, bytes } = await pushOf(deps).receive({
    source,
    path: path
      .split('/')
      .slice(4)
      .map((level) => `/${level}`)
      .join(''),
    query: query.length > 0 ? `?${query.join('?')}` : '',
    bytes: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0),
    address: request.ip,
  });
  return reply.type(contentType).serializer(asItIs).send(Buffer.from(bytes));
}

const asItIs = (body: unknown) => body as string;
