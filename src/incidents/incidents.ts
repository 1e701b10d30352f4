import type { AlertChange } from '../model/alerts.ts';
import { distanceM } from '../model/geo.ts';
import type { Outcome } from '../model/incidents.ts';
import { readContacts } from '../people/contact-store.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import { changeIncident } from './change.ts';
import type { IncidentsDeps } from './deps.ts';
import type { Doer } from './effects.ts';
import { createSweep } from './escalation.ts';
import { foldIncident } from './fold.ts';
import { decide } from './incident-machine.ts';
import { readIncidents } from './incident-queries-store.ts';
import type { Action, Actor } from './incident-state.ts';
import { isFitSuccessor, type LockedIncident } from './incident-store.ts';
import { stepFailed } from './incident-time.ts';
import { createResponder } from './respond.ts';

/**
 * The incidents: the only writers of theirs. Every action throws INCIDENT_NOT_FOUND (404), INCIDENT_TAKEN (409, `details.owner`),
 * INCIDENT_WRONG_STATE (409) or INCIDENT_NOT_YOURS (403), and does nothing the second time.
 */
export interface Incidents {
  /** Alerts become incidents and notices inside the caller's transaction; what it returns is for after the commit. */
  respond(trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit>;
  /** Closes an incident that is part of a wider one from now on, inside the caller's transaction; its people are told. */
  fold(trx: Trx, incidentId: number, into: number): Promise<AfterCommit>;
  acknowledge(incidentId: number, actor: Actor): Promise<void>;
  release(incidentId: number, actor: Actor, input?: { reason?: string }): Promise<void>;
  enRoute(incidentId: number, actor: Actor, input: { etaMinutes?: number | undefined }): Promise<void>;
  onScene(
    incidentId: number,
    actor: Actor,
    input: { latitude?: number | undefined; longitude?: number | undefined },
  ): Promise<void>;
  /** The owner stays until the successor accepts. Throws INCIDENT_BAD_SUCCESSOR (400). */
  handOver(incidentId: number, actor: Actor, input: { to: number }): Promise<void>;
  acceptHandOver(incidentId: number, actor: Actor): Promise<void>;
  needHelp(
    incidentId: number,
    actor: Actor,
    input: { what: string; note?: string | undefined },
  ): Promise<void>;
  takeOver(incidentId: number, actor: Actor): Promise<void>;
  comment(incidentId: number, actor: Actor, input: { text: string }): Promise<void>;
  resolve(incidentId: number, actor: Actor, input: { outcome: Outcome; note: string }): Promise<void>;
  close(incidentId: number, actor: Actor): Promise<void>;
  /** Every message of that step failed for good: the next step is asked at once. */
  stepFailed(incidentId: number, step: number): Promise<void>;
  /** Asks what is due, ends leases and repairs what nothing would look at again; returns how many incidents it moved. */
  sweep(): Promise<number>;
}

export function createIncidents(deps: IncidentsDeps): Incidents {
  const act = (incidentId: number, actor: Actor, action: Action) =>
    takeAction(deps, { incidentId, actor, action });
  return {
    respond: createResponder(deps),
    fold: (trx, incidentId, into) => foldIncident(deps, trx, { incidentId, into }),
    acknowledge: (id, actor) => act(id, actor, { name: 'acknowledge' }),
    release: (id, actor, input = {}) => act(id, actor, { name: 'release', ...input }),
    enRoute: (id, actor, { etaMinutes }) =>
      act(id, actor, {
        name: 'en-route',
        ...(etaMinutes === undefined ? {} : { etaMs: etaMinutes * 60_000 }),
      }),
    onScene: (id, actor, input) => act(id, actor, { name: 'on-scene', ...positionOf(input) }),
    handOver: (id, actor, { to }) => act(id, actor, { name: 'hand-over', to }),
    acceptHandOver: (id, actor) => act(id, actor, { name: 'accept-hand-over' }),
    needHelp: (id, actor, { what, note }) =>
      act(id, actor, { name: 'need-help', what, ...(note === undefined ? {} : { note }) }),
    takeOver: (id, actor) => act(id, actor, { name: 'take-over' }),
    comment: (id, actor, { text }) => act(id, actor, { name: 'comment', text }),
    resolve: (id, actor, { outcome, note }) => act(id, actor, { name: 'resolve', outcome, note }),
    close: (id, actor) => act(id, actor, { name: 'close' }),
    async stepFailed(incidentId, step) {
      await changeIncident(deps, incidentId, (incident, now) => ({
        decision: stepFailed(incident, step, now),
      }));
    },
    sweep: createSweep(deps),
  };
}

async function takeAction(
  deps: IncidentsDeps,
  { incidentId, actor, action }: { incidentId: number; actor: Actor; action: Action },
): Promise<void> {
  const result = await changeIncident(deps, incidentId, async (incident, now, trx) => {
    const [visible] = await readIncidents(trx, actor, { id: incidentId });
    if (!visible) throw notFound(incidentId);
    if (action.name === 'hand-over' && !(await isFitSuccessor(trx, action.to, incident.subjectId))) {
      throw new AppError('INCIDENT_BAD_SUCCESSOR', 'it can be handed to responders, dispatchers and family');
    }
    const said = action.name === 'on-scene' ? withDistance(action, incident) : action;
    const decision = decide(incident, { actor, action: said }, now);
    return { decision, doer: decision && (await doerOf(trx, actor)) };
  });
  if (result === 'absent') throw notFound(incidentId);
}

const notFound = (id: number): AppError =>
  new AppError('INCIDENT_NOT_FOUND', `no incident ${id}`, { status: 404 });

async function doerOf(trx: Trx, actor: Actor): Promise<Doer> {
  const [contact] = await readContacts(trx, [actor.id]);
  return { id: actor.id, name: contact?.name ?? '' };
}

function positionOf({
  latitude,
  longitude,
}: {
  latitude?: number | undefined;
  longitude?: number | undefined;
}) {
  return latitude === undefined || longitude === undefined ? {} : { latitude, longitude };
}

/** Proof that he is there: how far from where she was believed to be. */
function withDistance(
  action: Action & { name: 'on-scene' },
  { location }: LockedIncident,
): Action & { name: 'on-scene' } {
  const { latitude, longitude } = action;
  if (latitude === undefined || longitude === undefined || !location) return action;
  return { ...action, distanceM: Math.round(distanceM({ latitude, longitude }, location)) };
}
