import type { AfterCommit, Trx } from '../platform/database.ts';
import { dispatchMessages } from '../platform/dispatch.ts';
import { enqueue } from '../platform/outbox-store.ts';
import type { IncidentsDeps } from './deps.ts';
import { carryOut } from './effects.ts';
import { folded } from './incident-machine.ts';
import { isOpen } from './incident-state.ts';
import { cancelCalls, lockIncident, writeChanges } from './incident-store.ts';

const NOBODY = 0;

/**
 * Closes an incident that another one explains, and tells everybody who was asked and whoever has it of which it is part now. One that is over
 * already stays as it is.
 */
export async function foldIncident(
  deps: IncidentsDeps,
  trx: Trx,
  { incidentId, into }: { incidentId: number; into: number },
): Promise<AfterCommit> {
  const now = deps.clock.now();
  const incident = await lockIncident(trx, incidentId);
  const wider = await lockIncident(trx, into);
  if (!incident || !wider || !isOpen(incident.status)) return () => undefined;
  const decision = folded({ id: into, name: wider.subjectName }, now);
  const { changes, entries, messages } = await carryOut(trx, { incident, decision }, { ...deps, now });
  await cancelCalls(trx, incidentId, { except: NOBODY, now });
  const accounts = messages.flatMap((message) => message.accountId ?? []);
  await writeChanges(trx, incident, { changes, entries, accounts }, now);
  const ids = await enqueue(trx, messages, now);
  return () => dispatchMessages(ids, deps);
}
