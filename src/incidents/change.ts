import type { Trx } from '../platform/database.ts';
import { dispatchMessages } from '../platform/dispatch.ts';
import { enqueue } from '../platform/outbox-store.ts';
import type { IncidentsDeps } from './deps.ts';
import { carryOut, type Doer } from './effects.ts';
import type { Decision } from './incident-state.ts';
import { cancelCalls, type LockedIncident, lockIncident, writeChanges } from './incident-store.ts';

/** `absent`: not there or, where locked ones are skipped, held by another. */
export type ChangeResult = 'changed' | 'unchanged' | 'absent';

/** One change of one incident: lock, decide, write, and after the commit hand the messages over. */
export async function changeIncident(
  deps: IncidentsDeps,
  id: number,
  decideOn: (incident: LockedIncident, now: number, trx: Trx) => Change | Promise<Change>,
  options: { skipLocked?: boolean } = {},
): Promise<ChangeResult> {
  const now = deps.clock.now();
  const ids = await deps.database.db.transaction().execute(async (trx) => {
    const incident = await lockIncident(trx, id, options);
    if (!incident) return 'absent';
    const { decision, doer, ...change } = await decideOn(incident, now, trx);
    if (!decision) return 'unchanged';
    const { changes, entries, messages } = await carryOut(
      trx,
      { incident: change.incident ?? incident, decision, doer },
      { ...deps, now },
    );
    if (decision.effects.includes('tell_taken') && doer) {
      await cancelCalls(trx, id, { except: doer.id, now });
    }
    const accounts = messages.flatMap((message) => message.accountId ?? []);
    await writeChanges(trx, incident, { changes, entries, accounts }, now);
    return enqueue(trx, messages, now);
  });
  if (typeof ids === 'string') return ids;
  dispatchMessages(ids, deps);
  return 'changed';
}

interface Change {
  /** As it stands after what was written besides the decision. */
  incident?: LockedIncident;
  decision: Decision | undefined;
  doer?: Doer | undefined;
}
