import { type TicketAction, type TicketStatus, ticketActions } from '../model/tickets.ts';
import { AppError } from '../platform/errors.ts';
import type { Act, ActOf, Doer, Standing } from './ticket-actions.ts';
import { handlers } from './ticket-handlers.ts';
import {
  type Decision,
  type Ground,
  rankOf,
  type TicketState,
  taken,
  unfinished,
  untaken,
} from './ticket-state.ts';

/**
 * `holder`: the company's managers at level property, above it whoever sits at the desk that has it · `worker`, who has a task · `foreman`,
 * the manager of a company that has one · `desk`, one above the grid that stands at least as high as the owner · `manager`, at level
 * property alone.
 */
type Who =
  | 'holder'
  | 'holder_or_worker'
  | 'holder_or_foreman'
  | 'holder_or_desk'
  | 'desk'
  | 'manager'
  | 'involved';

const working: readonly TicketStatus[] = ['accepted', 'in_progress'];

/** From which states an action leads on, and for whom. That somebody sees the ticket at all is checked before. */
const guards: Readonly<Record<TicketAction, { from: readonly TicketStatus[]; who: Who }>> = {
  accept: { from: untaken, who: 'holder' },
  assign: { from: unfinished, who: 'holder_or_foreman' },
  start: { from: ['accepted'], who: 'holder_or_worker' },
  pause: { from: working, who: 'holder' },
  approve: { from: working, who: 'desk' },
  refuse: { from: working, who: 'desk' },
  resume: { from: ['paused'], who: 'holder_or_desk' },
  extend: { from: working, who: 'holder' },
  finish: { from: [...untaken, ...working], who: 'holder_or_worker' },
  verify: { from: ['finished'], who: 'desk' },
  return: { from: ['dispatched', 'accepted'], who: 'manager' },
  dispatch: { from: unfinished, who: 'desk' },
  escalate: { from: unfinished, who: 'holder_or_desk' },
  'take-over': { from: unfinished, who: 'desk' },
  comment: { from: [...unfinished, 'finished', 'verified'], who: 'involved' },
  close: { from: ['verified'], who: 'desk' },
  rate: { from: ['verified', 'closed'], who: 'desk' },
};

/** Names of the actions that the actor may take now. */
export function actionsFor(ticket: TicketState, doer: Pick<Doer, 'id'> & Standing): TicketAction[] {
  return ticketActions.filter(
    (name) =>
      guards[name].from.includes(ticket.status) &&
      isAllowed(guards[name].who, ticket, doer) &&
      isPossible(name, ticket, doer),
  );
}

/**
 * What an action of a person does. Undefined where it is done already (a second tap). Throws TICKET_TAKEN (409, with the owner),
 * TICKET_WRONG_STATE (409), TICKET_NOT_YOURS (403) and what `Tickets` says of each action.
 */
export function decide(
  ticket: TicketState,
  by: { doer: Doer; act: Act },
  ground: Ground,
): Decision | undefined {
  const { doer, act } = by;
  if (isDone(ticket, doer, { act, now: ground.now })) return undefined;
  check(ticket, doer, act);
  const handle = handlers[act.name] as (
    ticket: TicketState,
    by: { doer: Doer; act: Act },
    ground: Ground,
  ) => Decision;
  return handle(ticket, by, ground);
}

export const isAtDesk = (ticket: TicketState, { desks }: Standing): boolean =>
  desks.some(
    (desk) =>
      desk.gridId === null ||
      desk.gridId === ticket.deskGridId ||
      (ticket.deskGridId === null && desk.rank >= rankOf(ticket)),
  );

export const isHolder = (ticket: TicketState, standing: Standing): boolean =>
  ticket.level === 'property' ? standing.manages : isAtDesk(ticket, standing);

function isAllowed(who: Who, ticket: TicketState, doer: Standing): boolean {
  const isDesk = doer.desks.some((desk) => desk.gridId === null || desk.rank >= rankOf(ticket));
  switch (who) {
    case 'holder':
      return isHolder(ticket, doer);
    case 'holder_or_worker':
      return isHolder(ticket, doer) || doer.hasTask;
    case 'holder_or_foreman':
      return isHolder(ticket, doer) || doer.managesTask;
    case 'holder_or_desk':
      return isHolder(ticket, doer) || isDesk;
    case 'desk':
      return isDesk;
    case 'manager':
      return ticket.level === 'property' && doer.manages;
    case 'involved':
      return doer.manages || doer.hasTask || doer.didTask || doer.desks.length > 0;
  }
}

/** What else must hold for an action to be offered. */
function isPossible(name: TicketAction, ticket: TicketState, doer: Pick<Doer, 'id'> & Standing): boolean {
  const isPending = ticket.request !== null && ticket.request.decided === undefined;
  switch (name) {
    case 'approve':
    case 'refuse':
      return isPending && ticket.request?.by !== doer.id;
    case 'assign':
      return taken.includes(ticket.status) || doer.managesTask;
    case 'pause':
      return (
        ticket.policy.pauseAtMostMs !== null && ticket.pausedMs < ticket.policy.pauseAtMostMs && !isPending
      );
    case 'extend':
      return mayExtend(ticket) && !isPending;
    case 'finish':
      return ticket.status === 'in_progress' || (ticket.level !== 'property' && doer.hasTask);
    case 'verify':
      return ticket.finishedBy !== doer.id;
    case 'return':
      return !ticket.returned;
    case 'dispatch':
      return isDispatchable(ticket);
    case 'escalate':
      return ticket.level !== 'city';
    case 'take-over':
      return !(ticket.ownerId === doer.id && ticket.level !== 'property');
    default:
      return true;
  }
}

/** At level property until a company has accepted it, above it where no company has the field work. */
export const isDispatchable = (ticket: TicketState): boolean =>
  ticket.level === 'property' ? untaken.includes(ticket.status) : ticket.companyId === null;

export const mayExtend = (ticket: TicketState): boolean =>
  ticket.severity !== 'critical' && ticket.clock.stage === 'finish' && ticket.extensions === 0;

/** A second tap this soon is no second wish. */
const SECOND_TAP_MS = 60_000;

function isDone(ticket: TicketState, doer: Doer, { act, now }: { act: Act; now: number }): boolean {
  const isOwner = ticket.ownerId === doer.id;
  const { request, status } = ticket;
  const isAgain = (kind: string): boolean =>
    ticket.lastAct?.kind === kind &&
    ticket.lastAct.actorId === doer.id &&
    now - ticket.lastAct.at <= SECOND_TAP_MS;
  switch (act.name) {
    case 'accept':
      return isOwner && taken.includes(status);
    case 'take-over':
      return isOwner && taken.includes(status) && ticket.level !== 'property';
    case 'assign':
      return ticket.tasks.some((task) => isTaskOf(task, act));
    case 'start':
      return status === 'in_progress' && (isHolder(ticket, doer) || doer.hasTask);
    case 'pause':
      return (
        request?.kind === 'pause' &&
        request.by === doer.id &&
        request.until === act.until &&
        (status === 'paused' || !request.decided)
      );
    case 'extend':
      return (
        request?.kind === 'extension' &&
        request.by === doer.id &&
        request.byMs === act.byMs &&
        request.decided !== 'refused'
      );
    case 'approve':
      return request?.decided === 'approved' && request.decidedBy === doer.id;
    case 'refuse':
      return request?.decided === 'refused' && request.decidedBy === doer.id;
    case 'resume':
      return isAgain('resumed') && working.includes(status);
    case 'finish':
      return isAgain('task_done') || isFinishedBy(ticket, doer);
    case 'verify':
      return act.ok
        ? (status === 'verified' || status === 'closed') && ticket.verifiedBy === doer.id
        : isAgain('rejected') && status === 'in_progress';
    case 'escalate':
      return isAgain('escalated');
    case 'comment':
      return isAgain('comment') && ticket.lastAct?.detail.text === act.text;
    case 'dispatch':
      return ticket.companyId === act.companyId && (ticket.level !== 'property' || status !== 'reported');
    case 'close':
      return status === 'closed' && doer.desks.length > 0;
    case 'rate':
      return ticket.rating === act.rating && ticket.ratingNote === act.note;
    default:
      return false;
  }
}

const isTaskOf = (task: TicketState['tasks'][number], act: ActOf<'assign'>): boolean =>
  act.accountId === undefined
    ? task.companyId === act.companyId && task.companyId !== null
    : task.accountId === act.accountId;

function isFinishedBy(ticket: TicketState, doer: Doer): boolean {
  if (ticket.finishedAt !== null && ticket.finishedBy === doer.id) return true;
  return doer.didTask && !doer.hasTask && !isHolder(ticket, doer);
}

function check(ticket: TicketState, doer: Doer, act: Act): void {
  const guard = guards[act.name];
  const owner = { ownerId: ticket.ownerId, owner: ticket.ownerName };
  if (act.name === 'accept' && taken.includes(ticket.status)) {
    throw new AppError('TICKET_TAKEN', `somebody has it already: ${ticket.ownerName ?? 'unknown'}`, {
      status: 409,
      details: owner,
    });
  }
  if (!guard.from.includes(ticket.status)) {
    throw new AppError('TICKET_WRONG_STATE', `${act.name} does not follow ${ticket.status}`, {
      status: 409,
      details: { action: act.name, status: ticket.status },
    });
  }
  if (!isAllowed(guard.who, ticket, doer)) {
    throw new AppError('TICKET_NOT_YOURS', `${act.name} is for the ${guard.who.replaceAll('_', ' ')}`, {
      status: 403,
      details: { action: act.name, ...owner },
    });
  }
}
