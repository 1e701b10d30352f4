import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { alarmQuality, periodOf } from '../alarm-quality/alarm-quality.ts';
import { tableOf } from '../alarm-quality/tables.ts';
import {
  alarmQualityQuerySchema,
  alarmQualitySchema,
  alarmTableQuerySchema,
  findingInputSchema,
  unjudgedAlertSchema,
} from '../alarm-quality-schemas.ts';
import { seesDevice, visibleTo } from '../authorisation.ts';
import { csvOf } from '../csv.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { sourcesOf } from '../scope-store.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { readUnjudged, writeFinding } from '../stores/finding-store.ts';
import { answers, answersNothing, idParams, typed } from './route.ts';

const tags = ['reports'];
const UNJUDGED_MS = 7 * 24 * 3_600_000;
const MOST_UNJUDGED = 50;
/** A long report costs time. */
const rate = { rateLimit: { max: 60, timeWindow: '1 minute' } };

/** How good the alarms are, and what people say that they were. */
export function registerReports(app: FastifyInstance, deps: ApiDeps): void {
  registerAlarmQuality(app, deps);
  registerFindings(app, deps);
}

function registerAlarmQuality(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/reports/alarm-quality',
    {
      config: rate,
      schema: {
        tags,
        summary:
          'Quality of the alarms of a period after ISA-18.2 and EEMUA 191, per worker, grid, model and rule',
        querystring: alarmQualityQuerySchema,
        response: answers(alarmQualitySchema),
      },
    },
    async (request) => {
      const wanted = { ...request.query, ...periodOf(request.query, deps.clock.now()) };
      return alarmQuality(deps, await scopeOf(request, deps), wanted);
    },
  );
  api.get(
    '/api/reports/alarm-quality.csv',
    {
      config: rate,
      schema: {
        tags,
        summary: 'One table of it for a spreadsheet',
        querystring: alarmTableQuerySchema,
        response: { ...answers(z.unknown()), 200: { content: { 'text/csv': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const { table, ...asked } = request.query;
      const wanted = { ...asked, ...periodOf(asked, deps.clock.now()) };
      const report = await alarmQuality(deps, await scopeOf(request, deps), wanted);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="alarm-quality-${table}.csv"`)
        .send(csvOf(tableOf(report, table, request.locale)));
    },
  );
}

function registerFindings(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/alerts/unjudged',
    {
      schema: {
        tags,
        summary: 'Alerts of the last seven days that are over and of which nobody has said what it was',
        response: answers(z.array(unjudgedAlertSchema)),
      },
    },
    async (request) => {
      const visible = visibleTo(await scopeOf(request, deps));
      const since = deps.clock.now() - UNJUDGED_MS;
      return readUnjudged(deps.database.db, { visible, since, limit: MOST_UNJUDGED });
    },
  );
  api.post(
    '/api/alerts/:id/finding',
    {
      schema: {
        tags,
        summary: 'What an alert turned out to be, by anybody who sees its device',
        params: idParams,
        body: findingInputSchema,
        response: answersNothing,
      },
    },
    async (request, reply) => {
      const { id: alertId } = request.params;
      const scope = await scopeOf(request, deps);
      const source = (await sourcesOf(deps.database.db, { alerts: [alertId], devices: [] })).get(
        `alert ${alertId}`,
      );
      if (!source || !seesDevice(scope, source)) throw notFound();
      const said = { alertId, finding: request.body.finding, accountId: callerOf(request).id };
      await writeFinding(deps.database.db, said, deps.clock.now());
      return reply.code(204).send(null);
    },
  );
}
