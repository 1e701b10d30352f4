import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type TicketAction, ticketActions } from '../../model/tickets.ts';
import { AppError } from '../../platform/errors.ts';
import type { Actor, ApiDeps, TicketActions } from '../deps.ts';
import { callerOf } from '../session-guard.ts';
import { ticketReadings } from '../ticket-readings.ts';
import {
  ticketBodies,
  ticketQuerySchema,
  ticketReadingsSchema,
  ticketSchema,
  ticketSummarySchema,
} from '../ticket-schemas.ts';
import { answers, idParams, typed } from './route.ts';

const tags = ['tickets'];

export function registerTickets(app: FastifyInstance, deps: ApiDeps): void {
  registerReading(app, deps);
  for (const action of ticketActions) registerAction(app, deps, action);
}

function registerReading(app: FastifyInstance, deps: ApiDeps): void {
  const api = typed(app);
  const { ticketViews } = deps;
  api.get(
    '/api/tickets',
    {
      schema: {
        tags,
        summary: 'Tickets that the caller sees: open ones first, the nearest deadline before the others',
        querystring: ticketQuerySchema,
        response: answers(z.array(ticketSummarySchema)),
      },
    },
    async (request) => {
      const { open, ...query } = request.query;
      return ticketViews.list(callerOf(request), {
        ...query,
        ...(open === undefined ? {} : { open: open === 'true' }),
      });
    },
  );
  api.get(
    '/api/tickets/:id',
    {
      schema: {
        tags,
        summary: 'One ticket with its time line, photos and what the caller may do',
        params: idParams,
        response: answers(ticketSchema),
      },
    },
    async (request) => ticketViews.get(callerOf(request), request.params.id),
  );
  api.get(
    '/api/tickets/:id/readings',
    {
      schema: {
        tags,
        summary: 'What the devices of its asset measured around the fault',
        params: idParams,
        response: answers(ticketReadingsSchema),
      },
    },
    async (request) => {
      const ticket = await ticketViews.get(callerOf(request), request.params.id);
      return ticketReadings(deps, ticket);
    },
  );
}

type Input<A extends TicketAction> = z.output<(typeof ticketBodies)[A]>;
type Runs = {
  [A in TicketAction]: {
    summary: string;
    run(tickets: TicketActions, of: { id: number; actor: Actor; input: Input<A> }): Promise<void>;
  };
};

const runs: Runs = {
  accept: {
    summary: 'Take it: the deadline for accepting ends',
    run: (t, { id, actor }) => t.accept(id, actor),
  },
  assign: {
    summary: 'Give a task to a repairer or, above the property, to the company; ownership stays',
    run: (t, { id, actor, input }) => t.assign(id, actor, input),
  },
  start: { summary: 'Work begins', run: (t, { id, actor }) => t.start(id, actor) },
  pause: {
    summary: 'Ask for a pause, with reason and end',
    run: (t, { id, actor, input }) => t.pause(id, actor, input),
  },
  approve: { summary: 'Grant what was asked', run: (t, { id, actor, input }) => t.approve(id, actor, input) },
  refuse: { summary: 'Refuse what was asked', run: (t, { id, actor, input }) => t.refuse(id, actor, input) },
  resume: { summary: 'End a pause', run: (t, { id, actor }) => t.resume(id, actor) },
  extend: {
    summary: 'Ask for more time, once',
    run: (t, { id, actor, input }) => t.extend(id, actor, input),
  },
  finish: { summary: 'The work is done', run: (t, { id, actor, input }) => t.finish(id, actor, input) },
  verify: {
    summary: 'Another person confirms it, or sends it back to work',
    run: (t, { id, actor, input }) => t.verify(id, actor, input),
  },
  return: {
    summary: 'Mis-dispatched: back to the dispatcher, once',
    run: (t, { id, actor, input }) => t.return(id, actor, input),
  },
  dispatch: {
    summary: 'Give it to a company',
    run: (t, { id, actor, input }) => t.dispatch(id, actor, input),
  },
  escalate: {
    summary: 'One level up, at once',
    run: (t, { id, actor, input }) => t.escalate(id, actor, input),
  },
  'take-over': { summary: 'A desk makes itself the owner', run: (t, { id, actor }) => t.takeOver(id, actor) },
  comment: {
    summary: 'Add to the time line',
    run: (t, { id, actor, input }) => t.comment(id, actor, input),
  },
  close: { summary: 'Close what was verified', run: (t, { id, actor }) => t.close(id, actor) },
  rate: { summary: 'Say how it was done', run: (t, { id, actor, input }) => t.rate(id, actor, input) },
};

const afterAction = { ...answers(ticketSchema), 204: z.null() };

/** The answer is the ticket as it is then; none (204) where the caller gave away what he saw. */
function registerAction<A extends TicketAction>(app: FastifyInstance, deps: ApiDeps, name: A): void {
  const { summary, run } = runs[name];
  const body = ticketBodies[name];
  typed(app).post(
    `/api/tickets/:id/${name}`,
    { schema: { tags, summary, params: idParams, body, response: afterAction } },
    async (request, reply) => {
      const actor = callerOf(request);
      const { id } = request.params as { id: number };
      await run(deps.tickets, { id, actor, input: request.body as Input<A> });
      const ticket = await stillSeen(deps, actor, id);
      return ticket ? reply.code(200).send(ticket) : reply.code(204).send(null);
    },
  );
}

async function stillSeen({ ticketViews }: ApiDeps, actor: Actor, id: number) {
  try {
    return await ticketViews.get(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'TICKET_NOT_FOUND') return undefined;
    throw error;
  }
}
