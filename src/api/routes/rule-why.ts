import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { readKeptRule } from '../../rules/kept-rule.ts';
import { tellWhy } from '../../rules/lab/why-words.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Scope, seesDevice } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { mustSeeDevice } from '../devices.ts';
import { notFound } from '../problems.ts';
import { ruleNameSchema } from '../rule-schemas.ts';
import type { Locale } from '../schemas.ts';
import { sourcesOf } from '../scope-store.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { type AlertOf, type AlertRow, readAlerts } from '../stores/alert-view-store.ts';
import { vitalsAccess } from '../vitals.ts';
import { type AlertView, alertViewSchema, type WhyView, whyQuerySchema, whySchema } from '../why-schemas.ts';
import { mustSeeIncident } from './incidents.ts';
import { answers, idParams, typed } from './route.ts';

const tags = ['rules'];
/** An incident may hold hundreds; the newest say enough. */
const MOST_ALERTS = 5;

/** Why an alert was raised, and why another was not. What it tells of a wearer's vitals is logged as a look at them. */
export function registerRuleWhy(app: FastifyInstance, deps: ApiDeps): void {
  registerAlertsOf(app, deps);
  const api = typed(app);
  api.get(
    '/api/alerts/:id/explain',
    {
      schema: {
        tags,
        summary: 'Why an alert was raised: each condition as it stood, and the samples that decided',
        params: idParams,
        response: answers(whySchema),
      },
    },
    async (request) => explainAlert(deps, await scopeOf(request, deps), request),
  );
  api.get(
    '/api/rules/:name/explain',
    {
      schema: {
        tags,
        summary: 'How a rule stood for a device at a moment: whether it fired, and if not, what was missing',
        params: ruleNameSchema,
        querystring: whyQuerySchema,
        response: answers(whySchema),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const { device: deviceId, at } = request.query;
      const device = await mustSeeDevice(deps, scope, deviceId);
      if (device.subject_id !== null)
        await vitalsAccess(deps, scope, { subjectId: device.subject_id, signal: 'latest' });
      const rule = deps.rules().find(({ name }) => name === request.params.name);
      if (!rule) throw new AppError('RULES_NOT_IN_FORCE', 'it is not in force', { status: 404 });
      return {
        ...(await told(deps, { rule, deviceId, at }, request.locale)),
        by: 'now' as const,
        inputs: [],
      };
    },
  );
}

/** The alerts behind what people work on. */
function registerAlertsOf(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const of = (what: string) => ({
    schema: {
      tags,
      summary: `The newest alerts that became this ${what}, with the rule of each`,
      params: idParams,
      response: answers(z.array(alertViewSchema)),
    },
  });
  api.get('/api/incidents/:id/alerts', of('incident'), async (request) => {
    await mustSeeIncident(deps, await scopeOf(request, deps), request.params.id);
    return alertViews(deps, { incidentId: request.params.id }, request.locale);
  });
  api.get('/api/tickets/:id/alerts', of('ticket'), async (request) => {
    await deps.ticketViews.get(callerOf(request), request.params.id);
    return alertViews(deps, { ticketId: request.params.id }, request.locale);
  });
}

async function alertViews(deps: ApiDeps, of: AlertOf, locale: Locale): Promise<AlertView[]> {
  const titles = new Map(deps.rules().map(({ name, title }) => [name, title]));
  const rows = await readAlerts(deps.database.db, of, MOST_ALERTS);
  return rows.map(({ id, rule, severity, firedAt, resolvedAt, withdrawnAt }) => ({
    ...{ id, rule, severity, firedAt, resolvedAt, withdrawnAt },
    title: titles.get(rule)?.[locale === 'en' ? 'en' : 'zh'] ?? rule,
  }));
}

async function explainAlert(
  deps: ApiDeps,
  scope: Scope,
  { params, locale }: { params: { id: number }; locale: Locale },
): Promise<WhyView> {
  const { db } = deps.database;
  const [alert] = await readAlerts(db, { id: params.id });
  const source = (await sourcesOf(db, { alerts: [params.id], devices: [] })).get(`alert ${params.id}`);
  if (!alert || !source) throw notFound();
  if (alert.subjectId !== null)
    await vitalsAccess(deps, scope, { subjectId: alert.subjectId, signal: 'latest' });
  else if (!seesDevice(scope, source)) throw notFound();
  const { rule, by } = await ruleOf(deps, alert);
  const { inputs, deviceId, knownAt: at } = alert;
  if (!rule || deviceId === null) return { head: alert.rule, by, notes: [], points: [], told: [], inputs };
  return { ...(await told(deps, { rule, deviceId, at }, locale)), by, inputs };
}

/** The version that raised it, else the one in force. */
async function ruleOf(
  deps: ApiDeps,
  { rule: name, version }: AlertRow,
): Promise<{ rule: Rule | undefined; by: WhyView['by'] }> {
  const current = deps.rules().find((rule) => rule.name === name);
  if (version === null) return { rule: current, by: 'now' };
  if (current?.version === version) return { rule: current, by: 'then' };
  const kept = await readKeptRule(deps.database.db, name, (one) => one.version === version);
  return kept ? { rule: kept, by: 'then' } : { rule: current, by: 'now' };
}

async function told(
  deps: ApiDeps,
  order: { rule: Rule; deviceId: number; at: number },
  locale: Locale,
): Promise<Omit<WhyView, 'by' | 'inputs'>> {
  const why = await deps.ruleDesk.why({ ...order, rules: deps.rules() });
  return tellWhy(why, locale === 'en' ? 'en' : 'zh', deps.timeZone);
}
