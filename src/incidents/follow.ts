import { distanceM } from '../model/geo.ts';
import type { Trx } from '../platform/database.ts';
import { changeIncident } from './change.ts';
import type { IncidentsDeps } from './deps.ts';
import { type Decision, isOpen, isUnanswered } from './incident-state.ts';
import { type LockedIncident, type NewerFix, readNewerFixes, writeLocation } from './incident-store.ts';
import { addressOf, fromSpot } from './whereabouts.ts';

/** Smaller moves are taken over without an entry in the time line. */
const WORTH_TELLING_M = 30;

/**
 * Open incidents take over newer positions of their device: a press without a fix is often followed by one. Where another grid is
 * responsible then and nobody has it yet, its people are asked at once.
 */
export async function followWearers(deps: IncidentsDeps): Promise<void> {
  for (const { id, fix } of await readNewerFixes(deps.database.db)) {
    try {
      await changeIncident(deps, id, (incident, _now, trx) => move(trx, { incident, fix }, deps), {
        skipLocked: true,
      });
    } catch (error) {
      deps.log.error({ err: error, incidentId: id }, 'an incident could not follow its wearer');
    }
  }
}

async function move(
  trx: Trx,
  { incident, fix }: { incident: LockedIncident; fix: NewerFix['fix'] },
  { directory }: IncidentsDeps,
): Promise<{ decision: Decision | undefined; incident?: LockedIncident }> {
  if (!isOpen(incident.status)) return { decision: undefined };
  const { location: before, home } = incident;
  const location = fromSpot(fix, true);
  const gridId = (await directory.grids(trx)).at(fix);
  const address = addressOf(location, home, incident.homeAddress);
  const grid = gridId === null ? undefined : { id: gridId, by: 'fix' as const };
  await writeLocation(trx, incident.id, { location, address, grid });
  const movedM = before && Math.round(distanceM(before, location));
  const isTold = !before?.fresh || movedM === null || movedM >= WORTH_TELLING_M;
  const isElsewhere = grid !== undefined && grid.id !== incident.gridId && isUnanswered(incident.status);
  return {
    incident: { ...incident, location, address, gridId: gridId ?? incident.gridId },
    decision: {
      changes: {},
      ...(isTold ? { entry: { kind: 'location', detail: { location, movedM } } } : {}),
      effects: isElsewhere ? ['ask_newcomers'] : [],
    },
  };
}
