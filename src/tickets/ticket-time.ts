import { momentOf, REMINDERS, resumeClock } from './ticket-clock.ts';
import { pausedSoFar, rise } from './ticket-rise.ts';
import type { Breach, Decision, Ground, TicketMutable, TicketState } from './ticket-state.ts';

/** What time asks for now; undefined where nothing is due. */
export function whatIsDue(ticket: TicketState, ground: Ground): Decision | undefined {
  if (ticket.nextAt === null || ticket.nextAt > ground.now) return undefined;
  switch (ticket.status) {
    case 'closed':
      return { changes: { nextAt: null }, entries: [], tells: [] };
    case 'paused':
      return resumed(ticket, ground, {});
    case 'finished':
      return reminder(ground, { to: ['desk'], detail: { waits: 'verify' } });
    case 'verified':
      if (ticket.isFiring) return reminder(ground, { to: ['desk'], detail: { waits: 'sensor' } });
      return closed(ticket, ground.now);
    default:
      return running(ticket, ground);
  }
}

function running(ticket: TicketState, ground: Ground): Decision {
  const { clock } = ticket;
  const stage = clock.stage;
  if (clock.dueAt === null) {
    return { changes: { clock: resumeClock(ground.calendar, clock, ground.now) }, entries: [], tells: [] };
  }
  if (clock.dueAt <= ground.now) {
    if (ticket.level !== 'city') return breached(ticket, ground);
    const isKnown = ticket.reminded >= 100;
    const overdue = reminder(ground, {
      to: ['holders', 'rung', 'assignees'],
      detail: { stage, percent: 100 },
    });
    if (isKnown) return overdue;
    const changes = { ...overdue.changes, reminded: 100 };
    return withBreach(ticket, { ...overdue, changes }, clock.dueAt);
  }
  const percent = REMINDERS.findLast(
    (each) => each > ticket.reminded && (momentOf(ground.calendar, clock, each) ?? Infinity) <= ground.now,
  );
  if (percent === undefined) return { changes: {}, entries: [], tells: [] };
  const to =
    percent === 80 ? (['holders', 'assignees', 'above'] as const) : (['holders', 'assignees'] as const);
  const { entries, tells } = reminder(ground, { to, detail: { stage, percent } });
  return { changes: { reminded: percent }, entries, tells };
}

/** The breach and the rise that it brings are one decision, hence one transaction. */
function breached(ticket: TicketState, ground: Ground): Decision {
  const { dueAt, stage } = ticket.clock;
  const risen = rise(ticket, ground, { entry: { kind: 'escalated' }, detail: { by: 'deadline', stage } });
  return withBreach(ticket, risen, dueAt ?? ground.now);
}

function withBreach(ticket: TicketState, decision: Decision, dueAt: number): Decision {
  const { level, companyId, deskGridId, ownerId, clock } = ticket;
  const breach: Breach = { stage: clock.stage, level, companyId, deskGridId, ownerId, dueAt };
  const entry = { kind: 'breached' as const, detail: { stage: clock.stage, level, dueAt } };
  return { ...decision, breach, entries: [entry, ...decision.entries] };
}

function reminder(
  ground: Ground,
  { to, detail }: { to: Decision['tells'][number]['to']; detail: Record<string, unknown> },
): Decision {
  return {
    changes: { nextAt: ground.now + ground.settings.remindEveryMs },
    entries: [{ kind: 'reminded', detail }],
    tells: [{ template: 'ticket_reminder', to, extra: detail }],
  };
}

/** Back to work, by a person or because the time is up. */
export function resumed(
  ticket: TicketState,
  { calendar, now }: Pick<Ground, 'calendar' | 'now'>,
  who: { actorId?: number },
): Decision {
  return {
    changes: {
      status: hasBegun(ticket) ? 'in_progress' : 'accepted',
      clock: resumeClock(calendar, ticket.clock, now),
      pausedAt: null,
      pausedUntil: null,
      pausedMs: pausedSoFar(ticket, now),
    },
    entries: [{ kind: 'resumed', ...who, detail: {} }],
    tells: [{ template: 'ticket_decided', to: ['holders', 'assignees'], extra: { decision: 'resumed' } }],
  };
}

const hasBegun = ({ startedAt, acceptedAt }: TicketState): boolean =>
  startedAt !== null && startedAt >= (acceptedAt ?? 0);

export function closed(ticket: TicketState, now: number, actorId?: number): Decision {
  return {
    changes: { status: 'closed', closedAt: now, nextAt: null, request: null },
    entries: [{ kind: 'closed', ...(actorId === undefined ? {} : { actorId }), detail: {} }],
    tasksDone: ticket.tasks.map((task) => task.id),
    tells: [{ template: 'ticket_closed', to: ['holders', 'company'] }],
  };
}

/** The changes together with when the ticket must be looked at again: whatever is open always has such a time. */
export function withNextLook(
  ticket: TicketMutable,
  decision: Decision,
  ground: Omit<Ground, 'ladder'>,
): Partial<TicketMutable> {
  const { changes } = decision;
  if (changes.nextAt !== undefined) return changes;
  return { ...changes, nextAt: nextLook({ ...ticket, ...changes }, ground) };
}

function nextLook(ticket: TicketMutable, { now, calendar, settings }: Omit<Ground, 'ladder'>): number | null {
  const again = Math.min(
    ticket.nextAt !== null && ticket.nextAt > now ? ticket.nextAt : Infinity,
    now + settings.remindEveryMs,
  );
  switch (ticket.status) {
    case 'closed':
      return null;
    case 'paused':
      return ticket.pausedUntil ?? now;
    case 'finished':
      return again;
    case 'verified':
      return (ticket.verifiedAt ?? now) + settings.closeAfterMs;
    default: {
      const { clock } = ticket;
      if (clock.dueAt === null) return now;
      if (ticket.reminded >= 100) return again;
      const next = REMINDERS.find((percent) => percent > ticket.reminded);
      return next === undefined ? clock.dueAt : momentOf(calendar, clock, next);
    }
  }
}
