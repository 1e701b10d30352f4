import type { Trx } from '../platform/database.ts';
import type { RoundDeps } from './deps.ts';
import type { Report } from './report.ts';
import { recovered } from './ticket-faults.ts';
import {
  lockTicketsOf,
  readKeysOfAlerts,
  readStillFiring,
  type TicketWrite,
  writeTickets,
} from './ticket-store.ts';
import { withNextLook } from './ticket-time.ts';

/**
 * Alerts that are true no longer: where none of the ticket's is, its sensor says that all is well. Nobody is told of it. The ticket is the
 * one that the alert was put to, wherever its device stands by now; a warning that only was not repeated says nothing.
 */
export async function noteRecovered(trx: Trx, ended: readonly Report[], deps: RoundDeps): Promise<void> {
  const { now, calendar, policies } = deps;
  const said = ended.filter(({ change }) => change.evidence.lapsed !== true);
  const homes = await readKeysOfAlerts(
    trx,
    said.flatMap(({ change }) => change.alertId ?? []),
  );
  const reports = said.map((report) => ({
    ...report,
    key: homes.get(report.change.alertId ?? 0) ?? report.key,
  }));
  const keys = [...new Set(reports.map((report) => report.key))];
  const tickets = (await lockTicketsOf(trx, keys)).filter((ticket) => ticket.status !== 'closed');
  if (tickets.length === 0) return;
  const firing = await readStillFiring(
    trx,
    tickets.map((ticket) => ticket.id),
    ended.flatMap(({ change }) => change.alertId ?? []),
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
