import { AppError } from '../platform/errors.ts';
import type { ActOf, Doer } from './ticket-actions.ts';
import { stopClock } from './ticket-clock.ts';
import { verifiedBySensor } from './ticket-faults.ts';
import { type Decision, type Ground, given, type TicketState } from './ticket-state.ts';

/**
 * The work is done: by whoever holds the ticket, or by the last one in the field whose task it was. A task that is done before the desk
 * has taken the ticket, or while others are still at it, is noted and leaves the ticket where it is.
 */
export function finish(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'finish'> },
  ground: Ground,
): Decision {
  if (!ticket.hasPhotoAfter) {
    throw new AppError('TICKET_PHOTO_MISSING', 'a photo of afterwards is needed', { status: 409 });
  }
  const others = ticket.tasks.filter((task) => task.accountId !== null && task.accountId !== doer.id);
  const isWhole = ticket.status === 'in_progress' && (!doer.hasTask || others.length === 0);
  if (isWhole) return finished(ticket, { doer, act }, ground);
  if (!doer.hasTask || (ticket.level === 'property' && ticket.status !== 'in_progress')) {
    throw new AppError('TICKET_WRONG_STATE', `finish does not follow ${ticket.status}`, {
      status: 409,
      details: { action: 'finish', status: ticket.status },
    });
  }
  const own = ticket.tasks.filter((task) => task.accountId === doer.id);
  const done = own.length > 0 ? own : ticket.tasks.filter((task) => task.companyId !== null);
  return {
    changes: act.finding ? { finding: act.finding } : {},
    entries: [{ kind: 'task_done', actorId: doer.id, detail: said(act) }],
    tasksDone: done.map((task) => task.id),
    tells: [{ template: 'ticket_finished', to: ['holders'], extra: { note: act.note, task: true } }],
  };
}

const said = ({ note, finding }: ActOf<'finish'>) => given({ note, finding });

function finished(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'finish'> },
  { calendar, settings, now }: Ground,
): Decision {
  const decision: Decision = {
    changes: {
      status: 'finished',
      finishedAt: now,
      finishedBy: doer.id,
      finding: act.finding ?? ticket.finding,
      note: act.note,
      request: null,
      clock: stopClock(calendar, ticket.clock, now),
      nextAt: now + settings.remindEveryMs,
    },
    entries: [{ kind: 'finished', actorId: doer.id, detail: said(act) }],
    tasksDone: ticket.tasks.map((task) => task.id),
    tells: [{ template: 'ticket_finished', to: ['desk'], extra: { note: act.note } }],
  };
  return ticket.recoveredAt === null ? decision : verifiedBySensor(decision, now);
}
