import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { getIncident, listIncidents } from '../../incidents/incident-views.ts';
import { recordAudit, recordLooks } from '../../people/audit-store.ts';
import { AppError } from '../../platform/errors.ts';
import { mayReadIncident, type Scope, seesIncident, seesSubject } from '../authorisation.ts';
import type { Actor, ApiDeps, IncidentActions } from '../deps.ts';
import { withoutHealth, withoutPlace } from '../incident-privacy.ts';
import {
  commentSchema,
  enRouteSchema,
  handOverSchema,
  incidentQuerySchema,
  needHelpSchema,
  onSceneSchema,
  resolveSchema,
} from '../request-schemas.ts';
import {
  type IncidentDetail,
  type IncidentSummary,
  incidentSchema,
  incidentSummarySchema,
} from '../schemas.ts';
import { factsFor, incidentAudiences, subjectFacts } from '../scope-store.ts';
import { callerOf, scopeOf } from '../session-guard.ts';
import { readRescueCommands } from '../stores/downlink-view-store.ts';
import { answers, idParams, typed } from './route.ts';

const tags = ['incidents'];
/** Actions that carry nothing. */
const emptySchema = z.object({});

export function registerIncidents(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  api.get(
    '/api/incidents',
    {
      schema: {
        tags,
        summary: 'Incidents that the caller sees, the newest first',
        querystring: incidentQuerySchema,
        response: answers(z.array(incidentSummarySchema)),
      },
    },
    async (request) => {
      const scope = await scopeOf(request, deps);
      const seen = await listIncidents(deps.database.db, viewerOf(scope), request.query);
      return readableList(deps, scope, seen);
    },
  );
  api.get(
    '/api/incidents/:id',
    {
      schema: {
        tags,
        summary: 'One incident with its time line; reading where she is goes to the access log',
        params: idParams,
        response: answers(incidentSchema),
      },
    },
    async (request) => readable(deps, await scopeOf(request, deps), request.params.id),
  );
  registerActions(app, deps);
}

interface ActionRoute<B extends z.ZodType> {
  name: string;
  summary: string;
  body: B;
  run(incidents: IncidentActions, of: { id: number; actor: Actor; input: z.output<B> }): Promise<void>;
}

function registerAction<B extends z.ZodType>(
  app: FastifyInstance,
  deps: ApiDeps,
  action: ActionRoute<B>,
): void {
  const { name, summary, body } = action;
  app.post(
    `/api/incidents/:id/${name}`,
    { schema: { tags, summary, params: idParams, body, response: answers(incidentSchema) } },
    async (request) => {
      const { id } = request.params as { id: number };
      const { scope, actor } = await actorOn(deps, request, id);
      await action.run(deps.incidents, { id, actor, input: request.body as z.output<B> });
      return readable(deps, scope, id);
    },
  );
}

function registerActions(app: FastifyInstance, deps: ApiDeps): void {
  const action = <B extends z.ZodType>(
    name: string,
    summary: string,
    rest: Pick<ActionRoute<B>, 'body' | 'run'>,
  ) => registerAction(app, deps, { name, summary, ...rest });
  action('acknowledge', '"I have it": a lease, the first wins', {
    body: emptySchema,
    run: (incidents, { id, actor }) => incidents.acknowledge(id, actor),
  });
  action('release', 'Give it back; the next are asked', {
    body: emptySchema,
    run: (incidents, { id, actor }) => incidents.release(id, actor),
  });
  action('en-route', 'Set out, with the time it will take', {
    body: enRouteSchema,
    run: (incidents, { id, actor, input }) => incidents.enRoute(id, actor, input),
  });
  action('on-scene', 'Arrived', {
    body: onSceneSchema,
    run: (incidents, { id, actor, input }) => incidents.onScene(id, actor, input),
  });
  action('need-help', 'Call for an ambulance, the police, the fire brigade or people', {
    body: needHelpSchema,
    run: (incidents, { id, actor, input }) => incidents.needHelp(id, actor, input),
  });
  action('comment', 'Add to the time line', {
    body: commentSchema,
    run: (incidents, { id, actor, input }) => incidents.comment(id, actor, input),
  });
  action('resolve', 'End the emergency, with outcome and note', {
    body: resolveSchema,
    run: (incidents, { id, actor, input }) => incidents.resolve(id, actor, input),
  });
  registerHandOvers(action);
}

/** How an incident goes from one to another, and out of the way. */
function registerHandOvers(
  action: <B extends z.ZodType>(
    name: string,
    summary: string,
    rest: Pick<ActionRoute<B>, 'body' | 'run'>,
  ) => void,
): void {
  action('hand-over', 'Ask somebody to take it over', {
    body: handOverSchema,
    run: (incidents, { id, actor, input }) => incidents.handOver(id, actor, input),
  });
  action('accept-hand-over', 'Take over what was offered', {
    body: emptySchema,
    run: (incidents, { id, actor }) => incidents.acceptHandOver(id, actor),
  });
  action('take-over', 'A desk takes it from who has it', {
    body: emptySchema,
    run: (incidents, { id, actor }) => incidents.takeOver(id, actor),
  });
  action('close', 'Close after review', {
    body: emptySchema,
    run: (incidents, { id, actor }) => incidents.close(id, actor),
  });
}

/** Who acts, once it is sure that the incident is his to know of. */
async function actorOn(
  deps: ApiDeps,
  request: FastifyRequest,
  id: number,
): Promise<{ scope: Scope; actor: Actor }> {
  const scope = await scopeOf(request, deps);
  await mustSeeIncident(deps, scope, id);
  const { roles } = callerOf(request);
  return { scope, actor: { id: scope.accountId, roles } };
}

/** Throws INCIDENT_NOT_FOUND also for one that the caller does not see. */
export async function mustSeeIncident(deps: ApiDeps, scope: Scope, id: number) {
  const audience = (await incidentAudiences(deps.database.db, [id])).get(id);
  const facts = audience && factsFor(scope.accountId, audience);
  if (!facts || !seesIncident(scope, facts))
    throw new AppError('INCIDENT_NOT_FOUND', `no incident ${id}`, { status: 404 });
  return facts;
}

/** One incident as the caller may read it now, with the entry in the access log that this costs. */
async function readable(deps: ApiDeps, scope: Scope, id: number): Promise<IncidentDetail> {
  const { database, clock } = deps;
  const facts = await mustSeeIncident(deps, scope, id);
  const incident = await detailOf(deps, scope, id);
  const reason = mayReadIncident(scope, facts, clock.now());
  if (!reason) {
    const subject = facts.subjectId === null ? undefined : await subjectFacts(database.db, facts.subjectId);
    return withoutHealth(incident, subject !== undefined && seesSubject(scope, subject));
  }
  const entry = { accountId: scope.accountId, action: 'read_location' as const, incidentId: id };
  await recordAudit(database.db, [{ ...entry, subjectId: facts.subjectId, detail: { reason } }], clock.now());
  return incident;
}

async function detailOf({ database }: ApiDeps, scope: Scope, id: number): Promise<IncidentDetail> {
  const incident = await getIncident(database.db, viewerOf(scope), id);
  const { device, raisedAt: from, resolvedAt: to } = incident;
  const { id: deviceId } = device;
  const commands = deviceId === null ? [] : await readRescueCommands(database.db, { deviceId, from, to });
  return { ...incident, commands };
}

async function readableList(
  deps: ApiDeps,
  scope: Scope,
  incidents: readonly IncidentSummary[],
): Promise<IncidentSummary[]> {
  const { database, clock } = deps;
  const now = clock.now();
  const audiences = await incidentAudiences(
    database.db,
    incidents.map(({ id }) => id),
  );
  const looks: Parameters<typeof recordLooks>[1][number][] = [];
  const answer = incidents.flatMap((incident) => {
    const audience = audiences.get(incident.id);
    const facts = audience && factsFor(scope.accountId, audience);
    if (!facts || !seesIncident(scope, facts)) return [];
    const reason = mayReadIncident(scope, facts, now);
    if (!reason) return [withoutPlace(incident)];
    const { accountId } = scope;
    if (incident.location)
      looks.push({
        accountId,
        action: 'read_location',
        subjectId: facts.subjectId,
        incidentId: facts.id,
        detail: { reason },
      });
    return [incident];
  });
  await recordLooks(database.db, looks, now);
  return answer;
}

const viewerOf = (scope: Scope) => ({ id: scope.accountId, roles: scope.roles });
