import type { AlertChange } from '../model/alerts.ts';
import { definitionOf } from '../model/signals.ts';
import { oncePerPerson } from '../people/escalation-people.ts';
import type { Trx } from '../platform/database.ts';
import { announceAll } from '../platform/live-store.ts';
import type { NewNotification } from '../platform/outbox-store.ts';
import { describe, reach } from './climb.ts';
import type { RoundDeps } from './deps.ts';
import { announced } from './incident-store.ts';
import { factsOf, placeOf } from './press.ts';
import { readPressContexts } from './press-store.ts';

/** Notices are told once: to the family and the grid worker on duty, where there is neither to the dispatchers. */
export async function tellNotices(
  trx: Trx,
  notices: readonly AlertChange[],
  deps: RoundDeps,
): Promise<NewNotification[]> {
  const keys = notices.map((change) => ({
    key: '',
    subjectId: change.subjectId ?? null,
    deviceId: change.deviceId ?? null,
    source: change.source,
  }));
  const contexts = await readPressContexts(trx, keys, deps.now);
  const index = await deps.directory.grids(trx, contexts[0]?.grid_version);
  const told = notices.flatMap((change, i) => {
    const context = contexts[i];
    if (!context) return [];
    const place = placeOf(change, context, { index, now: deps.now });
    const { gridId } = place.responsible;
    const grid = gridId === null ? null : (index.get(gridId)?.name ?? null);
    const where = { gridId, subjectId: change.subjectId ?? null };
    return [{ change, facts: factsOf(change, context, { ...place, grid }), where }];
  });
  const resolve = await deps.directory.resolver(
    told.map(({ where }) => where),
    { db: trx, index },
  );
  const messages: NewNotification[] = [];
  const changes: { type: 'alert'; id: number; accounts?: readonly number[] }[] = [];
  for (const { change, facts, where } of told) {
    const targets = where.gridId === null ? (['family'] as const) : (['family', 'worker'] as const);
    const near = oncePerPerson(targets.flatMap((target) => resolve(target, where)));
    const found = near.length > 0 ? near : resolve('street', where);
    const { reachable } = reach(found, deps.channelsFor);
    if (reachable.length === 0) deps.log.warn({ alertId: change.alertId }, 'nobody to tell of a notice');
    const { signal, value } = change.evidence;
    const { unit } = definitionOf(signal);
    const payload = { ...facts, at: change.at, signal, value, ...(unit === undefined ? {} : { unit }) };
    for (const { contact, why, channels } of reachable) {
      for (const channel of channels) {
        messages.push({
          ...(change.alertId === undefined ? {} : { alertId: change.alertId }),
          accountId: contact.id,
          channel,
          template: 'notice',
          why,
          payload,
        });
      }
    }
    const accounts = announced(reachable.map((each) => each.contact.id));
    if (change.alertId !== undefined) changes.push({ type: 'alert', id: change.alertId, ...accounts });
    deps.log.debug({ alertId: change.alertId, people: reachable.map(describe) }, 'notice');
  }
  if (changes.length > 0) await announceAll(trx, changes);
  return messages;
}
