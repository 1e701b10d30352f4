import type { AlertChange } from '../model/alerts.ts';
import type { Finding } from '../model/findings.ts';
import type { Role } from '../model/incidents.ts';
import type { TicketLevel } from '../model/tickets.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import type { TicketsDeps } from './deps.ts';
import { addPhoto } from './photos.ts';
import { createResponder } from './respond.ts';
import { createSweep } from './sweep.ts';
import { type Said, takeAction } from './take-action.ts';

/** Who does something to a ticket. */
export interface TicketActor {
  id: number;
  roles: readonly Role[];
}

/**
 * The tickets: the only writers of theirs. Every action throws TICKET_NOT_FOUND (404, also for who may not see it), TICKET_WRONG_STATE
 * (409, `details.status`), TICKET_NOT_YOURS (403), TICKET_TAKEN (409, `details.owner`), and does nothing the second time.
 */
export interface Tickets {
  /** Alerts of consequence `ticket` become tickets, or join the open one of their point, inside the caller's transaction. */
  respond(trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit>;
  /** The manager on whose desk it is takes it: the deadline for accepting ends, that for finishing begins. */
  accept(id: number, actor: TicketActor): Promise<void>;
  /** A child task for a repairer or, above level property, for the property company; ownership and clock stay. Throws TICKET_BAD_ASSIGNEE (400). */
  assign(
    id: number,
    actor: TicketActor,
    input: { accountId?: number | undefined; companyId?: number | undefined; note?: string | undefined },
  ): Promise<void>;
  start(id: number, actor: TicketActor): Promise<void>;
  /** Asks for a pause; a desk's approval stops the clock. Throws TICKET_NO_PAUSE (409) for what is urgent, TICKET_PAUSE_TOO_LONG (400). */
  pause(id: number, actor: TicketActor, input: { reason: string; until: number }): Promise<void>;
  /** Approves or refuses what was asked: a pause or an extension. */
  approve(id: number, actor: TicketActor, input: { note?: string | undefined }): Promise<void>;
  refuse(id: number, actor: TicketActor, input: { note: string }): Promise<void>;
  resume(id: number, actor: TicketActor): Promise<void>;
  /** Asks for more time, once. Throws TICKET_NO_EXTENSION (409). */
  extend(id: number, actor: TicketActor, input: { reason: string; byMs: number }): Promise<void>;
  /** The work is done, and this is what it turned out to be. Throws TICKET_PHOTO_MISSING (409) without a photo of afterwards. */
  finish(
    id: number,
    actor: TicketActor,
    input: { note: string; finding?: Finding | undefined },
  ): Promise<void>;
  /** Another person than who finished it confirms it, or sends it back to work. Throws TICKET_VERIFIER_IS_FINISHER (409). */
  verify(id: number, actor: TicketActor, input: { ok: boolean; note?: string | undefined }): Promise<void>;
  /** Mis-dispatched: back to the dispatcher, once, at level property only. Throws TICKET_RETURNED_BEFORE (409). */
  return(id: number, actor: TicketActor, input: { reason: string }): Promise<void>;
  /** The dispatcher gives a ticket that has no company (or was returned) to one. */
  dispatch(id: number, actor: TicketActor, input: { companyId: number }): Promise<void>;
  /** One level up at once, by whoever owns it or the desk above. */
  escalate(id: number, actor: TicketActor, input: { reason: string }): Promise<void>;
  /** A desk at its level or above makes itself the owner. */
  takeOver(id: number, actor: TicketActor): Promise<void>;
  comment(id: number, actor: TicketActor, input: { text: string }): Promise<void>;
  close(id: number, actor: TicketActor): Promise<void>;
  rate(id: number, actor: TicketActor, input: { rating: number; note: string }): Promise<void>;
  /** Stores a photo (JPEG, PNG or WebP, at most 4 MB) and returns its id. Throws TICKET_PHOTO_UNREADABLE (400). */
  addPhoto(
    id: number,
    actor: TicketActor,
    photo: { stage: 'before' | 'after'; bytes: Uint8Array },
  ): Promise<number>;
  /** What is due: reminders, breaches with the rise that they bring, ends of pauses; repairs what nothing would look at again. */
  sweep(): Promise<number>;
}

/** What decides who sees a ticket and may act on it; the API has it from here, too. */
export interface TicketFacts {
  level: TicketLevel;
  gridId: number | null;
  companyId: number | null;
  deskGridId: number | null;
  ownerId: number | null;
  /** Accounts with a task in it, and companies. */
  assignees: readonly number[];
  companies: readonly number[];
}

export function createTickets(deps: TicketsDeps): Tickets {
  const act = (id: number, actor: TicketActor, said: Said) => takeAction(deps, { id, actor, said });
  return {
    respond: createResponder(deps),
    accept: (id, actor) => act(id, actor, { name: 'accept' }),
    assign: (id, actor, input) => act(id, actor, { ...input, name: 'assign' }),
    start: (id, actor) => act(id, actor, { name: 'start' }),
    pause: (id, actor, input) => act(id, actor, { ...input, name: 'pause' }),
    approve: (id, actor, input) => act(id, actor, { ...input, name: 'approve' }),
    refuse: (id, actor, input) => act(id, actor, { ...input, name: 'refuse' }),
    resume: (id, actor) => act(id, actor, { name: 'resume' }),
    extend: (id, actor, input) => act(id, actor, { ...input, name: 'extend' }),
    finish: (id, actor, input) => act(id, actor, { ...input, name: 'finish' }),
    verify: (id, actor, input) => act(id, actor, { ...input, name: 'verify' }),
    return: (id, actor, input) => act(id, actor, { ...input, name: 'return' }),
    dispatch: (id, actor, input) => act(id, actor, { ...input, name: 'dispatch' }),
    escalate: (id, actor, input) => act(id, actor, { ...input, name: 'escalate' }),
    takeOver: (id, actor) => act(id, actor, { name: 'take-over' }),
    comment: (id, actor, input) => act(id, actor, { ...input, name: 'comment' }),
    close: (id, actor) => act(id, actor, { name: 'close' }),
    rate: (id, actor, input) => act(id, actor, { ...input, name: 'rate' }),
    addPhoto: (id, actor, photo) => addPhoto(deps, { id, actor }, photo),
    sweep: createSweep(deps),
  };
}
