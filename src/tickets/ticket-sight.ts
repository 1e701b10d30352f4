import type { Role } from '../model/incidents.ts';
import type { TicketFacts } from './tickets.ts';

/** What an account is responsible for. */
export interface TicketScope {
  accountId: number;
  roles: readonly Role[];
  /** Companies that the account works for. */
  companies: ReadonlySet<number>;
  /** Grids in which a responder has shifts, with all below them. */
  dutyGrids: ReadonlySet<number>;
  /** Grids below a dispatcher's desks; `all` for a dispatcher who sits at none or at the top. */
  deskGrids: ReadonlySet<number> | 'all';
}

/** Whoever has it or a task in it, the company, the desks above the grid, its responders; admins see all. As `readVisible` selects. */
export function seesTicket(scope: TicketScope, ticket: TicketFacts): boolean {
  const { accountId, roles, companies } = scope;
  if (roles.includes('admin')) return true;
  if (ticket.ownerId === accountId || ticket.assignees.includes(accountId)) return true;
  const theirs = [...ticket.companies, ...(ticket.companyId === null ? [] : [ticket.companyId])];
  if (roles.includes('property') && theirs.some((id) => companies.has(id))) return true;
  const { gridId } = ticket;
  if (roles.includes('responder') && gridId !== null && scope.dutyGrids.has(gridId)) return true;
  if (!roles.includes('dispatcher')) return false;
  return scope.deskGrids === 'all' || gridId === null || scope.deskGrids.has(gridId);
}
