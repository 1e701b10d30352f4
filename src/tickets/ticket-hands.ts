import { AppError } from '../platform/errors.ts';
import type { ActOf, Desk, Doer } from './ticket-actions.ts';
import { startClock } from './ticket-clock.ts';
import { fieldWork, onDesk } from './ticket-rise.ts';
import {
  type Decision,
  type Ground,
  given,
  rankOf,
  type TicketMutable,
  type TicketState,
  taken,
  untaken,
} from './ticket-state.ts';

/** A task in the field: for a person, or for a company above level property. Whose the ticket is stays as it was. */
export function assign(ticket: TicketState, { doer, act }: { doer: Doer; act: ActOf<'assign'> }): Decision {
  const { accountId = null, companyId = null, note = null, fits } = act;
  const isOne = (accountId === null) !== (companyId === null);
  if (!isOne || !fits || (companyId !== null && ticket.level === 'property')) {
    throw new AppError(
      'TICKET_BAD_ASSIGNEE',
      'a task is for somebody of the company, above property for a company',
    );
  }
  if (!taken.includes(ticket.status) && !doer.managesTask) {
    throw new AppError('TICKET_WRONG_STATE', `assign does not follow ${ticket.status}`, {
      status: 409,
      details: { action: 'assign', status: ticket.status },
    });
  }
  const to = accountId === null ? { companyId: companyId ?? 0 } : { accountId };
  return {
    changes: {},
    entries: [{ kind: 'assigned', actorId: doer.id, detail: given({ ...to, note: note ?? undefined }) }],
    newTasks: [{ accountId, companyId, assignedBy: doer.id, note }],
    tells: [{ template: 'ticket_assigned', to: [to], extra: given({ note: note ?? undefined }) }],
  };
}

/** To a company: all of it at level property, above it the work in the field alone. `ladder` is that of the new company. */
export function dispatch(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'dispatch'> },
  ground: Ground,
): Decision {
  const { companyId } = act;
  const rung = ground.ladder.property;
  if (rung.people.length === 0) {
    throw new AppError('TICKET_BAD_COMPANY', `nobody manages company ${companyId}`);
  }
  const entry = { kind: 'dispatched' as const, actorId: doer.id, detail: { companyId, level: ticket.level } };
  if (ticket.level !== 'property') {
    if (ticket.companyId !== null) throw wrongState('dispatch', ticket);
    return {
      changes: { companyId },
      entries: [entry],
      newTasks: [{ accountId: null, companyId, assignedBy: doer.id, note: null }],
      tells: [{ template: 'ticket_assigned', to: [{ companyId }] }],
    };
  }
  if (!untaken.includes(ticket.status)) throw wrongState('dispatch', ticket);
  return {
    changes: { companyId, ...onDesk(ticket.policy, rung, ground) },
    entries: [entry],
    tells: [{ template: 'ticket_dispatched', to: ['rung'] }],
  };
}

/** Mis-dispatched: the dispatcher has it until it is with another company, with as long as a company has to accept. */
export function returned(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'return'> },
  { calendar, now, ladder }: Ground,
): Decision {
  if (ticket.returned) {
    throw new AppError('TICKET_RETURNED_BEFORE', 'it goes back once only', { status: 409 });
  }
  return {
    changes: {
      status: 'reported',
      returned: true,
      companyId: null,
      ownerId: null,
      deskGridId: ladder.community.deskGridId,
      clock: startClock(calendar, 'accept', { limit: ticket.policy.levels.property.accept, now }),
      reminded: 0,
      request: null,
    },
    entries: [
      {
        kind: 'returned',
        actorId: doer.id,
        detail: given({ reason: act.reason, companyId: ticket.companyId ?? undefined }),
      },
    ],
    tasksDone: ticket.tasks.map((task) => task.id),
    tells: [{ template: 'ticket_returned', to: ['desk'], extra: { note: act.reason } }],
  };
}

/**
 * A desk makes itself the owner, which raises the ticket to the desk's level. Where that is the same as before and it was accepted, the
 * clock goes on; a new level has its own limit.
 */
export function takeOver(
  ticket: TicketState,
  { doer }: { doer: Doer; act: ActOf<'take-over'> },
  ground: Ground,
): Decision {
  const desk = deskFor(ticket, doer.desks);
  const level = desk.rank === 3 ? 'city' : 'community';
  const deskGridId =
    desk.gridId ?? (level === ticket.level ? ticket.deskGridId : ground.ladder[level].deskGridId);
  const isNewClock = level !== ticket.level || ticket.clock.stage === 'accept';
  const limit = ticket.policy.levels[level].finish;
  const clock = startClock(ground.calendar, 'finish', { limit, now: ground.now });
  const isPaused = ticket.status === 'paused';
  const changes: Partial<TicketMutable> = {
    level,
    deskGridId,
    ownerId: doer.id,
    acceptedAt: ground.now,
    status: untaken.includes(ticket.status) ? 'accepted' : ticket.status,
    ...(isNewClock ? { clock: isPaused ? { ...clock, since: null, dueAt: null } : clock, reminded: 0 } : {}),
  };
  if (ticket.status === 'in_progress') changes.acceptedAt = ticket.acceptedAt;
  return {
    changes,
    entries: [
      {
        kind: 'taken_over',
        actorId: doer.id,
        detail: given({ from: ticket.ownerId ?? undefined, fromLevel: ticket.level, level }),
      },
    ],
    newTasks: ticket.status === 'in_progress' ? fieldWork(ticket) : [],
    tells: [
      {
        template: 'ticket_escalated',
        to: [...formerOwner(ticket), 'company', 'assignees'],
        extra: { lost: true },
      },
    ],
  };
}

const formerOwner = ({ ownerId }: TicketState) => (ownerId === null ? [] : [{ accountId: ownerId }]);

/** The desk that has it where he sits there, else the lowest of his that stands high enough. */
function deskFor(ticket: TicketState, desks: readonly Desk[]): Desk {
  const least = Math.max(rankOf(ticket), 1);
  const same = desks.find(
    (desk) => desk.gridId !== null && desk.gridId === ticket.deskGridId && desk.rank >= least,
  );
  const [lowest] = desks
    .filter((desk) => desk.gridId !== null && desk.rank >= least)
    .sort((a, b) => a.rank - b.rank);
  const found = same ?? lowest;
  if (found) return found;
  return { gridId: null, rank: ticket.level === 'city' ? 3 : 1 };
}

const wrongState = (action: string, { status }: TicketState): AppError =>
  new AppError('TICKET_WRONG_STATE', `${action} does not follow ${status}`, {
    status: 409,
    details: { action, status },
  });
