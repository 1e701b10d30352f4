import type { FastifyInstance } from 'fastify';
import { AppError } from '../../platform/errors.ts';
import { type Scope, seesDevice, seesIncident } from '../authorisation.ts';
import type { ApiDeps } from '../deps.ts';
import { type OutageView, outageSchema } from '../outage-schemas.ts';
import { factsFor, incidentAudiences } from '../scope-store.ts';
import { scopeOf } from '../session-guard.ts';
import { readOutage, readOutageDevices } from '../stores/outage-view-store.ts';
import { answers, idParams, typed } from './route.ts';

export function registerOutages(app: FastifyInstance, deps: ApiDeps): void {
  typed(app).get(
    '/api/incidents/:id/outage',
    {
      schema: {
        tags: ['incidents'],
        summary: 'The devices that fell silent together, and which of them are back, as it stands now',
        params: idParams,
        response: answers(outageSchema),
      },
    },
    async (request) => outageOf(deps, await scopeOf(request, deps), request.params.id),
  );
}

/** Throws INCIDENT_NOT_FOUND (404) where the caller may not see the incident, and where it is about something else. */
async function outageOf({ database: { db } }: ApiDeps, scope: Scope, id: number): Promise<OutageView> {
  const audience = (await incidentAudiences(db, [id])).get(id);
  const isSeen = audience && seesIncident(scope, factsFor(scope.accountId, audience));
  const outage = isSeen ? await readOutage(db, id) : undefined;
  if (!outage) throw new AppError('INCIDENT_NOT_FOUND', `no outage of incident ${id}`, { status: 404 });
  const all = await readOutageDevices(db, outage.id);
  const seen = all.filter(({ whose }) => seesDevice(scope, whose));
  const back = all.filter(({ backAt }) => backAt !== null).length;
  return {
    scope: outage.scope,
    beganAt: outage.beganAt,
    endedAt: outage.endedAt,
    into: outage.into,
    silent: all.length - back,
    back,
    hidden: all.length - seen.length,
    devices: seen.map(({ whose: _whose, ...device }) => device),
  };
}
