import type { Trx } from '../platform/database.ts';
import type { RoundDeps } from './deps.ts';
import type { Report } from './report.ts';
import { recovered } from './ticket-faults.ts';
import { lockTicketsOf, readStillFiring, type TicketWrite, writeTickets } from './ticket-store.ts';
import { withNextLook } from './ticket-time.ts';

/** Alerts that are true no longer: where none of the ticket's is, its sensor says that all is well. Nobody is told of it. */
export async function noteRecovered(trx: Trx, reports: readonly Report[], deps: RoundDeps): Promise<void> {
  const { now, calendar, policies } = deps;
  const keys = [...new Set(reports.map((report) => report.key))];
  const tickets = (await lockTicketsOf(trx, keys)).filter((ticket) => ticket.status !== 'closed');
  if (tickets.length === 0) return;
  const ended = reports.flatMap(({ change }) => change.alertId ?? []);
  const firing = await readStillFiring(
    trx,
    tickets.map((ticket) => ticket.id),
    ended,
  );
  const writes = tickets.flatMap((ticket): TicketWrite[] => {
    const change = reports.find(({ key }) => key === ticket.dedupKey)?.change;
    if (!change || firing.has(ticket.id)) return [];
    const { evidence, at } = change;
    const detail = {
      rule: change.rule,
      signal: evidence.signal,
      value: evidence.value ?? null,
      observedAt: at,
    };
    const decision = recovered(ticket, detail, now);
    if (!decision) return [];
    const after = {
      ...ticket,
      ...withNextLook(ticket, decision, { now, calendar, settings: policies.settings }),
    };
    return [{ id: ticket.id, ticket: after, entries: decision.entries, accounts: [] }];
  });
  await writeTickets(trx, writes, now);
}
