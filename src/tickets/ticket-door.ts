import type { Queryable } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Doer } from './ticket-actions.ts';
import { readStanding, readVisible, type TicketViewer } from './ticket-queries-store.ts';

/** What somebody is to a ticket that he may see. Throws TICKET_NOT_FOUND (404) where he may not. */
export async function doorOf(db: Queryable, id: number, actor: TicketViewer): Promise<Doer> {
  const [visible] = await readVisible(db, actor, { id });
  const doer = visible && (await readStanding(db, actor, id));
  if (!doer) throw notFound(id);
  return doer;
}

export const notFound = (id: number): AppError =>
  new AppError('TICKET_NOT_FOUND', `no ticket ${id}`, { status: 404 });
