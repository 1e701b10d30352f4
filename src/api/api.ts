import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { ApiDeps } from './deps.ts';
import { preferredLocale } from './language.ts';
import { serveLive } from './live.ts';
import { describeApi } from './openapi.ts';
import { servePages } from './pages.ts';
import { registerProbes } from './probes.ts';
import { handleErrors, notFound, sendProblem, toProblem, validateWith } from './problems.ts';
import { registerRoutes } from './routes/routes.ts';
import { guardSessions } from './session-guard.ts';
import { refuseBrokenText } from './text-guard.ts';

const BODY_LIMIT = 256 * 1024;

/** The web server: API, live changes, pages and probes. It is ready to listen; `close()` ends open streams too. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: 'loopback',
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      request.locale = preferredLocale(request.headers['accept-language']);
      void sendProblem(request, reply, toProblem(error, request.locale));
    },
  });
  app.setValidatorCompiler(({ schema, httpPart }) => validateWith({ schema: schema as z.ZodType, httpPart }));
  app.setSerializerCompiler(serializerCompiler);
  acceptJsonOnly(app);
  handleErrors(app, deps.log);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, toProblem(notFound(), request.locale)),
  );
  await app.register(helmet, securityHeaders(deps.secureCookies));
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  guardSessions(app, deps);
  app.addHook('preValidation', async (request) => {
    refuseBrokenText([request.body, request.query, request.params]);
  });
  registerProbes(app, deps);
  await describeApi(app);
  registerRoutes(app, deps);
  await serveLive(app, deps);
  await servePages(app, deps.webDir);
  return app;
}

/** Bodies are JSON; an empty one counts as absent, because clients send the header with actions that carry nothing. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body as string, done);
  });
}

/**
 * Our pages load nothing from elsewhere. Styles may stand in the document because radix-ui places some there; scripts may not. Nothing
 * is upgraded to https where people reach the service without.
 */
function securityHeaders(https: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https,
    referrerPolicy: { policy: 'no-referrer' as const },
    xFrameOptions: { action: 'deny' as const },
  };
}
