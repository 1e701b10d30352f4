import type { Trx } from '../platform/database.ts';
import { dispatchMessages } from '../platform/dispatch.ts';
import { enqueue } from '../platform/outbox-store.ts';
import type { RoundDeps, TicketsDeps } from './deps.ts';
import { accountsNeeded, readNeeded, type Subject, tellAll } from './messages.ts';
import { type Placed, placeAll } from './places.ts';
import { type Decision, type Ground, rankOf, type Task } from './ticket-state.ts';
import { type LockedTicket, lockTicket, writeTickets } from './ticket-store.ts';
import { withNextLook } from './ticket-time.ts';

/** `absent`: not there or, where locked ones are skipped, held by another. */
export type ChangeResult = 'changed' | 'unchanged' | 'absent';

export interface Change {
  decision: Decision | undefined;
  doer?: { id: number; name: string };
}

/** One change of one ticket: lock, decide, write, all in one transaction; after the commit the messages are handed over. */
export async function changeTicket(
  deps: TicketsDeps,
  id: number,
  change: {
    decide: (ticket: LockedTicket, ground: Ground, trx: Trx) => Change | Promise<Change>;
    skipLocked?: boolean;
    /** The company in whose hands it is to be put, and whose managers are then sought. */
    companyId?: number;
  },
): Promise<ChangeResult> {
  const round: RoundDeps = { ...deps, now: deps.clock.now() };
  const ids = await deps.database.db.transaction().execute(async (trx) => {
    const ticket = await lockTicket(trx, id, change);
    if (!ticket) return 'absent';
    const placed = await placeOf(trx, ticket, { deps: round, companyId: change.companyId });
    const ground = groundOf(placed, round);
    const { decision, doer } = await change.decide(ticket, ground, trx);
    if (!decision) return 'unchanged';
    return writeDecision(trx, { ticket, decision, doer, placed }, { ground, deps: round });
  });
  if (typeof ids === 'string') return ids;
  dispatchMessages(ids, deps);
  return 'changed';
}

async function placeOf(
  trx: Trx,
  ticket: LockedTicket,
  { deps, companyId }: { deps: RoundDeps; companyId: number | undefined },
): Promise<Placed> {
  const wanted = { ...wantedOf(ticket), ...(companyId === undefined ? {} : { companyId }) };
  const [placed] = await placeAll(trx, [wanted], deps);
  if (!placed) throw new Error('a ticket was read without its place');
  return placed;
}

/** How a ticket that stands is placed: where it was put, not where the asset is now. */
export function wantedOf(ticket: LockedTicket) {
  const { assetId, deviceId, companyId, gridId, tasks } = ticket;
  const atLeast = rankOf(ticket);
  return {
    assetId,
    deviceId,
    companyId,
    gridId,
    atLeast,
    companies: tasks.flatMap((task) => task.companyId ?? []),
  };
}

export function groundOf({ ladder }: Placed, { now, calendar, policies }: RoundDeps): Ground {
  return { now, calendar, settings: policies.settings, ladder };
}

/** Tasks as they are after the decision. */
export function tasksAfter(ticket: { tasks: readonly Task[] }, { tasksDone = [], newTasks = [] }: Decision) {
  return [...ticket.tasks.filter((task) => !tasksDone.includes(task.id)), ...newTasks];
}

async function writeDecision(
  trx: Trx,
  act: {
    ticket: LockedTicket;
    decision: Decision;
    doer: { id: number; name: string } | undefined;
    placed: Placed;
  },
  { ground, deps }: { ground: Ground; deps: RoundDeps },
): Promise<number[]> {
  const { ticket, decision, doer, placed } = act;
  const after = { ...ticket, ...withNextLook(ticket, decision, ground) };
  const tasks = tasksAfter(ticket, decision);
  const contacts = await readNeeded(trx, accountsNeeded(decision.tells, { ticket: after, tasks }));
  const told = tellAll(
    decision.tells,
    { subject: ticketSubject(ticket), ticket: after, tasks, placed, doer },
    { contacts, deps },
  );
  const { breach, tasksDone, newTasks } = decision;
  const write = {
    id: ticket.id,
    ticket: after,
    entries: [...decision.entries, ...told.entries],
    breach,
    tasksDone,
    newTasks,
    accounts: told.accounts,
  };
  await writeTickets(trx, [write], deps.now);
  return enqueue(trx, told.messages(ticket.id), deps.now);
}

export function ticketSubject({
  faultClass,
  protocol,
  nativeId,
  reportedAt,
  companyName,
}: LockedTicket): Subject {
  return { faultClass, protocol, nativeId, reportedAt, company: companyName };
}
