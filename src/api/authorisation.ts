import type { CompanyDuty } from '../model/assets.ts';
import type { IncidentStatus, Role } from '../model/incidents.ts';

/**
 * Who may call a route: anybody, anybody signed in, or holders of one of the roles. What a caller then sees is decided by the functions
 * below; this is the outer door.
 */
/** `devices`: not for people, and what a person's browser holds counts for nothing. */
export type Access = 'public' | 'devices' | 'signed-in' | readonly Role[];

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
  /** Property companies that the account works for, and those of them that it manages. */
  companies: ReadonlySet<number>;
  managed: ReadonlySet<number>;
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
  /** Of the building, where a sensor raised it. */
  companyId: number | null;
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

/** Where an asset stands, and whose it is: its own, else of the nearest ancestor. */
export interface AssetFacts {
  gridId: number | null;
  companyId: number | null;
}

/** What decides who sees a device: its wearer, else its asset's place, else where it is registered. */
export interface DeviceFacts extends AssetFacts {
  subjectId: number | null;
}

const worksFor = (scope: Scope, companyId: number | null): boolean =>
  has(scope, 'property') && companyId !== null && scope.companies.has(companyId);

/** Buildings tell nothing of people: the company that keeps them, and who is responsible for the grid. */
export function seesAsset(scope: Scope, asset: AssetFacts): boolean {
  if (has(scope, 'admin') || deskSees(scope, asset.gridId) || worksFor(scope, asset.companyId)) return true;
  return has(scope, 'responder') && asset.gridId !== null && scope.dutyGrids.has(asset.gridId);
}

/** A worn device is seen by who sees its wearer, never by a property company for the building's sake. */
export function seesDevice(scope: Scope, device: DeviceFacts): boolean {
  const { subjectId, gridId } = device;
  return subjectId === null ? seesAsset(scope, device) : seesSubject(scope, { id: subjectId, gridId });
}

/** The tree and what hangs in it are written by the desk above the grid. */
export function mayEditAsset(scope: Scope, gridId: number | null): boolean {
  return has(scope, 'admin') || deskSees(scope, gridId);
}

/** A breaker is switched by the desk of its grid or a manager of its company. */
export function maySwitch(scope: Scope, device: DeviceFacts): boolean {
  if (device.subjectId !== null) return false;
  return mayEditAsset(scope, device.gridId) || manages(scope, device.companyId);
}

function manages(scope: Scope, companyId: number | null): boolean {
  return has(scope, 'property') && companyId !== null && scope.managed.has(companyId);
}

export function seesCompany(scope: Scope, companyId: number): boolean {
  return has(scope, 'admin') || has(scope, 'dispatcher') || worksFor(scope, companyId);
}

/** Its own managers keep its roster and its repairers; who manages is the administrator's to say. */
export function mayEditStaff(scope: Scope, companyId: number, duty: CompanyDuty | 'shift'): boolean {
  return has(scope, 'admin') || (duty !== 'manager' && manages(scope, companyId));
}

/** The wearers of `seesSubject` as sets to select by, for lists. */
export interface Visible {
  everything: boolean;
  subjectIds: readonly number[];
  gridIds: readonly number[];
  /** Whose buildings, with the devices in them that nobody wears. */
  companyIds: readonly number[];
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
    companyIds: has(scope, 'property') ? [...scope.companies] : [],
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
  if (isOfBuilding(scope, incident)) return true;
  return has(scope, 'responder') && incident.gridId !== null && scope.dutyGrids.has(incident.gridId);
}

/** Smoke or gas in a building of hers is a manager's to know; nothing of a wearer is. */
function isOfBuilding(scope: Scope, incident: IncidentFacts): boolean {
  return incident.subjectId === null && manages(scope, incident.companyId);
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
    if (takesPart(scope, incident) || isOfBuilding(scope, incident)) return 'incident';
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

/** Restarting a wristband or turning it off leaves her without help for a while. */
export function mayPutOut(scope: Scope, subjectId: number | null): boolean {
  if (has(scope, 'admin')) return true;
  return subjectId !== null && has(scope, 'family') && scope.guardian.has(subjectId);
}

/** Rosters are made by the desk above the grid. */
export function mayEditRoster(scope: Scope, gridId: number): boolean {
  return has(scope, 'admin') || deskSees(scope, gridId);
}

/** Whose access log an account may read: `all`, or that of the wearers whose guardian it is. */
export function readableAudit(scope: Scope): 'all' | readonly number[] {
  return has(scope, 'admin') ? 'all' : [...scope.guardian];
}
