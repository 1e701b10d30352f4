import type { Severity } from '../model/alerts.ts';
import type { TicketPolicy } from '../model/tickets.ts';
import { changeLimit, remindedBy, resumeClock } from './ticket-clock.ts';
import { deskEntries, onDesk, pausedSoFar, rungFrom } from './ticket-rise.ts';
import {
  type Decision,
  type Ground,
  given,
  type TicketMutable,
  type TicketState,
  type TimelineDraft,
  unworked,
} from './ticket-state.ts';

/** One alert of a ticket's point, as far as the ticket minds. */
export interface Fault {
  kind: string;
  severity: Severity;
  at: number;
  receivedAt: number;
  /** What the time line keeps of it. */
  detail: Record<string, unknown>;
}

/** A fault that joins a ticket sooner than this after the last is counted and told to nobody, unless something is new. */
const QUIET_MS = 3_600_000;

/** One that had been well is news, but not for a rope that flaps between wet and dry. */
const FLAPPING_MS = 10 * 60_000;

const rank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** The worst of them says what people call it. */
export function worstOf<F extends Pick<Fault, 'severity'>>(faults: readonly [F, ...F[]]): F {
  return faults.reduce((worst, each) => (rank[each.severity] > rank[worst.severity] ? each : worst));
}

/** Whether a closed ticket is opened again, instead of a new one. */
export function reopens(
  ticket: Pick<TicketState, 'status' | 'closedAt'>,
  ground: Pick<Ground, 'now' | 'settings'>,
): boolean {
  return (
    ticket.status === 'closed' &&
    ticket.closedAt !== null &&
    ground.now - ticket.closedAt <= ground.settings.reopenWithinMs
  );
}

/** More faults for a ticket that stands, or one that comes back within days. Level and elapsed time stay what they were. */
export function joined(
  ticket: TicketState,
  faults: readonly [Fault, ...Fault[]],
  { ground, policy }: { ground: Ground; policy: (severity: Severity) => TicketPolicy },
): Decision {
  const counted = {
    occurrences: ticket.occurrences + faults.length,
    lastFaultAt: Math.max(ticket.lastFaultAt, ...faults.map((fault) => fault.at)),
    recoveredAt: null,
  };
  const entries = faults.map(({ detail }) => ({ kind: 'occurrence' as const, detail }));
  if (ticket.status === 'closed' || ticket.status === 'verified') {
    return reopened(ticket, { entries, counted }, { ground, faults, policy });
  }
  const worse = worsened(ticket, worstOf(faults), { ground, policy });
  if (ticket.status === 'finished')
    return rejectedBySensor({ ...ticket, ...worse.changes }, { entries, counted, worse }, ground);
  const sinceMs = ground.now - ticket.lastFaultAt;
  const quietMs = ticket.recoveredAt === null ? QUIET_MS : FLAPPING_MS;
  const isNews = worse.entries.length > 0 || sinceMs > quietMs;
  return {
    changes: { ...counted, ...worse.changes },
    entries: [...entries, ...worse.entries],
    tells: isNews ? [{ template: 'ticket_again', to: ['holders', 'assignees'] }] : [],
  };
}

interface Joining {
  entries: readonly TimelineDraft[];
  counted: Partial<TicketMutable>;
}

/** A severity rises and never falls; the limits of the new one count, minus what has elapsed. What is critical is not paused. */
function worsened(
  ticket: TicketState,
  fault: Fault,
  { ground, policy }: { ground: Ground; policy: (severity: Severity) => TicketPolicy },
): { changes: Partial<TicketMutable>; entries: TimelineDraft[] } {
  if (rank[fault.severity] <= rank[ticket.severity]) return { changes: {}, entries: [] };
  const { calendar, now } = ground;
  const next = policy(fault.severity);
  const limit = next.levels[ticket.level][ticket.clock.stage];
  const isUnpaused = ticket.status === 'paused' && next.pauseAtMostMs === null;
  const clock = changeLimit(calendar, ticket.clock, { limit, now });
  const changes: Partial<TicketMutable> = {
    severity: fault.severity,
    kind: fault.kind,
    policy: next,
    clock,
    reminded: ticket.reminded >= 100 && isOver(clock, now) ? 100 : remindedBy(calendar, clock, now),
  };
  const entry = {
    kind: 'severity' as const,
    detail: { from: ticket.severity, to: fault.severity, kind: fault.kind, dueAt: clock.dueAt },
  };
  if (next.pauseAtMostMs === null && ticket.request?.decided === undefined) changes.request = null;
  if (!isUnpaused) return { changes, entries: [entry] };
  const running = resumeClock(calendar, clock, now);
  Object.assign(changes, {
    status: ticket.startedAt === null ? 'accepted' : 'in_progress',
    clock: running,
    pausedAt: null,
    pausedUntil: null,
    pausedMs: pausedSoFar(ticket, now),
  } satisfies Partial<TicketMutable>);
  return { changes, entries: [entry, { kind: 'resumed', detail: { by: 'severity' } }] };
}

const isOver = ({ dueAt }: TicketState['clock'], now: number): boolean => dueAt !== null && dueAt <= now;

/** Said to be done, and the sensor says that it is not: back to whoever had it. */
function rejectedBySensor(
  ticket: TicketState,
  joining: Joining & { worse: { changes: Partial<TicketMutable>; entries: readonly TimelineDraft[] } },
  { calendar, now }: Ground,
): Decision {
  const { entries, counted, worse } = joining;
  return {
    changes: {
      ...counted,
      ...worse.changes,
      status: 'in_progress',
      finishedAt: null,
      finishedBy: null,
      finding: null,
      clock: resumeClock(calendar, ticket.clock, now),
    },
    entries: [...entries, ...worse.entries, { kind: 'rejected', detail: { by: 'sensor' } }],
    ...againFor(ticket),
    tells: [{ template: 'ticket_rejected', to: ['holders', 'assignees'], extra: { by: 'sensor' } }],
  };
}

/** Who finished it in the field gets his task back. */
export function againFor(ticket: TicketState): Pick<Decision, 'newTasks'> {
  const { finishedBy, ownerId } = ticket;
  if (finishedBy === null || finishedBy === ownerId) return {};
  return { newTasks: [{ accountId: finishedBy, companyId: null, assignedBy: ownerId, note: null }] };
}

function reopened(
  ticket: TicketState,
  { entries, counted }: Joining,
  {
    ground,
    faults,
    policy,
  }: { ground: Ground; faults: readonly [Fault, ...Fault[]]; policy: (severity: Severity) => TicketPolicy },
): Decision {
  const { severity, kind } = worstOf(faults);
  const next = policy(severity);
  const { rung, missing } = rungFrom(ticket.level, ground.ladder);
  return {
    changes: {
      ...counted,
      severity,
      kind,
      policy: next,
      ...onDesk(next, rung, ground),
      reworks: ticket.reworks + 1,
      ...unworked,
    },
    entries: [
      {
        kind: 'reopened',
        detail: given({ reworks: ticket.reworks + 1, closedAt: ticket.closedAt ?? undefined }),
      },
      ...entries,
      ...deskEntries(rung, missing),
    ],
    tells: [{ template: 'ticket_reopened', to: ['rung'] }],
  };
}

/** The sensor's own good value: noted, and for work that is said to be done the proof. */
export function recovered(
  ticket: TicketState,
  detail: Record<string, unknown>,
  now: number,
): Decision | undefined {
  if (ticket.status === 'closed' || ticket.recoveredAt !== null) return undefined;
  const decision: Decision = {
    changes: { recoveredAt: now },
    entries: [{ kind: 'recovered', detail }],
    tells: [],
  };
  return ticket.status === 'finished' ? verifiedBySensor(decision, now) : decision;
}

/** A decision that leaves the ticket finished, and verified with it. */
export function verifiedBySensor(decision: Decision, now: number): Decision {
  const { nextAt: _, ...changes } = decision.changes;
  return {
    ...decision,
    changes: { ...changes, status: 'verified', verifiedAt: now, verifiedBy: null },
    entries: [...decision.entries, { kind: 'verified', detail: { by: 'sensor' } }],
  };
}
