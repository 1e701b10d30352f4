import { type ChangeResult, changeTicket } from './change.ts';
import type { TicketsDeps } from './deps.ts';
import { readDue, readUnwatched } from './ticket-store.ts';
import { whatIsDue } from './ticket-time.ts';

const BATCH = 500;
const LANES = 4;

/** Each ticket in a transaction of its own: one that fails, or that another process holds, keeps none of the others waiting. */
export function createSweep(deps: TicketsDeps): () => Promise<number> {
  return async () => {
    const { db } = deps.database;
    let moved = 0;
    for (const id of await readUnwatched(db)) if (await repair(deps, id)) moved++;
    const due = await readDue(db, deps.clock.now(), BATCH);
    const lanes = Array.from({ length: LANES }, async () => {
      for (let id = due.shift(); id !== undefined; id = due.shift()) if (await advance(deps, id)) moved++;
    });
    await Promise.all(lanes);
    return moved;
  };
}

function advance(deps: TicketsDeps, id: number): Promise<boolean> {
  return guarded(deps, id, () =>
    changeTicket(deps, id, {
      decide: (ticket, ground) => ({ decision: whatIsDue(ticket, ground) }),
      skipLocked: true,
    }),
  );
}

/** The auditor: what is open must be looked at again. It never should be needed, so each time is told and counted. */
function repair(deps: TicketsDeps, id: number): Promise<boolean> {
  return guarded(deps, id, () =>
    changeTicket(deps, id, {
      decide: (ticket, ground) => {
        if (ticket.status === 'closed' || ticket.nextAt !== null) return { decision: undefined };
        deps.log.error({ ticketId: id, status: ticket.status }, 'an open ticket had no next step');
        deps.onRepaired?.();
        return { decision: whatIsDue({ ...ticket, nextAt: ground.now }, ground) };
      },
      skipLocked: true,
    }),
  );
}

async function guarded(deps: TicketsDeps, id: number, work: () => Promise<ChangeResult>): Promise<boolean> {
  try {
    return (await work()) === 'changed';
  } catch (error) {
    deps.log.error({ err: error, ticketId: id }, 'a ticket could not be moved; the next sweep tries again');
    return false;
  }
}
