import type { EscalationPolicy, IncidentStatus, Outcome, Role, TimelineKind } from '../model/incidents.ts';

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
 * is asked at once · `ask_again`, so are all others who were asked before · `ask_newcomers`, who stands in the
 * place of those asked so far since the place changed · `ask_successor`, who is to take over · `tell_former`,
 * who was the owner hears that he no longer is · `remind`, the owner and the street desk are reminded · `tell_family`, they hear how it ended · `tell_folded`, who was asked hears that it is part of another.
 */
export type Effect =
  | 'tell_taken'
  | 'ask_again'
  | 'ask_next'
  | 'ask_newcomers'
  | 'ask_successor'
  | 'tell_former'
  | 'remind'
  | 'tell_family'
  | 'tell_folded';

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

export const unansweredStatuses: readonly IncidentStatus[] = ['raised', 'notified'];
export const ownedStatuses: readonly IncidentStatus[] = ['acknowledged', 'en_route', 'on_scene'];
export const openStatuses: readonly IncidentStatus[] = [...unansweredStatuses, ...ownedStatuses];
export const setOutStatuses: readonly IncidentStatus[] = ['acknowledged', 'en_route'];

export const isOpen = (status: IncidentStatus): boolean => openStatuses.includes(status);
export const isUnanswered = (status: IncidentStatus): boolean => unansweredStatuses.includes(status);
export const mayDispatch = (actor: Actor): boolean =>
  actor.roles.includes('dispatcher') || actor.roles.includes('admin');

/** Whether somebody or something will look at it again: what the auditor asks of every open incident. */
export function isWatched(incident: Pick<IncidentState, 'status' | 'nextStepAt' | 'leaseUntil'>): boolean {
  if (!isOpen(incident.status)) return true;
  return (isUnanswered(incident.status) ? incident.nextStepAt : incident.leaseUntil) !== null;
}

/** Nobody has it: the ladder goes on. */
export function backToNotified(now: number): IncidentChanges {
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
