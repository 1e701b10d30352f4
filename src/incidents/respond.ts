import type { AlertChange } from '../model/alerts.ts';
import type { AfterCommit, Trx } from '../platform/database.ts';
import { dispatchMessages } from '../platform/dispatch.ts';
import { AppError } from '../platform/errors.ts';
import { enqueue, type NewNotification } from '../platform/outbox-store.ts';
import type { IncidentsDeps, RoundDeps } from './deps.ts';
import { tellNotices } from './notices.ts';
import { dedupKey, FLOOD_WINDOW_MS, isUnknown, type Press, pressKey } from './press.ts';
import { planPresses } from './press-plans.ts';
import {
  lockFloods,
  noteResolvedAlerts,
  openIncidents,
  readPressContexts,
  updatePressed,
} from './press-store.ts';

/** Rounds without end would mean that every one is overtaken by another process; the transaction is tried again instead. */
const MOST_ROUNDS = 30;

/**
 * Turns alert changes into incidents and notices, inside the caller's transaction: four statements for any number of alerts, as long as no
 * two belong to one incident. To be called after the commit: hands the messages to notify.
 */
export function createResponder(deps: IncidentsDeps) {
  return async (trx: Trx, changes: readonly AlertChange[]): Promise<AfterCommit> => {
    const now = deps.clock.now();
    const presses = changes
      .filter((change) => change.consequence === 'incident' && change.state === 'firing')
      .map((change) => ({ change, key: dedupKey(change), isFlood: false }));
    const notices = changes.filter((change) => change.consequence === 'notice' && change.state === 'firing');
    const ended = changes.filter(
      (change) => change.consequence === 'incident' && change.state === 'resolved',
    );

    const strangers = presses.filter(({ change }) => isUnknown(change));
    await lockFloods(
      trx,
      strangers.map(({ change }) => change.source),
    );
    const messages = await settle(trx, presses, { ...deps, now });
    if (notices.length > 0) messages.push(...(await tellNotices(trx, notices, { ...deps, now })));
    if (ended.length > 0) {
      const entries = ended.map((change) => ({ key: dedupKey(change), detail: endOf(change) }));
      await noteResolvedAlerts(trx, entries, now);
    }
    const ids = await enqueue(trx, messages, now);
    return () => dispatchMessages(ids, deps);
  };
}

const endOf = (change: AlertChange) => ({
  rule: change.rule,
  state: 'resolved',
  signal: change.evidence.signal,
  observedAt: change.at,
  ...(change.outage ? { outage: change.outage } : {}),
});

/** Round by round until every press has its incident: what another process overtook, or what follows in one incident, comes again. */
async function settle(trx: Trx, presses: readonly Press[], deps: RoundDeps): Promise<NewNotification[]> {
  const messages: NewNotification[] = [];
  let left = presses;
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) {
      throw new AppError('INCIDENT_BUSY', 'incidents kept changing', { retryable: true });
    }
    left = await settleRound(trx, left, { deps, messages });
  }
  return messages;
}

async function settleRound(
  trx: Trx,
  presses: readonly Press[],
  { deps, messages }: { deps: RoundDeps; messages: NewNotification[] },
): Promise<Press[]> {
  const { now } = deps;
  const groups = grouped(presses);
  const contexts = await readPressContexts(
    trx,
    groups.map(([first]) => pressKey(first)),
    now - FLOOD_WINDOW_MS,
  );
  const plan = await planPresses(trx, { groups, contexts }, deps);
  const left = plan.left;
  const opened =
    plan.opens.length > 0
      ? await openIncidents(
          trx,
          plan.opens.map((open) => open.incident),
          now,
        )
      : new Map<string, number>();
  for (const open of plan.opens) {
    const id = opened.get(open.incident.dedup_key);
    if (id === undefined) left.push(open.press);
    else messages.push(...open.messages(id));
  }
  for (const update of plan.updates) {
    if (await updatePressed(trx, update.update, now)) messages.push(...update.messages());
    else left.push(...update.presses);
  }
  return left;
}

/** By key, and the keys in order: two transactions that lock the same incidents do it in the same order. */
function grouped(presses: readonly Press[]): [Press, ...Press[]][] {
  const groups = new Map<string, [Press, ...Press[]]>();
  for (const press of presses) {
    const group = groups.get(press.key);
    if (group) group.push(press);
    else groups.set(press.key, [press]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
