import { type ChangeResult, changeIncident } from './change.ts';
import type { IncidentsDeps } from './deps.ts';
import { followWearers } from './follow.ts';
import { isWatched } from './incident-state.ts';
import { readDue, readUnwatched } from './incident-store.ts';
import { whatIsDue } from './incident-time.ts';

const BATCH = 500;
const LANES = 4;

/** Each incident in a transaction of its own: one that fails, or that another process holds, keeps none of the others waiting. */
export function createSweep(deps: IncidentsDeps): () => Promise<number> {
  return async () => {
    const { db } = deps.database;
    const now = deps.clock.now();
    let moved = 0;
    for (const id of await readUnwatched(db)) if (await repair(deps, id)) moved++;
    const due = await readDue(db, now, BATCH);
    const lanes = Array.from({ length: LANES }, async () => {
      for (let id = due.shift(); id !== undefined; id = due.shift()) if (await advance(deps, id)) moved++;
    });
    await Promise.all(lanes);
    await followWearers(deps);
    return moved;
  };
}

async function advance(deps: IncidentsDeps, id: number): Promise<boolean> {
  return guarded(deps, id, () =>
    changeIncident(deps, id, (incident, now) => ({ decision: whatIsDue(incident, now) }), {
      skipLocked: true,
    }),
  );
}

/** The auditor: what is open must have a next step. It never should be needed, so each time is told and counted. */
async function repair(deps: IncidentsDeps, id: number): Promise<boolean> {
  return guarded(deps, id, () =>
    changeIncident(
      deps,
      id,
      (incident, now) => {
        if (isWatched(incident)) return { decision: undefined };
        deps.log.error({ incidentId: id, status: incident.status }, 'an open incident had no next step');
        deps.onRepaired?.();
        const due = { ...incident, nextStepAt: now, leaseUntil: now };
        return { decision: whatIsDue(due, now) };
      },
      { skipLocked: true },
    ),
  );
}

async function guarded(deps: IncidentsDeps, id: number, work: () => Promise<ChangeResult>): Promise<boolean> {
  try {
    return (await work()) === 'changed';
  } catch (error) {
    deps.log.error(
      { err: error, incidentId: id },
      'an incident could not be moved; the next sweep tries again',
    );
    return false;
  }
}
