import type { TicketSummary } from '../../api/ticket-schemas.ts';
import { type Mutes, useMutes } from './mutes.ts';
import { useNoise } from './ring-state.tsx';

/** Heard anew when the fault comes again or the ticket rises. */
const stamp = (ticket: TicketSummary) => [ticket.occurrences, ticket.level].join();

export interface TicketRing extends Mutes<TicketSummary> {
  /** Tickets that wait for somebody here to take them on. */
  waiting: readonly TicketSummary[];
}

/** Sounds while one of `waiting` is not muted on this device: by the severity, and unlike an incident. */
export function useTicketRing(waiting: readonly TicketSummary[]): TicketRing {
  const mutes = useMutes(stamp);
  const loud = waiting.filter((ticket) => !mutes.isMuted(ticket) && ticket.severity !== 'info');
  const isCritical = loud.some((ticket) => ticket.severity === 'critical');
  useNoise('tickets', isCritical ? 'work' : loud.length > 0 ? 'soft' : undefined);
  return { ...mutes, waiting };
}
