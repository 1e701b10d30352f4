import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Queryable } from '../../platform/database.ts';
import { diffLines } from '../../rules/line-diff.ts';
import { differs } from '../../rules/rule-import.ts';
import { shadowName } from '../../rules/rule-set.ts';
import { type RuleVersion, readHeads, readHistory, readReports } from '../../rules/rule-version-store.ts';
import { mayCall, seesDevice } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import {
  diffQuerySchema,
  type RuleDetail,
  type RuleRow,
  ruleDetailSchema,
  ruleDiffSchema,
  ruleNameSchema,
  ruleProblemsSchema,
  ruleRowSchema,
  ruleTextSchema,
  ruleVersionParams,
  ruleVersionSchema,
  shadowReportSchema,
} from '../rule-schemas.ts';
import { isHere, type Lanes, lanesOf, problemView, ruleRow, versionView } from '../rule-view.ts';
import type { Locale } from '../schemas.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { readShadowReport } from '../stores/shadow-view-store.ts';
import { answers, type TypedApi, typed } from './route.ts';

const tags = ['rules'];
/** A process that was not seen for this long runs nothing. */
const GONE_MS = 60_000;

/** Rules, their versions and what is on trial, for reading. */
export function registerRules(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  registerLists(api, deps);
  registerVersions(api, deps);
  registerProblems(api, deps);
  registerShadowReport(api, deps);
}

function registerLists(api: TypedApi, deps: ApiDeps): void {
  api.get(
    '/api/rules',
    {
      schema: {
        tags,
        summary: 'Rules in force, on trial and removed, in words',
        response: answers(z.array(ruleRowSchema)),
      },
    },
    async (request) => {
      const rows = await readRows(deps, request.locale);
      // The words may name devices and wearers that are not the caller's.
      if (mayCall(callerOf(request).roles, ['dispatcher', 'admin'])) return rows;
      return rows.map((row) => ({ ...row, text: '' }));
    },
  );
  api.get(
    '/api/rules/:name',
    {
      schema: {
        tags,
        summary: 'One rule with its text, its tests and its trial',
        params: ruleNameSchema,
        response: answers(ruleDetailSchema),
      },
    },
    ({ params, locale }) => readRule(deps, params.name, locale),
  );
}

async function readRows(deps: ApiDeps, locale: Locale): Promise<RuleRow[]> {
  const { db } = deps.database;
  const running = deps.rules();
  const rows: RuleRow[] = [];
  for (const [name, lanes] of lanesOf(await readHeads(db))) {
    const isGone = !isHere(lanes.live) && !isHere(lanes.trial);
    const row = ruleRow(name, { lanes, running, earlier: isGone ? await readHistory(db, name) : [] }, locale);
    if (row) rows.push(row);
  }
  return rows;
}

/** One rule as the page edits it. Throws the 404 of a rule that never was. */
export async function readRule(deps: ApiDeps, name: string, locale: Locale): Promise<RuleDetail> {
  const earlier = await readHistory(deps.database.db, name);
  const lanes = lanesIn(earlier);
  const row = ruleRow(name, { lanes, running: deps.rules(), earlier }, locale);
  if (!row) throw notFound();
  const shown = isHere(lanes.live) ? lanes.live : earlier.find(isHere);
  const file = deps.ruleDesk.library.fileOf(name);
  return {
    ...row,
    body: shown?.body ?? '',
    tests: shown?.tests ?? '',
    basedOn: lanes.live?.revision ?? null,
    author: lanes.live?.author?.name ?? null,
    note: lanes.live?.note ?? null,
    file:
      file && (!lanes.live || differs(lanes.live, file))
        ? { version: file.version, body: file.body, tests: file.tests ?? '' }
        : null,
    trial: isHere(lanes.trial) ? textView(lanes.trial, lanes) : null,
    trialBasedOn: lanes.trial?.revision ?? null,
  };
}

/** The heads of both lanes, of a history with the newest first. */
const lanesIn = (history: readonly RuleVersion[]): Lanes => ({
  live: history.find(({ shadow }) => !shadow),
  trial: history.find(({ shadow }) => shadow),
});

const textView = (version: RuleVersion, lanes: Lanes) => ({
  ...versionView(version, lanes),
  body: version.body,
  tests: version.tests,
});

function registerVersions(api: TypedApi, deps: ApiDeps): void {
  const { db } = deps.database;
  api.get(
    '/api/rules/:name/versions',
    {
      schema: {
        tags,
        summary: 'Every version of a rule and of its trials, the newest first',
        params: ruleNameSchema,
        response: answers(z.array(ruleVersionSchema)),
      },
    },
    async ({ params }) => {
      const history = await readHistory(db, params.name);
      if (history.length === 0) throw notFound();
      return history.map((version) => versionView(version, lanesIn(history)));
    },
  );
  api.get(
    '/api/rules/:name/versions/:id',
    {
      schema: {
        tags,
        summary: 'One version with its text',
        params: ruleVersionParams,
        response: answers(ruleTextSchema),
      },
    },
    async ({ params }) => {
      const history = await readHistory(db, params.name);
      return textView(versionIn(history, params.id), lanesIn(history));
    },
  );
  api.get(
    '/api/rules/:name/diff',
    {
      schema: {
        tags,
        summary: 'How one version becomes another, line by line',
        params: ruleNameSchema,
        querystring: diffQuerySchema,
        response: answers(ruleDiffSchema),
      },
    },
    ({ params, query }) => readDiff(db, params.name, query),
  );
}

async function readDiff(db: Queryable, name: string, between: { from: number; to: number }) {
  const history = await readHistory(db, name);
  const [from, to] = [versionIn(history, between.from), versionIn(history, between.to)];
  return {
    body: diffLines(from.body ?? '', to.body ?? ''),
    tests: diffLines(from.tests ?? '', to.tests ?? ''),
  };
}

function versionIn(history: readonly RuleVersion[], id: number): RuleVersion {
  const version = history.find((one) => one.id === id);
  if (!version) throw notFound();
  return version;
}

function registerProblems(api: TypedApi, deps: ApiDeps): void {
  api.get(
    '/api/rule-problems',
    {
      schema: {
        tags,
        summary: 'What keeps rules from running as they were written, and processes that run others',
        response: answers(ruleProblemsSchema),
      },
    },
    async ({ locale }) => {
      const { generation, problems } = deps.ruleDesk.library.current();
      const reports = await readReports(deps.database.db, deps.clock.now() - GONE_MS);
      const behind = reports.filter((report) => report.generation !== generation);
      return { generation, problems: problems.map((problem) => problemView(problem, locale)), behind };
    },
  );
}

function registerShadowReport(api: TypedApi, deps: ApiDeps): void {
  const { db } = deps.database;
  api.get(
    '/api/rules/:name/shadow',
    {
      schema: {
        tags,
        summary: 'What the version on trial raised, beside what the one in force did',
        params: ruleNameSchema,
        response: answers(shadowReportSchema),
      },
    },
    async (request) => {
      const { name } = request.params;
      const scope = await scopeOf(request, deps);
      const { live, trial } = lanesIn(await readHistory(db, name));
      const isShadow = deps.rules().some((rule) => rule.name === name && rule.shadow);
      const since = isHere(trial) ? trial.createdAt : isShadow ? live?.createdAt : undefined;
      if (since === undefined) throw notFound();
      const shadow = isHere(trial) ? shadowName(name) : name;
      const { counts, rows } = await readShadowReport(db, { live: name, shadow, since });
      const seen = rows.filter((row) =>
        seesDevice(scope, { subjectId: row.subject_id, gridId: row.grid_id, companyId: row.company_id }),
      );
      return { since, counts, alerts: seen.map(sightingView) };
    },
  );
}

const sightingView = (row: Awaited<ReturnType<typeof readShadowReport>>['rows'][number]) => ({
  in: row.in,
  at: row.live_at ?? row.shadow_at ?? 0,
  liveAt: row.live_at,
  shadowAt: row.shadow_at,
  severity: row.severity,
  deviceId: row.device_id,
  device: row.device,
  asset: row.asset,
});
