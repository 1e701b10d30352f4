import type { FastifyInstance } from 'fastify';
import { AppError } from '../../platform/errors.ts';
import type { Problem } from '../../platform/problem.ts';
import { readText } from '../../rules/rule-set.ts';
import type { CaseResult } from '../../rules/rule-tests.ts';
import { readHeads } from '../../rules/rule-version-store.ts';
import type { Change } from '../../rules/rule-writing.ts';
import type { ApiDeps } from '../deps.ts';
import {
  checkInputSchema,
  type RuleCheck,
  type RuleDetail,
  removeInputSchema,
  rollBackInputSchema,
  ruleCheckSchema,
  ruleDetailSchema,
  ruleNameSchema,
  saveInputSchema,
} from '../rule-schemas.ts';
import { explain, inWords, problemView } from '../rule-view.ts';
import type { Locale } from '../schemas.ts';
import { callerOf } from '../session-guard.ts';
import { answers, type TypedApi, typed } from './route.ts';
import { readRule } from './rules.ts';

const tags = ['rules'];
const whole = { tags, params: ruleNameSchema, response: answers(ruleDetailSchema) };

/** Changes of rules: the administrator's. Each answers with the rule as it then is. */
export function registerRuleWriting(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  registerCheck(api, deps);
  registerSaving(api, deps);
  registerTrial(api, deps);
}

function registerCheck(api: TypedApi, deps: ApiDeps): void {
  api.post(
    '/api/rules/:name/check',
    {
      schema: {
        tags,
        summary: 'Read a text, say it in words, and run its tests; nothing is saved',
        params: ruleNameSchema,
        body: checkInputSchema,
        response: answers(ruleCheckSchema),
      },
    },
    ({ params, body, locale }) => check(deps, { rule: params.name, ...body }, locale),
  );
}

async function check(
  deps: ApiDeps,
  draft: { rule: string; body: string; tests: string },
  locale: Locale,
): Promise<RuleCheck> {
  const views = (problems: readonly Problem[]) => problems.map((problem) => problemView(problem, locale));
  const read = readText({ rule: draft.rule, shadow: false, body: draft.body });
  if ('problems' in read) return { problems: views(read.problems), words: [], results: [], gaps: [] };
  const words = explain(read.rule, locale);
  const heads = await readHeads(deps.database.db);
  const others = heads.flatMap(({ rule, shadow, body }) => (body === null || shadow ? [] : [{ rule, body }]));
  const { problems, results, gaps } = await deps.ruleDesk.test({ ...draft, others });
  return {
    problems: views(problems),
    words,
    results: results.map(resultView),
    gaps: gaps.map(({ what }) => inWords(what, locale)),
  };
}

function registerSaving(api: TypedApi, deps: ApiDeps): void {
  const { writing } = deps.ruleDesk;
  api.put(
    '/api/rules/:name',
    {
      schema: {
        ...whole,
        summary:
          'Put a text in force: it must be right, its tests must hold, and nobody may have been faster',
        body: saveInputSchema,
      },
    },
    (request) => answered(deps, request, (change) => writing.save(change, request.body)),
  );
  api.post(
    '/api/rules/:name/roll-back',
    { schema: { ...whole, summary: 'Put an earlier version in force again', body: rollBackInputSchema } },
    (request) => answered(deps, request, (change) => writing.rollBack(change, request.body.versionId)),
  );
  api.post(
    '/api/rules/:name/remove',
    { schema: { ...whole, summary: 'Put a rule out of force; its versions stay', body: removeInputSchema } },
    (request) => answered(deps, request, (change) => writing.remove(change)),
  );
}

function registerTrial(api: TypedApi, deps: ApiDeps): void {
  const { writing } = deps.ruleDesk;
  api.post(
    '/api/rules/:name/shadow/start',
    {
      schema: {
        ...whole,
        summary: 'Run a text beside the rule in force: it records, and nothing follows',
        body: saveInputSchema,
      },
    },
    (request) => answered(deps, request, (change) => writing.startShadow(change, request.body)),
  );
  api.post(
    '/api/rules/:name/shadow/stop',
    { schema: { ...whole, summary: 'End the trial', body: removeInputSchema } },
    (request) => answered(deps, request, (change) => writing.stopShadow(change)),
  );
  api.post(
    '/api/rules/:name/shadow/adopt',
    { schema: { ...whole, summary: 'Put the version on trial in force', body: rollBackInputSchema } },
    (request) => answered(deps, request, (change) => writing.adopt(change, request.body.versionId)),
  );
}

interface WriteRequest {
  params: { name: string };
  body: { basedOn: number | null; note?: string | undefined };
  locale: Locale;
}

async function answered(
  deps: ApiDeps,
  request: WriteRequest & Parameters<typeof callerOf>[0],
  write: (change: Change) => Promise<void>,
): Promise<RuleDetail> {
  const { params, body, locale } = request;
  const { id } = callerOf(request);
  try {
    await write({ rule: params.name, accountId: id, basedOn: body.basedOn, note: body.note || undefined });
  } catch (error) {
    throw error instanceof AppError ? inLanguage(error, locale) : error;
  }
  return readRule(deps, params.name, locale);
}

/** The details of a refusal, in the reader's language. */
function inLanguage(error: AppError, locale: Locale): AppError {
  const { problems, failed, ...rest } = error.details as {
    problems?: Problem[];
    failed?: CaseResult[];
  };
  return new AppError(error.code, error.message, {
    status: error.status,
    retryable: error.retryable,
    details: {
      ...rest,
      ...(problems ? { problems: problems.map((problem) => problemView(problem, locale)) } : {}),
      ...(failed ? { failed: failed.map(resultView) } : {}),
    },
  });
}

const resultView = ({ name, passed, expected, happened }: CaseResult) => ({
  name,
  passed,
  expected,
  happened,
});
