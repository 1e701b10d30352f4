import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { tellChanged } from '../../devices/device-store.ts';
import { isSignal } from '../../model/signals.ts';
import { recordAudit } from '../../people/audit-store.ts';
import { withHomeGrid } from '../../people/home-grid.ts';
import { createSubject, updateSubject } from '../../people/subject-store.ts';
import { AppError } from '../../platform/errors.ts';
import { mayEditSubject, mayReadVitals, type Scope, type SubjectFacts, visibleTo } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { seriesQuerySchema, subjectCreateSchema, subjectPatchSchema } from '../request-schemas.ts';
import { latestReadingSchema, type SubjectView, seriesSchema, subjectSchema } from '../schemas.ts';
import { scopeOf } from '../session-guard.ts';
import { silencesOf } from '../silence.ts';
import { readSubjects, type SubjectRow } from '../stores/subject-view-store.ts';
import { subjectView } from '../subject-view.ts';
import { latestOf, logReading, mustSeeSubject, recentIncidents, seriesOf, vitalsAccess } from '../vitals.ts';
import { answers, creates, idParams, typed } from './route.ts';

const tags = ['subjects'];

export function registerSubjects(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  registerVitals(app, deps);
  registerWriting(app, deps);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/subjects',
    {
      schema: {
        tags,
        summary: 'Wearers that the caller sees, without vitals and positions',
        response: answers(z.array(subjectSchema)),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      return listSubjects(deps, scope);
    },
  );
  api.get(
    '/api/subjects/:id',
    {
      schema: {
        tags,
        summary: 'One wearer; with her latest readings where the caller may read them now, which is logged',
        params: idParams,
        response: answers(subjectSchema),
      },
    },
    async (request) => readSubject(deps, await scopeOf(request, deps), request.params.id),
  );
}

function registerVitals(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/subjects/:id/latest',
    {
      schema: {
        tags,
        summary: 'Latest readings of her devices, where the caller may read them now; logged',
        params: idParams,
        response: answers(z.array(latestReadingSchema)),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const row = await vitalsAccess(deps, scope, { subjectId: request.params.id, signal: 'latest' });
      return latestOf(deps, row);
    },
  );
  api.get(
    '/api/subjects/:id/series',
    {
      schema: {
        tags,
        summary: 'One signal over a time, thinned so that extremes stay; logged',
        params: idParams,
        querystring: seriesQuerySchema,
        response: answers(seriesSchema),
      },
    },
    async (request) => {
      const { signal, from, to } = request.query;
      if (!isSignal(signal) || from >= to)
        throw new AppError('SERIES_BAD_QUERY', 'no such signal, or the time ends before it begins', {
          details: { signal },
        });
      const scope = await scopeOf(request, deps);
      const row = await vitalsAccess(deps, scope, { subjectId: request.params.id, signal });
      return seriesOf(deps, row, { signal, from, to });
    },
  );
}

function registerWriting(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { database, clock } = deps;
  api.post(
    '/api/subjects',
    {
      schema: { tags, summary: 'Add a wearer', body: subjectCreateSchema, response: creates(subjectSchema) },
    },
    async (request, reply) => {
      const scope = await scopeOf(request, deps);
      const fields = await withHomeGrid(request.body, deps.gridAt);
      if (!mayEditSubject(scope, { id: 0, gridId: fields.homeGridId ?? null })) throw gridNotYours();
      const id = await database.db.transaction().execute(async (trx) => {
        const made = await createSubject(trx, fields);
        const entry = { accountId: scope.accountId, action: 'subject_created' as const, subjectId: made };
        await recordAudit(trx, [entry], clock.now());
        return made;
      });
      return reply.code(201).send(await readSubject(deps, scope, id));
    },
  );
  api.patch(
    '/api/subjects/:id',
    {
      schema: {
        tags,
        summary: 'Correct what is said of a wearer; her guardian, or a desk that sees her',
        params: idParams,
        body: subjectPatchSchema,
        response: answers(subjectSchema),
      },
    },
    async (request) => {
      const { id } = request.params;
      const scope = await scopeOf(request, deps);
      const facts = await mustEdit(deps, scope, id);
      const { homeGridId, ...said } = request.body;
      const isStaff = mayEditSubject({ ...scope, guardian: new Set() }, facts);
      const fields = await withHomeGrid(isStaff ? request.body : said, deps.gridAt);
      await database.db.transaction().execute(async (trx) => {
        await updateSubject(trx, id, fields);
        await tellChanged(trx);
        const detail = { fields: Object.keys(fields) };
        const entry = {
          accountId: scope.accountId,
          action: 'subject_changed' as const,
          subjectId: id,
          detail,
        };
        await recordAudit(trx, [entry], clock.now());
      });
      return readSubject(deps, scope, id);
    },
  );
}

async function listSubjects(deps: ApiDeps, scope: Scope): Promise<SubjectView[]> {
  const now = deps.clock.now();
  const rows = await readSubjects(deps.database.db, { visible: visibleTo(scope) });
  const incidents = await recentIncidents(
    deps,
    scope,
    rows.map(({ id }) => id),
  );
  const silences = silencesOf(deps.protocols);
  return rows.map((row) => {
    const access = mayReadVitals(scope, factsOf(row), { incidents, now });
    return subjectView(row, { mayReadVitals: access !== undefined, silences, now });
  });
}

/** A wearer as the caller may see her now; her readings, where he may read them, are logged as read. */
export async function readSubject(deps: ApiDeps, scope: Scope, id: number): Promise<SubjectView> {
  const { row, incidents } = await mustSeeSubject(deps, scope, id);
  const mayRead = await logReading(deps, scope, { row, incidents, signal: 'latest' });
  const context = {
    mayReadVitals: mayRead,
    silences: silencesOf(deps.protocols),
    now: deps.clock.now(),
  };
  const view = subjectView(row, context);
  return mayRead ? { ...view, latest: await latestOf(deps, row) } : view;
}

async function mustEdit(deps: ApiDeps, scope: Scope, id: number): Promise<SubjectFacts> {
  const { row } = await mustSeeSubject(deps, scope, id);
  const facts = factsOf(row);
  if (!mayEditSubject(scope, facts))
    throw new AppError('SUBJECT_NOT_YOURS', 'only her guardian or her desk may change this', { status: 403 });
  return facts;
}

const factsOf = (row: SubjectRow): SubjectFacts => ({ id: row.id, gridId: row.home_grid_id });

const gridNotYours = (): AppError =>
  new AppError('GRID_NOT_YOURS', 'this grid belongs to another desk', { status: 403 });
