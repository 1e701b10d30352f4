import type { EscalationPolicy, IncidentStatus, Outcome, Role, TimelineKind } from '../model/incidents.ts';
import { AppError } from '../platform/errors.ts';

/** What the machine needs to know of an incident; times are milliseconds since 1970. */
export interface IncidentState {
  id: number;
  status: IncidentStatus;
  ownerId: number | null;
  ownerName: string | null;
  handOverTo: number | null;
  /** Index of the escalation step that comes next; from the number of steps on it is a repetition. It never falls except when reopened. */
  nextStep: number;
  nextStepAt: number | null;
  leaseUntil: number | null;
  etaAt: number | null;
  enRouteAt: number | null;
  resolvedAt: number | null;
  policy: EscalationPolicy;
}

export interface Actor {
  id: number;
  roles: readonly Role[];
}

export type Action =
  | { name: 'acknowledge' }
  | { name: 'release'; reason?: string }
  | { name: 'en-route'; etaMs?: number }
  | { name: 'on-scene'; latitude?: number; longitude?: number; distanceM?: number }
  | { name: 'hand-over'; to: number }
  | { name: 'accept-hand-over' }
  | { name: 'need-help'; what: string; note?: string }
  | { name: 'take-over' }
  | { name: 'comment'; text: string }
  | { name: 'resolve'; outcome: Outcome; note: string }
  | { name: 'close' };
export type ActionName = Action['name'];

/**
 * What a change asks of the world: `tell_taken`, all who were asked hear who has it · `ask_next`, the next step
 * is asked at once · `ask_again`, so are all others who were asked before · `ask_successor`, who is to take over · `tell_former`,
 * who was the owner hears that he no longer is · `remind`, the owner and the street desk are reminded · `tell_family`, they hear how it ended.
 */
export type Effect =
  | 'tell_taken'
  | 'ask_again'
  | 'ask_next'
  | 'ask_successor'
  | 'tell_former'
  | 'remind'
  | 'tell_family';

/** The columns of an incident that a decision may set. */
export interface IncidentChanges {
  status?: IncidentStatus;
  ownerId?: number | null;
  handOverTo?: number | null;
  nextStep?: number;
  nextStepAt?: number | null;
  leaseUntil?: number | null;
  etaAt?: number | null;
  notifiedAt?: number;
  acknowledgedAt?: number | null;
  enRouteAt?: number | null;
  onSceneAt?: number | null;
  resolvedAt?: number | null;
  closedAt?: number;
  outcome?: Outcome | null;
  note?: string | null;
}

export interface Decision {
  changes: IncidentChanges;
  entry?: { kind: TimelineKind; detail: Record<string, unknown> };
  effects: readonly Effect[];
}

const unanswered: readonly IncidentStatus[] = ['raised', 'notified'];
const owned: readonly IncidentStatus[] = ['acknowledged', 'en_route', 'on_scene'];
const open: readonly IncidentStatus[] = [...unanswered, ...owned];
const setOut: readonly IncidentStatus[] = ['acknowledged', 'en_route'];

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
export const actionNames = Object.keys(guards) as ActionName[];

export const isOpen = (status: IncidentStatus): boolean => open.includes(status);
export const isUnanswered = (status: IncidentStatus): boolean => unanswered.includes(status);
export const mayDispatch = (actor: Actor): boolean =>
  actor.roles.includes('dispatcher') || actor.roles.includes('admin');

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
  return effectOf(incident, act, now);
}

/** What time alone brings: an escalation step or the end of a lease; undefined while nothing is due. */
export function whatIsDue(incident: IncidentState, now: number): Decision | undefined {
  if (!isOpen(incident.status)) return undefined;
  if (!isUnanswered(incident.status)) {
    return incident.leaseUntil !== null && incident.leaseUntil <= now ? leaseEnded(incident, now) : undefined;
  }
  const isDue = incident.nextStepAt !== null && incident.nextStepAt <= now;
  return isDue ? { changes: {}, effects: ['ask_next'] } : undefined;
}

/** An acknowledgement ran out: the next ones are asked; on scene it is only a reminder, which comes again. */
export function leaseEnded(incident: IncidentState, now: number): Decision {
  if (incident.status === 'on_scene') {
    return {
      changes: { leaseUntil: now + incident.policy.remindOnSceneMs },
      entry: { kind: 'lease_ended', detail: { reminder: true, ownerId: incident.ownerId } },
      effects: ['remind'],
    };
  }
  return {
    changes: backToNotified(now),
    entry: { kind: 'lease_ended', detail: { ownerId: incident.ownerId, status: incident.status } },
    effects: ['tell_former', 'ask_next', 'ask_again'],
  };
}

/** Every message of a step failed for good. Undefined where that no longer matters, or where everybody was asked already. */
export function stepFailed(incident: IncidentState, step: number, now: number): Decision | undefined {
  const isCurrent = isUnanswered(incident.status) && step === incident.nextStep - 1;
  if (!isCurrent || step >= incident.policy.steps.length) return undefined;
  return {
    changes: { nextStepAt: now },
    entry: { kind: 'nobody', detail: { step, reason: 'all_failed' } },
    effects: ['ask_next'],
  };
}

/** A new press soon after it was resolved: the ladder starts from its foot. */
export function reopened(now: number): IncidentChanges {
  return {
    status: 'notified',
    notifiedAt: now,
    nextStep: 0,
    nextStepAt: now,
    ownerId: null,
    handOverTo: null,
    leaseUntil: null,
    etaAt: null,
    acknowledgedAt: null,
    enRouteAt: null,
    onSceneAt: null,
    resolvedAt: null,
    outcome: null,
    note: null,
  };
}

export function mayReopen(incident: Pick<IncidentState, 'status' | 'resolvedAt' | 'policy'>, now: number) {
  return incident.status === 'resolved' && now - (incident.resolvedAt ?? 0) <= incident.policy.reopenWithinMs;
}

/** Whether somebody or something will look at it again: what the auditor asks of every open incident. */
export function isWatched(incident: Pick<IncidentState, 'status' | 'nextStepAt' | 'leaseUntil'>): boolean {
  if (!isOpen(incident.status)) return true;
  return (isUnanswered(incident.status) ? incident.nextStepAt : incident.leaseUntil) !== null;
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

function effectOf(
  incident: IncidentState,
  { actor, action }: { actor: Actor; action: Action },
  now: number,
): Decision {
  const { policy } = incident;
  switch (action.name) {
    case 'acknowledge':
      return taken(actor, now, { kind: 'acknowledged', effects: ['tell_taken'], policy });
    case 'take-over':
      return taken(actor, now, {
        kind: 'taken_over',
        from: incident.ownerId,
        effects: ['tell_former'],
        policy,
      });
    case 'accept-hand-over':
      return taken(actor, now, {
        kind: 'handed_over',
        from: incident.ownerId,
        effects: ['tell_former'],
        policy,
      });
    case 'release':
      return {
        changes: backToNotified(now),
        entry: { kind: 'released', detail: given({ reason: action.reason }) },
        effects: ['ask_next', 'ask_again'],
      };
    case 'en-route':
      return underWay(incident, action.etaMs, now);
    case 'on-scene':
      return {
        changes: {
          status: 'on_scene',
          onSceneAt: now,
          etaAt: null,
          leaseUntil: now + policy.remindOnSceneMs,
        },
        entry: { kind: 'on_scene', detail: given({ ...action, name: undefined }) },
        effects: [],
      };
    case 'hand-over':
      return {
        changes: { handOverTo: action.to },
        entry: { kind: 'hand_over_asked', detail: { to: action.to } },
        effects: ['ask_successor'],
      };
    case 'need-help':
      return {
        changes: isUnanswered(incident.status) ? { nextStepAt: now } : {},
        entry: { kind: 'need_help', detail: given({ what: action.what, note: action.note }) },
        effects: ['ask_next'],
      };
    case 'comment':
      return { changes: {}, entry: { kind: 'comment', detail: { text: action.text } }, effects: [] };
    case 'resolve':
      return ended(action, now);
    case 'close':
      return {
        changes: { status: 'closed', closedAt: now },
        entry: { kind: 'closed', detail: {} },
        effects: [],
      };
  }
}

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

function backToNotified(now: number): IncidentChanges {
  return {
    status: 'notified',
    ownerId: null,
    handOverTo: null,
    leaseUntil: null,
    etaAt: null,
    enRouteAt: null,
    nextStepAt: now,
  };
}

/** Without what is undefined: the time line holds only what was said. */
function given(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
}
