import type { AlertChange, LifeEvent } from '../model/alerts.ts';
import { isLifeSignal } from '../model/signals.ts';
import type { Clock } from '../platform/clock.ts';
import type { AfterCommit, Database, Trx } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { insertAlerts } from './alert-store.ts';
import { STALE_MS } from './device-clocks.ts';
import {
  type Claim,
  type InboxRow,
  type LifeEventRow,
  openIds,
  postpone,
  takeInbox,
  takeOne,
} from './inbox-store.ts';
import { changeOfEvent, judge } from './life-events.ts';
import { readRightClocks } from './right-clocks-store.ts';
import { isSosRule, type Rule } from './rule.ts';

const MOST_AT_ONCE = 100;
const RETRY_AFTER_MS = 1_000;

export interface InboxDeps {
  clock: Clock;
  database: Database;
  log: Logger;
  /** As they are in force now. */
  rules(): readonly Rule[];
  /** What follows from alerts, in the transaction that stores them. */
  respond(trx: Trx, changes: AlertChange[]): Promise<AfterCommit>;
  /** Told of each event that happened just now, in the same transaction, whether or not a rule fires. */
  onLifeEvent?(trx: Trx, event: LifeEventRow): Promise<void>;
}

export interface InboxWorker {
  /**
   * Works off what is open (only what is at least `olderThanMs` old) and returns how many events that were. Any number of
   * workers may do so at once. Throws when the database cannot be reached; whatever was not finished then comes again.
   */
  drain(options?: { olderThanMs?: number }): Promise<number>;
}

/** Throws RULES_NO_SOS where the rules would let an SOS pass. */
export function createInboxWorker(deps: InboxDeps): InboxWorker {
  soundRules(deps);
  return {
    async drain({ olderThanMs = 0 } = {}) {
      for (let total = 0; ; ) {
        const now = deps.clock.now();
        const claim = { now, most: MOST_AT_ONCE, receivedBy: now - olderThanMs };
        const { taken, done } = await drainOnce(deps, claim);
        total += done;
        if (taken < MOST_AT_ONCE) return total;
      }
    },
  };
}

/** A set that would let an SOS pass is never asked: the event waits for one that does not. */
function soundRules({ rules }: Pick<InboxDeps, 'rules'>): readonly Rule[] {
  const current = rules();
  if (!current.some(isSosRule)) throw new AppError('RULES_NO_SOS', 'no rule fires on sos');
  return current;
}

/** All open events in one transaction; where that fails, each in one of its own, so that none holds up the others. */
async function drainOnce(deps: InboxDeps, claim: Claim): Promise<{ taken: number; done: number }> {
  try {
    return await work(deps, (trx) => takeInbox(trx, claim));
  } catch (error) {
    deps.log.warn({ err: error }, 'a batch of life events failed, each is tried alone');
  }
  const ids = await openIds(deps.database.db, claim);
  let done = 0;
  for (const id of ids) {
    try {
      done += (await work(deps, async (trx) => oneOrNone(await takeOne(trx, id, claim.now)))).done;
    } catch (error) {
      deps.log.error({ err: error, inboxId: id }, 'a life event could not be handled and is tried again');
      await postpone(deps.database.db, id, deps.clock.now() + RETRY_AFTER_MS);
    }
  }
  return { taken: ids.length, done };
}

const oneOrNone = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

async function work(
  deps: InboxDeps,
  take: (trx: Trx) => Promise<InboxRow[]>,
): Promise<{ taken: number; done: number }> {
  const { rows, after } = await deps.database.db.transaction().execute(async (trx) => {
    const taken = await take(trx);
    return { rows: taken, after: await raise(deps, trx, taken) };
  });
  after?.();
  return { taken: rows.length, done: rows.length };
}

async function raise(deps: InboxDeps, trx: Trx, rows: readonly InboxRow[]): Promise<AfterCommit | undefined> {
  const rules = soundRules(deps);
  const changes: AlertChange[] = [];
  const events = rows.map(eventOf);
  const old = await oldOnes(trx, events);
  for (const event of events) {
    if (event.origin === 'live') await deps.onLifeEvent?.(trx, event);
    changes.push(...changesOf({ log: deps.log, rules }, event, { isOld: old.has(event) }));
  }
  if (changes.length === 0) return undefined;
  const versionOf = (name: string): string => rules.find((rule) => rule.name === name)?.version ?? '';
  const ids = await insertAlerts(
    trx,
    changes.map((change) => toAlert(change, versionOf(change.rule))),
  );
  return deps.respond(
    trx,
    changes.map((change, index) => ({ ...change, ...withId(ids[index]) })),
  );
}

const withId = (alertId: number | undefined): { alertId?: number } =>
  alertId === undefined ? {} : { alertId };

function changesOf(
  deps: Pick<InboxDeps, 'log'> & { rules: readonly Rule[] },
  event: LifeEventRow,
  { isOld }: { isOld: boolean },
): AlertChange[] {
  const verdict = judge(deps.rules, event, { isOld });
  if ('because' in verdict) {
    const { inboxId, signal, protocol, nativeId } = event;
    deps.log.info({ inboxId, signal, protocol, nativeId, because: verdict.because }, 'life event not raised');
    return [];
  }
  return verdict.raise.map((rule) => changeOfEvent(rule, event, verdict.late));
}

function eventOf(row: InboxRow): LifeEventRow {
  const event = row.payload as Partial<LifeEvent> | null;
  const isSignal = typeof event?.signal === 'string' && isLifeSignal(event.signal);
  if (!isSignal || typeof event.observedAt !== 'number' || typeof event.receivedAt !== 'number')
    throw new AppError('RULES_INBOX_UNREADABLE', `inbox row ${row.id} is no life event`);
  return { context: {}, ...event, inboxId: row.id } as LifeEventRow;
}

/** What calls itself live and is not, by a clock that is known to be right. Asked only where there is such a difference. */
async function oldOnes(trx: Trx, events: readonly LifeEventRow[]): Promise<Set<LifeEventRow>> {
  const differing = events.filter(({ observedAt, receivedAt }) => receivedAt - observedAt > STALE_MS);
  const ids = differing.flatMap(({ deviceId }) => deviceId ?? []);
  if (ids.length === 0) return new Set();
  const latest = Math.max(...differing.map(({ receivedAt }) => receivedAt));
  const right = await readRightClocks(trx, [...new Set(ids)], latest);
  return new Set(differing.filter(({ deviceId }) => deviceId !== undefined && right.has(deviceId)));
}

/** An event is over as soon as it happened: what lasts is the incident. */
const toAlert = (change: AlertChange, ruleVersion: string) => ({
  rule: change.rule,
  ruleVersion,
  kind: change.kind,
  severity: change.severity,
  deviceId: change.deviceId,
  subjectId: change.subjectId,
  assetId: change.assetId,
  protocol: change.protocol,
  nativeId: change.nativeId,
  channel: change.channel,
  faultClass: undefined,
  firedAt: change.at,
  resolvedAt: change.at,
  evidence: change.evidence,
});
