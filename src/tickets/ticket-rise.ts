import type { TicketLevel } from '../model/tickets.ts';
import type { Ladder, Rung } from './rungs.ts';
import { startClock } from './ticket-clock.ts';
import {
  type Decision,
  type Ground,
  levelAbove,
  type NewTask,
  type TicketMutable,
  type TicketState,
  type TimelineDraft,
  taken,
} from './ticket-state.ts';

/** The first level from there on at which there is anybody; the city where there is nobody at all. */
export function rungFrom(level: TicketLevel, ladder: Ladder): { rung: Rung; missing: TicketLevel[] } {
  const missing: TicketLevel[] = [];
  for (let here = level; ; here = levelAbove(here)) {
    const rung = ladder[here];
    if (rung.people.length > 0) return { rung, missing };
    missing.push(here);
    if (here === 'city') return { rung, missing };
  }
}

/** What a ticket becomes on the desk of a rung: nobody's yet, with the clock for accepting. */
export function onDesk(
  policy: TicketMutable['policy'],
  rung: Rung,
  { calendar, now }: Pick<Ground, 'calendar' | 'now'>,
) {
  return {
    status: rung.people.length > 0 ? 'dispatched' : 'reported',
    level: rung.level,
    deskGridId: rung.deskGridId,
    ownerId: null,
    clock: startClock(calendar, 'accept', { limit: policy.levels[rung.level].accept, now }),
    reminded: 0,
    request: null,
    pausedAt: null,
    pausedUntil: null,
  } as const satisfies Partial<TicketMutable>;
}

/** One entry for every level at which nobody was, and one for whoever has it now. */
export function deskEntries(rung: Rung, missing: readonly TicketLevel[]): TimelineDraft[] {
  const nobody = missing.map((level) => ({ kind: 'nobody' as const, detail: { level } }));
  if (rung.people.length === 0) return nobody;
  return [...nobody, { kind: 'dispatched', detail: { level: rung.level, deskGridId: rung.deskGridId } }];
}

/**
 * One level up, or further where nobody is there. Whoever has it next has to accept it; the work in the field goes on as a task of the
 * company, the ownership never comes back down.
 */
export function rise(
  ticket: TicketState,
  ground: Ground,
  why: { entry: Omit<TimelineDraft, 'detail'>; detail: Record<string, unknown> },
): Decision {
  const { rung, missing } = rungFrom(levelAbove(ticket.level), ground.ladder);
  return {
    changes: { ...onDesk(ticket.policy, rung, ground), pausedMs: pausedSoFar(ticket, ground.now) },
    entries: [
      { ...why.entry, detail: { from: ticket.level, to: rung.level, ...why.detail } },
      ...deskEntries(rung, missing),
    ],
    newTasks: fieldWork(ticket),
    tells: [
      { template: 'ticket_escalated', to: ['rung'] },
      { template: 'ticket_escalated', to: ['company', 'assignees'], extra: { lost: true } },
    ],
  };
}

/** What the company had begun stays its work, where nobody of it has a task yet. */
export function fieldWork(ticket: TicketState): NewTask[] {
  const isAtWork = ticket.level === 'property' && taken.includes(ticket.status);
  if (!isAtWork || ticket.companyId === null || ticket.tasks.length > 0) return [];
  return [{ accountId: null, companyId: ticket.companyId, assignedBy: null, note: null }];
}

export function pausedSoFar(ticket: TicketState, now: number): number {
  return ticket.pausedMs + (ticket.pausedAt === null ? 0 : Math.max(0, now - ticket.pausedAt));
}
