import type { AlertChange } from '../model/alerts.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import { dispatchMessages } from '../platform/dispatch.ts';
import { AppError } from '../platform/errors.ts';
import { enqueue, type NewNotification } from '../platform/outbox-store.ts';
import type { RoundDeps, TicketsDeps } from './deps.ts';
import { noteRecovered } from './recover.ts';
import { type Report, reportOf } from './report.ts';
import { type Group, planRound } from './round.ts';
import { switchOff } from './switch-off.ts';
import { lockTicketsOf, openTickets, readPoints, readRootKeys, writeTickets } from './ticket-store.ts';

/** Rounds without end would mean that every one is overtaken by another process; the transaction is tried again instead. */
const MOST_ROUNDS = 30;

/**
 * Turns alert changes of consequence `ticket` into tickets, inside the caller's transaction: a handful of statements for any number of
 * alerts. To be called after the commit: hands the messages to notify.
 */
export function createResponder(deps: TicketsDeps) {
  return async (trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit> => {
    const now = deps.clock.now();
    const round: RoundDeps = { ...deps, now };
    const ours = changes.filter((change) => change.consequence === 'ticket');
    if (ours.length === 0) return () => {};
    const gateways = ours.flatMap((change) =>
      change.faultClass === 'device_silent' ? (change.gatewayId ?? []) : [],
    );
    const rootKeys = await readRootKeys(trx, [...new Set(gateways)]);
    const points = await readPoints(trx, [...new Set(ours.flatMap((change) => change.assetId ?? []))]);
    const reports = ours.map((change) => reportOf(change, { rootKeys, points }));
    const messages = await settle(
      trx,
      reports.filter(({ change }) => change.state === 'firing'),
      round,
    );
    const ended = reports.filter(({ change }) => change.state === 'resolved');
    if (ended.length > 0) await noteRecovered(trx, ended, round);
    const ids = await enqueue(trx, messages, now);
    return () => dispatchMessages(ids, deps);
  };
}

/** Round by round until every report has its ticket: where another process opened one first, it is joined in the next. */
async function settle(trx: Trx, reports: readonly Report[], deps: RoundDeps): Promise<NewNotification[]> {
  const messages: NewNotification[] = [];
  let left = reports;
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) {
      throw new AppError('TICKET_BUSY', 'tickets kept changing', { retryable: true });
    }
    left = await settleRound(trx, left, { deps, messages });
  }
  return messages;
}

async function settleRound(
  trx: Trx,
  reports: readonly Report[],
  { deps, messages }: { deps: RoundDeps; messages: NewNotification[] },
): Promise<Report[]> {
  const groups = grouped(reports);
  const standing = await lockTicketsOf(
    trx,
    groups.map((group) => group[0].key),
  );
  const plan = await planRound(trx, { groups, standing }, deps);
  const opened = await openTickets(
    trx,
    plan.opens.map((open) => open.write),
    deps.now,
  );
  await writeTickets(
    trx,
    plan.joins.map((join) => join.write),
    deps.now,
  );
  const left: Report[] = [];
  const found: { ticketId: number; group: Group }[] = [];
  for (const { write, group, messages: messagesFor } of plan.opens) {
    const id = opened.get(write.dedupKey);
    if (id === undefined) left.push(...group);
    else {
      found.push({ ticketId: id, group });
      messages.push(...messagesFor(id));
    }
  }
  for (const { write, group, messages: messagesFor } of plan.joins) {
    found.push({ ticketId: write.id, group });
    messages.push(...messagesFor(write.id));
  }
  await switchOff(trx, found, deps);
  return left;
}

/** By key, and the keys in order: two transactions that lock the same tickets do it in the same order. */
function grouped(reports: readonly Report[]): Group[] {
  const groups = new Map<string, [Report, ...Report[]]>();
  for (const report of reports) {
    const group = groups.get(report.key);
    if (group) group.push(report);
    else groups.set(report.key, [report]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
