import type { Trx } from '../platform/database.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import { groundOf, tasksAfter, ticketSubject, wantedOf } from './change.ts';
import type { RoundDeps } from './deps.ts';
import { accountsNeeded, readNeeded, type Subject, type Telling, tellAll } from './messages.ts';
import { type Placed, placeAll } from './places.ts';
import { faultOf, mapAll, opening, type Report } from './report.ts';
import { joined, reopens } from './ticket-faults.ts';
import type { Decision, Tell } from './ticket-state.ts';
import type { LockedTicket, NewTicket, TicketWrite } from './ticket-store.ts';
import { withNextLook } from './ticket-time.ts';

/** Reports of one point. */
export type Group = readonly [Report, ...Report[]];

interface Planned<W> {
  group: Group;
  write: W;
  messages(ticketId: number): NewNotification[];
}

interface Draft<W> {
  group: Group;
  write: Omit<W, 'entries' | 'accounts'>;
  decision: Pick<Decision, 'entries'> & { tells: readonly Tell[] };
  telling: Telling;
}

/** What becomes of each group: a ticket of its own, or part of the one that stands. Reads people and places of all together. */
export async function planRound(
  trx: Trx,
  read: { groups: readonly Group[]; standing: readonly LockedTicket[] },
  deps: RoundDeps,
): Promise<{ opens: Planned<NewTicket>[]; joins: Planned<TicketWrite>[] }> {
  const byKey = new Map(read.standing.map((ticket) => [ticket.dedupKey, ticket]));
  const found = read.groups.map((group) => ({ group, ticket: joinable(byKey.get(group[0].key), deps) }));
  const placed = await placeAll(
    trx,
    found.map(({ group, ticket }) => (ticket ? wantedOf(ticket) : newPlace(group))),
    deps,
  );
  const opens: Draft<NewTicket>[] = [];
  const joins: Draft<TicketWrite>[] = [];
  for (const [i, { group, ticket }] of found.entries()) {
    const here = placed[i];
    if (!here) continue;
    if (ticket) joins.push(draftJoin(group, ticket, { placed: here, deps }));
    else opens.push(draftOpening(group, here, deps));
  }
  const needed = [...opens, ...joins].flatMap(({ decision, telling }) =>
    accountsNeeded(decision.tells, telling),
  );
  const contacts = await readNeeded(trx, needed);
  const told = <W>({ group, write, decision, telling }: Draft<W>) => {
    const { entries, accounts, messages } = tellAll(decision.tells, telling, { contacts, deps });
    return { group, messages, write: { ...write, entries: [...decision.entries, ...entries], accounts } };
  };
  return { opens: opens.map(told) as Planned<NewTicket>[], joins: joins.map(told) as Planned<TicketWrite>[] };
}

/** One that is open, or was closed so lately that it is opened again. */
function joinable(ticket: LockedTicket | undefined, deps: RoundDeps): LockedTicket | undefined {
  if (!ticket) return undefined;
  const { settings } = deps.policies;
  return ticket.status !== 'closed' || reopens(ticket, { now: deps.now, settings }) ? ticket : undefined;
}

function newPlace([{ change }]: Group) {
  return { assetId: change.assetId ?? null, deviceId: change.deviceId ?? null, atLeast: 0 } as const;
}

function draftOpening(group: Group, placed: Placed, deps: RoundDeps): Draft<NewTicket> {
  const [{ change, faultClass, key }] = group;
  const ground = groundOf(placed, deps);
  const { ticket, entries, tells } = opening(group, { placed, ground, deps });
  const state = { ...ticket, nextAt: null };
  const { protocol, nativeId } = change;
  const complete = { ...state, ...withNextLook(state, { changes: {}, entries: [], tells: [] }, ground) };
  const subject: Subject = {
    faultClass,
    protocol,
    nativeId,
    reportedAt: deps.now,
    company: placed.place.companyName,
  };
  return {
    group,
    write: {
      dedupKey: key,
      faultClass,
      assetId: change.assetId ?? placed.place.asset?.id ?? null,
      deviceId: change.deviceId ?? null,
      protocol,
      nativeId,
      channel: change.channel ?? '',
      gridId: placed.gridId,
      observedAt: change.at,
      evidence: change.evidence,
      ticket: complete,
      alertIds: alertsOf(group),
    },
    decision: { entries, tells },
    telling: { subject, ticket: complete, tasks: [], placed },
  };
}

function draftJoin(
  group: Group,
  ticket: LockedTicket,
  { placed, deps }: { placed: Placed; deps: RoundDeps },
): Draft<TicketWrite> {
  const ground = groundOf(placed, deps);
  const policy = deps.policies.of.bind(undefined, ticket.faultClass);
  const decision = joined(ticket, mapAll(group, faultOf), { ground, policy });
  const after = { ...ticket, ...withNextLook(ticket, decision, ground) };
  const { tasksDone, newTasks } = decision;
  return {
    group,
    write: { id: ticket.id, ticket: after, tasksDone, newTasks, alertIds: alertsOf(group) },
    decision,
    telling: { subject: ticketSubject(ticket), ticket: after, tasks: tasksAfter(ticket, decision), placed },
  };
}

const alertsOf = (group: Group): number[] => group.flatMap(({ change }) => change.alertId ?? []);
