import type { IncidentSummary } from '../../api/schemas.ts';
import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { byUrgency, isUnanswered } from '../incidents/describe.ts';
import { clockAt } from '../tickets/clock.ts';
import { byTicketUrgency, isBeforeFinish } from '../tickets/describe.ts';

/** What a desk has before it, in the order in which it needs it. */
export interface Work {
  /** Nobody has answered: always first, whatever part of the area is shown. */
  unanswered: IncidentSummary[];
  running: IncidentSummary[];
  /** Past or near the deadline, waiting at the desk itself, or asking for leave. */
  pressing: TicketSummary[];
  /** With the property companies, in time. */
  calm: TicketSummary[];
  /** Mended, to be looked at. */
  toVerify: TicketSummary[];
}

interface Given {
  incidents: readonly IncidentSummary[];
  tickets: readonly TicketSummary[];
  /** When the tickets were fetched, and what time it is. */
  readAt: number;
  now: number;
}

/** Nobody has taken it on yet, and it is the desk's: it rose, or no company was there. */
export function waitsAtDesk(ticket: TicketSummary): boolean {
  return ticket.level !== 'property' && (ticket.status === 'reported' || ticket.status === 'dispatched');
}

export function sortWork({ incidents, tickets, readAt, now }: Given): Work {
  const work: Work = { unanswered: [], running: [], pressing: [], calm: [], toVerify: [] };
  for (const incident of [...incidents].sort(byUrgency)) {
    (isUnanswered(incident.status) ? work.unanswered : work.running).push(incident);
  }
  for (const ticket of [...tickets].sort(byTicketUrgency(readAt, now))) {
    if (!isBeforeFinish(ticket.status)) work.toVerify.push(ticket);
    else if (isPressing(ticket, readAt, now)) work.pressing.push(ticket);
    else work.calm.push(ticket);
  }
  return work;
}

function isPressing(ticket: TicketSummary, readAt: number, now: number): boolean {
  const { state } = clockAt(ticket.clock, readAt, now);
  return state === 'over' || state === 'late' || ticket.request !== null || waitsAtDesk(ticket);
}
