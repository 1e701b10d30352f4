import type { TicketAction } from '../model/tickets.ts';
import { AppError } from '../platform/errors.ts';
import type { Act, ActOf, Doer } from './ticket-actions.ts';
import { changeLimit, remindedBy, startClock, stopClock } from './ticket-clock.ts';
import { againFor } from './ticket-faults.ts';
import { finish } from './ticket-finish.ts';
import { assign, dispatch, returned, takeOver } from './ticket-hands.ts';
import { rise } from './ticket-rise.ts';
import {
  type Decision,
  type Ground,
  given,
  type TicketMutable,
  type TicketRequest,
  type TicketState,
} from './ticket-state.ts';
import { closed, resumed } from './ticket-time.ts';

export type Handlers = {
  [N in TicketAction]: (ticket: TicketState, by: { doer: Doer; act: ActOf<N> }, ground: Ground) => Decision;
};

/** What each action does, once it is known that it may be done. */
export const handlers: Handlers = {
  accept: (ticket, { doer }, ground) => ({
    changes: accepted(ticket, doer.id, ground),
    entries: [{ kind: 'accepted', actorId: doer.id, detail: {} }],
    tells: [],
  }),
  assign,
  dispatch,
  'take-over': takeOver,
  return: returned,
  finish,
  start: (_ticket, { doer }, { now }) => ({
    changes: { status: 'in_progress', startedAt: now },
    entries: [{ kind: 'started', actorId: doer.id, detail: {} }],
    tells: [],
  }),
  pause,
  extend,
  approve,
  refuse,
  resume: (ticket, { doer }, ground) => resumed(ticket, ground, { actorId: doer.id }),
  verify,
  escalate(ticket, { doer, act }, ground) {
    if (ticket.level === 'city') {
      throw new AppError('TICKET_WRONG_STATE', 'nothing lies above the city', {
        status: 409,
        details: { action: 'escalate', status: ticket.status },
      });
    }
    return rise(ticket, ground, {
      entry: { kind: 'escalated', actorId: doer.id },
      detail: { reason: act.reason },
    });
  },
  comment: (_ticket, { doer, act }) => ({
    changes: {},
    entries: [{ kind: 'comment', actorId: doer.id, detail: { text: act.text } }],
    tells: [],
  }),
  close: (ticket, { doer }, { now }) => closed(ticket, now, doer.id),
  rate: (_ticket, { doer, act: { rating, note } }) => ({
    changes: { rating, ratingNote: note },
    entries: [{ kind: 'rated', actorId: doer.id, detail: { rating, note } }],
    tells: [],
  }),
};

/** Somebody's own from now on, with the whole time for finishing at its level. */
export function accepted(
  ticket: TicketState,
  ownerId: number,
  { calendar, now }: Pick<Ground, 'calendar' | 'now'>,
): Partial<TicketMutable> {
  const limit = ticket.policy.levels[ticket.level].finish;
  return {
    status: 'accepted',
    ownerId,
    acceptedAt: now,
    clock: startClock(calendar, 'finish', { limit, now }),
    reminded: 0,
  };
}

function pause(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'pause'> },
  { now }: Ground,
): Decision {
  const most = ticket.policy.pauseAtMostMs;
  if (most === null) throw new AppError('TICKET_NO_PAUSE', 'this work is not to be paused', { status: 409 });
  const atMostMs = most - ticket.pausedMs;
  if (act.until <= now || act.until - now > atMostMs) {
    throw new AppError('TICKET_PAUSE_TOO_LONG', 'a pause ends in the future and within its limit', {
      details: { atMostMs },
    });
  }
  const { reason, until } = act;
  const request: TicketRequest = { kind: 'pause', reason, until, byMs: null, by: doer.id, at: now };
  return asked(request, { kind: 'pause_asked', actorId: doer.id, detail: { reason, until } });
}

function extend(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'extend'> },
  { now }: Ground,
): Decision {
  if (ticket.severity === 'critical' || ticket.clock.stage !== 'finish' || ticket.extensions > 0) {
    throw new AppError('TICKET_NO_EXTENSION', 'there is no more time for this', { status: 409 });
  }
  const atMostMs = ticket.clock.limitMs;
  if (act.byMs > atMostMs) {
    throw new AppError('TICKET_EXTENSION_TOO_LONG', 'at most the limit once more', { details: { atMostMs } });
  }
  const { reason, byMs } = act;
  const request: TicketRequest = { kind: 'extension', reason, until: null, byMs, by: doer.id, at: now };
  return asked(request, { kind: 'extend_asked', actorId: doer.id, detail: { reason, byMs } });
}

function asked(request: TicketRequest, entry: Decision['entries'][number]): Decision {
  return {
    changes: { request },
    entries: [entry],
    tells: [
      { template: 'ticket_request', to: ['desk'], extra: { request: request.kind, note: request.reason } },
    ],
  };
}

function approve(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'approve'> },
  { calendar, now }: Ground,
): Decision {
  const request = pendingOf(ticket, doer, act);
  const decided = { ...request, decided: 'approved' as const, decidedBy: doer.id };
  const detail = given({
    note: act.note,
    until: request.until ?? undefined,
    byMs: request.byMs ?? undefined,
  });
  const tells = decidedTells(request, { decision: `${request.kind}_approved`, note: act.note });
  if (request.kind === 'pause') {
    return {
      changes: {
        status: 'paused',
        request: decided,
        pausedAt: now,
        pausedUntil: request.until,
        clock: stopClock(calendar, ticket.clock, now),
      },
      entries: [
        { kind: 'pause_approved', actorId: doer.id, detail },
        { kind: 'paused', detail: { until: request.until } },
      ],
      tells,
    };
  }
  const { unit, limitMs } = ticket.clock;
  const limit = { unit, limitMs: limitMs + (request.byMs ?? 0) };
  const clock = changeLimit(calendar, ticket.clock, { limit, now });
  return {
    changes: {
      request: decided,
      extensions: ticket.extensions + 1,
      clock,
      reminded: remindedBy(calendar, clock, now),
    },
    entries: [{ kind: 'extended', actorId: doer.id, detail: { ...detail, dueAt: clock.dueAt } }],
    tells,
  };
}

function refuse(ticket: TicketState, { doer, act }: { doer: Doer; act: ActOf<'refuse'> }): Decision {
  const request = pendingOf(ticket, doer, act);
  return {
    changes: { request: { ...request, decided: 'refused', decidedBy: doer.id } },
    entries: [
      {
        kind: request.kind === 'pause' ? 'pause_refused' : 'extend_refused',
        actorId: doer.id,
        detail: { note: act.note },
      },
    ],
    tells: decidedTells(request, { decision: `${request.kind}_refused`, note: act.note }),
  };
}

const decidedTells = (
  request: TicketRequest,
  { decision, note }: { decision: string; note: string | undefined },
): Decision['tells'] => [
  {
    template: 'ticket_decided',
    to: ['holders', { accountId: request.by }],
    extra: given({ decision, note }),
  },
];

function pendingOf(ticket: TicketState, doer: Doer, act: Act): TicketRequest {
  const { request, status } = ticket;
  if (request === null || request.decided !== undefined) {
    throw new AppError('TICKET_WRONG_STATE', 'nothing waits to be decided', {
      status: 409,
      details: { action: act.name, status },
    });
  }
  if (request.by === doer.id) {
    throw new AppError('TICKET_OWN_REQUEST', 'another person has to decide', { status: 409 });
  }
  return request;
}

function verify(
  ticket: TicketState,
  { doer, act }: { doer: Doer; act: ActOf<'verify'> },
  ground: Ground,
): Decision {
  if (ticket.finishedBy === doer.id) {
    throw new AppError('TICKET_VERIFIER_IS_FINISHER', 'another person has to verify it', { status: 409 });
  }
  const { calendar, now } = ground;
  const detail = given({ note: act.note });
  const finisher = ticket.finishedBy === null ? [] : [{ accountId: ticket.finishedBy }];
  if (act.ok) {
    return {
      changes: { status: 'verified', verifiedAt: now, verifiedBy: doer.id },
      entries: [{ kind: 'verified', actorId: doer.id, detail }],
      tells: [
        {
          template: 'ticket_decided',
          to: ['holders', ...finisher],
          extra: { decision: 'verified', ...detail },
        },
      ],
    };
  }
  // Nobody gets his time back because the work was not done: the clock goes on from where it stood.
  return {
    changes: {
      status: 'in_progress',
      finishedAt: null,
      finishedBy: null,
      finding: null,
      clock: resumedClock(ticket, { calendar, now }),
    },
    entries: [{ kind: 'rejected', actorId: doer.id, detail }],
    ...againFor(ticket),
    tells: [{ template: 'ticket_rejected', to: ['holders', ...finisher], extra: detail }],
  };
}

function resumedClock(ticket: TicketState, { calendar, now }: Pick<Ground, 'calendar' | 'now'>) {
  const { unit, limitMs } = ticket.clock;
  return changeLimit(calendar, { ...ticket.clock, since: now }, { limit: { unit, limitMs }, now });
}
