import type { EscalationPolicy, IncidentStatus, Outcome, TimelineKind } from '../model/incidents.ts';
import { AppError } from '../platform/errors.ts';
import {
  type Action,
  type ActionName,
  type Actor,
  backToNotified,
  type Decision,
  type Effect,
  type IncidentState,
  isUnanswered,
  mayDispatch,
  openStatuses as open,
  ownedStatuses as owned,
  setOutStatuses as setOut,
  unansweredStatuses as unanswered,
} from './incident-state.ts';

type Who = 'anyone' | 'owner' | 'dispatcher' | 'owner_or_dispatcher' | 'successor';

/** From which states an action leads on, and for whom. That somebody sees the incident at all is checked before. */
const guards: Readonly<Record<ActionName, { from: readonly IncidentStatus[]; who: Who }>> = {
  acknowledge: { from: unanswered, who: 'anyone' },
  release: { from: setOut, who: 'owner' },
  'en-route': { from: setOut, who: 'owner' },
  'on-scene': { from: setOut, who: 'owner' },
  'hand-over': { from: owned, who: 'owner_or_dispatcher' },
  'accept-hand-over': { from: owned, who: 'successor' },
  'need-help': { from: open, who: 'anyone' },
  'take-over': { from: owned, who: 'dispatcher' },
  comment: { from: [...open, 'resolved'], who: 'anyone' },
  resolve: { from: owned, who: 'owner_or_dispatcher' },
  close: { from: ['resolved'], who: 'dispatcher' },
};
const actionNames = Object.keys(guards) as ActionName[];

/** Names of the actions that the actor may take now, in the order of the state machine. */
export function actionsFor(incident: IncidentState, actor: Actor): ActionName[] {
  return actionNames.filter(
    (name) =>
      guards[name].from.includes(incident.status) &&
      isAllowed(guards[name].who, incident, actor) &&
      !(name === 'take-over' && incident.ownerId === actor.id),
  );
}

/**
 * What an action of a person does. Undefined where it is done already (a second tap). Throws INCIDENT_TAKEN (409, with the
 * owner), INCIDENT_WRONG_STATE (409), INCIDENT_NOT_YOURS (403), INCIDENT_BAD_SUCCESSOR (400).
 */
export function decide(
  incident: IncidentState,
  act: { actor: Actor; action: Action },
  now: number,
): Decision | undefined {
  const { actor, action } = act;
  if (isDone(incident, actor, action)) return undefined;
  check(incident, actor, action);
  const handle = handlers[action.name] as Handler;
  return handle(incident, act, now);
}

function isAllowed(who: Who, incident: IncidentState, actor: Actor): boolean {
  const isOwner = incident.ownerId === actor.id;
  if (who === 'anyone') return true;
  if (who === 'owner') return isOwner;
  if (who === 'successor') return incident.handOverTo === actor.id;
  return mayDispatch(actor) || (who === 'owner_or_dispatcher' && isOwner);
}

function isDone(incident: IncidentState, actor: Actor, action: Action): boolean {
  const isOwner = incident.ownerId === actor.id;
  if (action.name === 'acknowledge' || action.name === 'take-over') {
    return isOwner && owned.includes(incident.status);
  }
  if (action.name === 'on-scene') return isOwner && incident.status === 'on_scene';
  if (action.name === 'hand-over') return incident.handOverTo === action.to;
  if (action.name === 'close') return incident.status === 'closed' && mayDispatch(actor);
  return false;
}

function check(incident: IncidentState, actor: Actor, action: Action): void {
  const guard = guards[action.name];
  const owner = { ownerId: incident.ownerId, owner: incident.ownerName };
  if (action.name === 'acknowledge' && owned.includes(incident.status)) {
    throw new AppError('INCIDENT_TAKEN', `somebody has it already: ${incident.ownerName ?? 'unknown'}`, {
      status: 409,
      details: owner,
    });
  }
  if (!guard.from.includes(incident.status)) {
    throw new AppError('INCIDENT_WRONG_STATE', `${action.name} does not follow ${incident.status}`, {
      status: 409,
      details: { action: action.name, status: incident.status },
    });
  }
  if (!isAllowed(guard.who, incident, actor)) {
    throw new AppError('INCIDENT_NOT_YOURS', `${action.name} is for the ${guard.who.replaceAll('_', ' ')}`, {
      status: 403,
      details: { action: action.name, ...owner },
    });
  }
  if (action.name === 'hand-over' && action.to === incident.ownerId) {
    throw new AppError('INCIDENT_BAD_SUCCESSOR', 'it cannot be handed to the one who has it');
  }
}

type Handler = (incident: IncidentState, act: { actor: Actor; action: Action }, now: number) => Decision;
type Handlers = {
  [K in ActionName]: (
    incident: IncidentState,
    act: { actor: Actor; action: Extract<Action, { name: K }> },
    now: number,
  ) => Decision;
};

const handlers: Handlers = {
  acknowledge: ({ policy }, { actor }, now) =>
    taken(actor, now, { kind: 'acknowledged', effects: ['tell_taken'], policy }),
  'take-over': ({ policy, ownerId }, { actor }, now) =>
    taken(actor, now, { kind: 'taken_over', from: ownerId, effects: ['tell_former'], policy }),
  'accept-hand-over': ({ policy, ownerId }, { actor }, now) =>
    taken(actor, now, { kind: 'handed_over', from: ownerId, effects: ['tell_former'], policy }),
  release: (_incident, { action }, now) => ({
    changes: backToNotified(now),
    entry: { kind: 'released', detail: given({ reason: action.reason }) },
    effects: ['ask_next', 'ask_again'],
  }),
  'en-route': (incident, { action }, now) => underWay(incident, action.etaMs, now),
  'on-scene': ({ policy }, { action }, now) => ({
    changes: { status: 'on_scene', onSceneAt: now, etaAt: null, leaseUntil: now + policy.remindOnSceneMs },
    entry: { kind: 'on_scene', detail: given({ ...action, name: undefined }) },
    effects: [],
  }),
  'hand-over': (_incident, { action }) => ({
    changes: { handOverTo: action.to },
    entry: { kind: 'hand_over_asked', detail: { to: action.to } },
    effects: ['ask_successor'],
  }),
  'need-help': (incident, { action }, now) => ({
    changes: isUnanswered(incident.status) ? { nextStepAt: now } : {},
    entry: { kind: 'need_help', detail: given({ what: action.what, note: action.note }) },
    effects: ['ask_next'],
  }),
  comment: (_incident, { action }) => ({
    changes: {},
    entry: { kind: 'comment', detail: { text: action.text } },
    effects: [],
  }),
  resolve: (_incident, { action }, now) => ended(action, now),
  close: (_incident, _act, now) => ({
    changes: { status: 'closed', closedAt: now },
    entry: { kind: 'closed', detail: {} },
    effects: [],
  }),
};

function taken(
  actor: Actor,
  now: number,
  how: { kind: TimelineKind; effects: Effect[]; policy: EscalationPolicy; from?: number | null },
): Decision {
  return {
    changes: {
      status: 'acknowledged',
      ownerId: actor.id,
      handOverTo: null,
      ...(how.kind === 'acknowledged' ? { acknowledgedAt: now } : {}),
      enRouteAt: null,
      etaAt: null,
      nextStepAt: null,
      leaseUntil: now + how.policy.enRouteWithinMs,
    },
    entry: { kind: how.kind, detail: given({ from: how.from ?? undefined }) },
    effects: how.effects,
  };
}

/** A later estimate is taken, but never past the most that the policy gives from when the responder set out. */
function underWay(incident: IncidentState, etaMs: number | undefined, now: number): Decision {
  const { policy } = incident;
  const setOutAt = incident.enRouteAt ?? now;
  const latest = Math.max(setOutAt + policy.onSceneAtMostMs, now);
  const etaAt = Math.min(now + (etaMs ?? policy.onSceneWithinMs), latest);
  return {
    changes: { status: 'en_route', enRouteAt: setOutAt, etaAt, leaseUntil: etaAt },
    entry: { kind: 'en_route', detail: { etaAt } },
    effects: [],
  };
}

/** It is part of another from now on, whoever has it. */
export function folded(into: { id: number; name: string | null }, now: number): Decision {
  return {
    changes: {
      ...{ status: 'closed', resolvedAt: now, closedAt: now },
      ...{ handOverTo: null, nextStepAt: null, leaseUntil: null, etaAt: null },
    },
    entry: { kind: 'closed', detail: { into: into.id, ...(into.name === null ? {} : { note: into.name }) } },
    effects: ['tell_folded'],
  };
}

function ended(action: { outcome: Outcome; note: string }, now: number): Decision {
  return {
    changes: {
      status: 'resolved',
      resolvedAt: now,
      outcome: action.outcome,
      note: action.note,
      handOverTo: null,
      nextStepAt: null,
      leaseUntil: null,
      etaAt: null,
    },
    entry: { kind: 'resolved', detail: { outcome: action.outcome, note: action.note } },
    effects: ['tell_family'],
  };
}

/** Without what is undefined: the time line holds only what was said. */
function given(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
}
