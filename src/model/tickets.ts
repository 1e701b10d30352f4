import type { Severity } from './alerts.ts';

/** What is broken, as coarse as the work that mends it: with the asset it is the dedup key, with the severity the deadline. */
export const faultClasses = [
  'water_leak',
  /** Pressure too low or high, a burst pipe. */
  'water_supply',
  'sewer_level',
  'bin_full',
  'manhole_open',
  'breaker_trip',
  /** Overload, over-current, residual current, a hot conductor: no trip yet. */
  'electrical_warning',
  /** Voltage too high or low, a phase that is missing: usually the grid's. */
  'power_quality',
  'device_battery',
  'device_silent',
  'device_fault',
  'gateway_dead',
] as const;
export type FaultClass = (typeof faultClasses)[number];

export const ticketStatuses = [
  'reported',
  'dispatched',
  'accepted',
  'in_progress',
  'paused',
  'finished',
  'verified',
  'closed',
] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

/** In rising order; a ticket never falls. */
export const ticketLevels = ['property', 'community', 'city'] as const;
export type TicketLevel = (typeof ticketLevels)[number];

export const levelRank: Readonly<Record<TicketLevel, number>> = { property: 0, community: 1, city: 2 };

/** How a deadline counts: hours and days at work by the calendar, days by the calendar, or without a break. */
export const clockUnits = ['working_hours', 'working_days', 'natural_days', 'round_the_clock'] as const;
export type ClockUnit = (typeof clockUnits)[number];

/** What the running deadline is for. */
export type TicketStage = 'accept' | 'finish';

/**
 * The deadline of a stage. Elapsed time is kept, so that a pause or another limit never loses it: `dueAt` is stored and follows from the
 * rest and the calendar.
 */
export interface TicketClock {
  stage: TicketStage;
  unit: ClockUnit;
  /** Milliseconds that count (of working time where the unit is one of work). */
  limitMs: number;
  /** Counted up to `since`, or altogether where it stands still. */
  elapsedMs: number;
  /** Running since then; null while it stands still. */
  since: number | null;
  /** Null while it stands still. */
  dueAt: number | null;
}

/** Names of the action routes of a ticket. */
export const ticketActions = [
  'accept',
  'assign',
  'start',
  'pause',
  'approve',
  'refuse',
  'resume',
  'extend',
  'finish',
  'verify',
  'return',
  'dispatch',
  'escalate',
  'take-over',
  'comment',
  'close',
  'rate',
] as const;
export type TicketAction = (typeof ticketActions)[number];

export const ticketTimelineKinds = [
  'reported',
  'dispatched',
  'nobody',
  'notified',
  'occurrence',
  'severity',
  'recovered',
  'accepted',
  'assigned',
  'task_done',
  'started',
  'pause_asked',
  'pause_approved',
  'pause_refused',
  'paused',
  'resumed',
  'extend_asked',
  'extended',
  'extend_refused',
  'reminded',
  'breached',
  'escalated',
  'taken_over',
  'returned',
  'photo',
  'comment',
  'finished',
  'verified',
  'rejected',
  'rated',
  'closed',
  'reopened',
  'switched',
] as const;
export type TicketTimelineKind = (typeof ticketTimelineKinds)[number];

/** The limits of one stage at one level. */
export interface StageLimit {
  unit: ClockUnit;
  limitMs: number;
}

/** The deadlines of a ticket as they are copied into it when it opens, by level. */
export interface TicketPolicy {
  faultClass: FaultClass;
  severity: Severity;
  levels: Record<TicketLevel, { accept: StageLimit; finish: StageLimit }>;
  /** Whether work may be paused at all, and for how long at most; never for what is urgent. */
  pauseAtMostMs: number | null;
}
