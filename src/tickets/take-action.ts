import type { Queryable } from '../platform/database.ts';
import { changeTicket } from './change.ts';
import type { TicketsDeps } from './deps.ts';
import type { Act, ActOf } from './ticket-actions.ts';
import { doorOf, notFound } from './ticket-door.ts';
import { decide } from './ticket-machine.ts';
import { readAssignable } from './ticket-queries-store.ts';
import type { LockedTicket } from './ticket-store.ts';
import type { TicketActor } from './tickets.ts';

/** An action as it was said; whether an assignee fits is found out here. */
export type Said = Exclude<Act, { name: 'assign' }> | Omit<ActOf<'assign'>, 'fits'>;

/** Door, lock, decision and everything that follows from it. Throws what `Tickets` says. */
export async function takeAction(
  deps: TicketsDeps,
  { id, actor, said }: { id: number; actor: TicketActor; said: Said },
): Promise<void> {
  const result = await changeTicket(deps, id, {
    ...(said.name === 'dispatch' ? { companyId: said.companyId } : {}),
    async decide(ticket, ground, trx) {
      if (isReturnedAgain(ticket, actor, said)) return { decision: undefined };
      const doer = await doorOf(trx, id, actor);
      const act: Act = said.name === 'assign' ? { ...said, fits: await fits(trx, id, said) } : said;
      return { decision: decide(ticket, { doer, act }, ground), doer };
    },
  });
  if (result === 'absent') throw notFound(id);
}

/** Whoever sent it back sees it no more, and may have tapped twice. */
function isReturnedAgain({ lastAct, returned }: LockedTicket, actor: TicketActor, said: Said): boolean {
  return said.name === 'return' && returned && lastAct?.kind === 'returned' && lastAct.actorId === actor.id;
}

async function fits(
  db: Queryable,
  id: number,
  { accountId, companyId }: { accountId?: number | undefined; companyId?: number | undefined },
): Promise<boolean> {
  const { people, companies } = await readAssignable(db, id);
  if (accountId !== undefined) return people.some((person) => person.id === accountId);
  return companies.some((company) => company.id === companyId);
}
