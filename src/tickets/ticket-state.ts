import type { Severity } from '../model/alerts.ts';
import type { Finding } from '../model/findings.ts';
import type { GridLevel } from '../model/incidents.ts';
import type {
  FaultClass,
  TicketClock,
  TicketLevel,
  TicketPolicy,
  TicketStage,
  TicketStatus,
  TicketTimelineKind,
} from '../model/tickets.ts';
import type { TicketSettings } from './policies.ts';
import type { Rung } from './rungs.ts';
import type { Calendar } from './working-time.ts';

/** A pause or an extension that was asked for; it stays with what was decided, so that deciding it again is told from another wish. */
export interface TicketRequest {
  kind: 'pause' | 'extension';
  reason: string;
  /** Of a pause. */
  until: number | null;
  /** Of an extension. */
  byMs: number | null;
  by: number;
  at: number;
  decided?: 'approved' | 'refused';
  decidedBy?: number;
}

export interface Task {
  id: number;
  accountId: number | null;
  companyId: number | null;
}

/** What can change of a ticket; times are milliseconds since 1970. */
export interface TicketMutable {
  kind: string;
  severity: Severity;
  status: TicketStatus;
  level: TicketLevel;
  companyId: number | null;
  deskGridId: number | null;
  ownerId: number | null;
  occurrences: number;
  reworks: number;
  returned: boolean;
  lastFaultAt: number;
  recoveredAt: number | null;
  acceptedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  finishedBy: number | null;
  /** What it turned out to be, by who finished it. */
  finding: Finding | null;
  verifiedAt: number | null;
  verifiedBy: number | null;
  closedAt: number | null;
  note: string | null;
  policy: TicketPolicy;
  clock: TicketClock;
  nextAt: number | null;
  /** Percent of the limit of the last reminder; 100 once the deadline at the city has passed. */
  reminded: number;
  request: TicketRequest | null;
  /** Since when the pause runs, and until when at most; null where it is not paused. */
  pausedAt: number | null;
  pausedUntil: number | null;
  /** In all pauses that are over, of natural time. */
  pausedMs: number;
  extensions: number;
  rating: number | null;
  ratingNote: string | null;
}

/** A ticket as the machine needs to know it. */
export interface TicketState extends TicketMutable {
  id: number;
  faultClass: FaultClass;
  ownerName: string | null;
  /** Of the desk's grid. */
  deskLevel: GridLevel | null;
  /** Tasks that are not done. */
  tasks: readonly Task[];
  /** Whether there is a photo of afterwards, taken since work was last sent back. */
  hasPhotoAfter: boolean;
  /** An alert of it fires: the sensor says that it is not mended. */
  isFiring: boolean;
  /** The last thing that a person did to it, to tell a second tap. */
  lastAct: { kind: TicketTimelineKind; actorId: number; at: number; detail: Record<string, unknown> } | null;
}

export interface TimelineDraft {
  kind: TicketTimelineKind;
  actorId?: number;
  detail: Readonly<Record<string, unknown>>;
}

export type TicketTemplate =
  | 'ticket_dispatched'
  | 'ticket_again'
  | 'ticket_reminder'
  | 'ticket_escalated'
  | 'ticket_assigned'
  | 'ticket_returned'
  | 'ticket_request'
  | 'ticket_decided'
  | 'ticket_finished'
  | 'ticket_rejected'
  | 'ticket_reopened'
  | 'ticket_closed';

/**
 * Whom a message is for: `rung`, whoever is to take it at its level · `holders`, its owner, or the rung where there is none ·
 * `assignees`, who has a task · `company`, the managers in charge · `desk`, whoever decides on requests and verifies · `above`, the next level.
 */
export type Audience =
  | 'rung'
  | 'holders'
  | 'assignees'
  | 'company'
  | 'desk'
  | 'above'
  | { accountId: number }
  | { companyId: number };

export interface Tell {
  template: TicketTemplate;
  to: readonly Audience[];
  extra?: Readonly<Record<string, unknown>>;
}

/** A deadline that passed, and who let it: never changed once it is written. */
export interface Breach {
  stage: TicketStage;
  level: TicketLevel;
  companyId: number | null;
  deskGridId: number | null;
  ownerId: number | null;
  dueAt: number;
}

export interface NewTask {
  accountId: number | null;
  companyId: number | null;
  assignedBy: number | null;
  note: string | null;
}

/** What follows from an action, a fault or time. */
export interface Decision {
  changes: Partial<TicketMutable>;
  entries: readonly TimelineDraft[];
  breach?: Breach;
  /** Ids of tasks that are done now. */
  tasksDone?: readonly number[];
  newTasks?: readonly NewTask[];
  tells: readonly Tell[];
}

/** What every decision rests on besides the ticket itself. */
export interface Ground {
  now: number;
  calendar: Calendar;
  settings: TicketSettings;
  /** Who would have it at each level now. */
  ladder: Readonly<Record<TicketLevel, Rung>>;
}

/** 0 is the company, then the desks of a community (or grid), a street, the city. */
export type Rank = 0 | 1 | 2 | 3;

const gridRank: Readonly<Record<GridLevel, Rank>> = { grid: 1, community: 1, street: 2, city: 3 };

export const rankOfGrid = (level: GridLevel): Rank => gridRank[level];

/** How high the organisation stands that owns it. It never falls. */
export function rankOf(ticket: Pick<TicketState, 'level' | 'deskLevel'>): Rank {
  if (ticket.level === 'property') return 0;
  if (ticket.level === 'city') return 3;
  return ticket.deskLevel === 'street' || ticket.deskLevel === 'city' ? 2 : 1;
}

export const levelAbove = (level: TicketLevel): TicketLevel => (level === 'property' ? 'community' : 'city');

export const untaken: readonly TicketStatus[] = ['reported', 'dispatched'];
export const taken: readonly TicketStatus[] = ['accepted', 'in_progress', 'paused'];
export const unfinished: readonly TicketStatus[] = [...untaken, ...taken];

/** Without what is undefined: the time line holds only what was said. */
export function given(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
}

/** Nobody has done anything about it: a ticket as it opens and as it opens again. */
export const unworked = {
  acceptedAt: null,
  startedAt: null,
  finishedAt: null,
  finishedBy: null,
  finding: null,
  verifiedAt: null,
  verifiedBy: null,
  closedAt: null,
  pausedMs: 0,
  extensions: 0,
} as const satisfies Partial<TicketMutable>;
