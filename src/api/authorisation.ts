import type { IncidentStatus, Role } from '../model/incidents.ts';

/**
 * Who may call a route: anybody, anybody signed in, or holders of one of the roles. What a caller then sees is decided by the functions
 * below; this is the outer door.
 */
export type Access = 'public' | 'signed-in' | readonly Role[];

export function mayCall(roles: readonly Role[], access: Access): boolean {
  return typeof access === 'string' || access.some((role) => roles.includes(role));
}

/** What an account is responsible for, read from the tables at each request. */
export interface Scope {
  accountId: number;
  roles: readonly Role[];
  /** Wearers whose family this is, and those of them whose guardian. */
  family: ReadonlySet<number>;
  guardian: ReadonlySet<number>;
  /** Grids in which a responder has shifts, with all below them. */
  dutyGrids: ReadonlySet<number>;
  /** Grids below a dispatcher's desks; `all` for a dispatcher who sits at none or at the top. */
  deskGrids: ReadonlySet<number> | 'all';
}

/** What decides who sees a wearer. */
export interface SubjectFacts {
  id: number;
  gridId: number | null;
}

/** What decides who sees an incident, seen from one account. */
export interface IncidentFacts {
  id: number;
  subjectId: number | null;
  gridId: number | null;
  status: IncidentStatus;
  resolvedAt: number | null;
  ownerId: number | null;
  handOverTo: number | null;
  /** A notification about it went to this account. */
  notified: boolean;
}

const has = (scope: Scope, role: Role): boolean => scope.roles.includes(role);

/** Whoever belongs to no grid is every desk's, else she would be nobody's. */
function deskSees(scope: Scope, gridId: number | null): boolean {
  if (!has(scope, 'dispatcher')) return false;
  return scope.deskGrids === 'all' || gridId === null || scope.deskGrids.has(gridId);
}

/** Name, address and care notes; not where she is nor her vitals. */
export function seesSubject(scope: Scope, subject: SubjectFacts): boolean {
  if (has(scope, 'admin') || deskSees(scope, subject.gridId)) return true;
  if (has(scope, 'family') && scope.family.has(subject.id)) return true;
  return has(scope, 'responder') && subject.gridId !== null && scope.dutyGrids.has(subject.gridId);
}

/** A worn device is seen by who sees its wearer; another by who sees the grid it is registered in. */
export function seesDevice(
  scope: Scope,
  device: { subjectId: number | null; gridId: number | null },
): boolean {
  return seesSubject(scope, { id: device.subjectId ?? 0, gridId: device.gridId });
}

/** The wearers of `seesSubject` as sets to select by, for lists. */
export interface Visible {
  everything: boolean;
  subjectIds: readonly number[];
  gridIds: readonly number[];
  /** Whoever belongs to no grid. */
  unplaced: boolean;
}

export function visibleTo(scope: Scope): Visible {
  const isDesk = has(scope, 'dispatcher');
  const desk = isDesk && scope.deskGrids !== 'all' ? [...scope.deskGrids] : [];
  return {
    everything: has(scope, 'admin') || (isDesk && scope.deskGrids === 'all'),
    subjectIds: has(scope, 'family') ? [...scope.family] : [],
    gridIds: [...(has(scope, 'responder') ? scope.dutyGrids : []), ...desk],
    unplaced: isDesk,
  };
}

/** Whether the account has a part in the incident: asked, in charge, or asked to take it over. */
export function takesPart(scope: Scope, incident: IncidentFacts): boolean {
  const { accountId } = scope;
  return incident.notified || incident.ownerId === accountId || incident.handOverTo === accountId;
}

export function seesIncident(scope: Scope, incident: IncidentFacts): boolean {
  if (has(scope, 'admin') || deskSees(scope, incident.gridId) || takesPart(scope, incident)) return true;
  if (incident.subjectId !== null && has(scope, 'family') && scope.family.has(incident.subjectId))
    return true;
  return has(scope, 'responder') && incident.gridId !== null && scope.dutyGrids.has(incident.gridId);
}

/** After `resolved`, those who helped may still read for this long: the ambulance's questions come then. */
export const READABLE_AFTER_MS = 30 * 60_000;

/** Why somebody may read a location or vitals now; it is what the access log says. */
export type ReadReason = 'family' | 'incident' | 'desk' | 'administration';

const isRecent = (incident: IncidentFacts, now: number): boolean =>
  (incident.status !== 'resolved' && incident.status !== 'closed') ||
  (incident.resolvedAt !== null && now - incident.resolvedAt <= READABLE_AFTER_MS);

/** Why the account may read the place and the evidence of an incident now; undefined where it may not. */
export function mayReadIncident(scope: Scope, incident: IncidentFacts, now: number): ReadReason | undefined {
  const { subjectId } = incident;
  if (subjectId !== null && has(scope, 'family') && scope.family.has(subjectId)) return 'family';
  if (isRecent(incident, now)) {
    if (takesPart(scope, incident)) return 'incident';
    if (deskSees(scope, incident.gridId)) return 'desk';
  }
  return has(scope, 'admin') ? 'administration' : undefined;
}

/** Why the account may read a wearer's location and vitals now, given her incidents of late; undefined where it may not. */
export function mayReadVitals(
  scope: Scope,
  subject: SubjectFacts,
  context: { incidents: readonly IncidentFacts[]; now: number },
): { reason: ReadReason; incidentId?: number } | undefined {
  if (has(scope, 'family') && scope.family.has(subject.id)) return { reason: 'family' };
  for (const incident of context.incidents) {
    if (incident.subjectId !== subject.id || !isRecent(incident, context.now)) continue;
    if (takesPart(scope, incident)) return { reason: 'incident', incidentId: incident.id };
    if (deskSees(scope, incident.gridId) || deskSees(scope, subject.gridId))
      return { reason: 'desk', incidentId: incident.id };
  }
  return has(scope, 'admin') ? { reason: 'administration' } : undefined;
}

/** A guardian corrects what is said of her; staff do for whom they see. */
export function mayEditSubject(scope: Scope, subject: SubjectFacts): boolean {
  if (has(scope, 'admin') || deskSees(scope, subject.gridId)) return true;
  return has(scope, 'family') && scope.guardian.has(subject.id);
}

/** Rosters are made by the desk above the grid. */
export function mayEditRoster(scope: Scope, gridId: number): boolean {
  return has(scope, 'admin') || deskSees(scope, gridId);
}

/** Whose access log an account may read: `all`, or that of the wearers whose guardian it is. */
export function readableAudit(scope: Scope): 'all' | readonly number[] {
  return has(scope, 'admin') ? 'all' : [...scope.guardian];
}
