import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { messageOf } from './messages.ts';
import type { Locale } from './schemas.ts';

/** What a request may say wrong, as zod reports it; put into the reader's language only when the answer is written. */
export class RequestInvalid extends Error {
  readonly issues: readonly z.core.$ZodIssue[];
  /** Set by Fastify: `body`, `querystring`, `params` or `headers`. */
  validationContext?: string;

  constructor(issues: readonly z.core.$ZodIssue[]) {
    super(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    this.issues = issues;
  }
}

/** An absent body is an empty one: actions whose every field is optional are called without. */
export function validateWith({ schema, httpPart }: { schema: z.ZodType; httpPart?: string | undefined }) {
  return (data: unknown): { value: unknown } | { error: RequestInvalid } => {
    const given = httpPart === 'body' && (data === undefined || data === null) ? {} : data;
    const result = schema.safeParse(given, { reportInput: true });
    return result.success ? { value: result.data } : { error: new RequestInvalid(result.error.issues) };
  };
}

const localeErrors: Readonly<Record<Locale, z.core.$ZodErrorMap>> = {
  'zh-CN': z.locales.zhCN().localeError,
  en: z.locales.en().localeError,
};

/** Every fault with the path of its field, in the reader's language. */
export function describeIssues(invalid: RequestInvalid, locale: Locale): { path: string; message: string }[] {
  return invalid.issues.map((issue) => {
    const translated = localeErrors[locale](issue as z.core.$ZodRawIssue);
    const message = typeof translated === 'string' ? translated : translated?.message;
    return {
      path: [invalid.validationContext ?? 'body', ...issue.path].join('.'),
      message: message ?? issue.message,
    };
  });
}

/** An answer to a fault: what the client gets to read. */
export interface Problem {
  status: number;
  code: string;
  details: Readonly<Record<string, unknown>>;
}

/** Faults that Fastify and its plugins find by themselves, by HTTP status. */
const codeByStatus: Readonly<Record<number, string>> = {
  400: 'REQUEST_INVALID',
  404: 'NOT_FOUND',
  405: 'NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  415: 'REQUEST_NOT_JSON',
  429: 'REQUEST_TOO_MANY',
};

/** The database is away or on its way back: the same request may succeed in a moment. */
const unavailable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** What PostgreSQL finds wrong with what was sent: a reference to nothing, a number or time out of its range, what was just taken. */
const codeByState: Readonly<Record<string, string>> = {
  '23505': 'REQUEST_CONFLICT',
  '23503': 'REQUEST_REFERENCE_UNKNOWN',
  '22003': 'REQUEST_INVALID',
  '22008': 'REQUEST_INVALID',
};

/** What is told of an error; nothing of its inside from 500 up. */
export function toProblem(error: unknown, locale: Locale): Problem {
  if (error instanceof RequestInvalid)
    return { status: 400, code: 'REQUEST_INVALID', details: { issues: describeIssues(error, locale) } };
  if (error instanceof AppError)
    return {
      status: error.status,
      code: error.code,
      details: error.status < 500 ? error.details : {},
    };
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, code: codeByStatus[statusCode] ?? 'REQUEST_INVALID', details: {} };
  if (typeof code === 'string' && code in codeByState)
    return {
      status: code === '23505' ? 409 : 400,
      code: codeByState[code] ?? 'REQUEST_INVALID',
      details: {},
    };
  return typeof code === 'string' && unavailable.has(code)
    ? { status: 503, code: 'SERVICE_UNAVAILABLE', details: {} }
    : { status: 500, code: 'INTERNAL', details: {} };
}

/** One handler for every error: all of it to the log, to the client what he can act on. */
export function handleErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error, request.locale);
    const context = { err: error, method: request.method, route: request.routeOptions.url };
    if (problem.status >= 500) log.error(context, 'request failed');
    else log.debug(context, 'request refused');
    return sendProblem(request, reply, problem);
  });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code, details } = problem;
  const message = messageOf(code, { locale: request.locale, details });
  const hasDetails = Object.keys(details).length > 0;
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error: { code, message, ...(hasDetails ? { details } : {}) } });
}

/** The one answer for what does not exist and for what the caller may not know of. */
export function notFound(): AppError {
  return new AppError('NOT_FOUND', 'there is no such thing, or it is not for this account', { status: 404 });
}
