import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import { createBatcher } from './batcher.ts';
import type { Channel, Fate, Recipient } from './channel.ts';
import { type DeliveryState, LEASE_MS, SEND_TIMEOUT_MS, type Settlement, settle } from './delivery.ts';
import {
  type Claimed,
  type ClaimOptions,
  claimDue,
  saveFailures,
  saveReceipt,
  saveRetries,
  saveSent,
} from './notification-store.ts';

/** Attempts under way in one process; notices leave half of them to incidents. */
const MOST_IN_FLIGHT = 512;
const MOST_NOTICES_IN_FLIGHT = MOST_IN_FLIGHT / 2;

/** A message of an incident that will not arrive by its channel. */
export interface FinalFailure {
  incidentId: number;
  step: number | null;
  notificationId: number;
}

export interface NotifierDeps {
  database: Database;
  clock: Clock;
  channels: readonly Channel[];
  /** Asks for a wake when a retry falls due; the sweep finds it in any case. */
  queueRetry: (notificationId: number, afterMs: number) => void;
  onFinalFailure: (failure: FinalFailure) => void | Promise<void>;
  log: Logger;
}

export interface Notifier {
  /** Sends these at once, if they are still due and nobody else does; to be called after the commit. Never throws. */
  dispatch(ids: readonly number[]): void;
  /** Sends everything that is due; resolves with the number of attempts begun, without waiting for slow channels. */
  sweep(): Promise<number>;
  /**
   * Evidence of what became of a notification; it moves only forward. With `accountId` only that account's own counts. Resolves with
   * whether it moved.
   */
  receipt(id: number, state: DeliveryState | 'failed', accountId?: number): Promise<boolean>;
  /** Names of the channels that reach this account now. */
  channelsFor(account: Pick<Recipient, 'email' | 'webhookUrl'>): string[];
  /** Resolves when no attempt is under way and every fate is written. */
  settled(): Promise<void>;
}

/** What one attempt led to. */
interface Settled {
  row: Claimed;
  startedAt: number;
  settlement: Settlement;
}

/**
 * Sends what is in the outbox. The database is the truth: rows are claimed with a lease and sent outside any transaction; when
 * this process dies, another sends them again under the same id.
 */
export function createNotifier(deps: NotifierDeps): Notifier {
  return new OutboxNotifier(deps);
}

class OutboxNotifier implements Notifier {
  #deps: NotifierDeps;
  #channels: ReadonlyMap<string, Channel>;
  #inFlight = new Set<Promise<void>>();
  #notices = 0;
  /** The last claim took as many as there were slots: there may be more. */
  #more = false;
  #telling = new Set<Promise<void>>();
  #claims = createBatcher<number>({ lanes: 4, most: 200, run: (ids) => this.#claimNow(ids) });
  #fates = createBatcher<Settled>({ lanes: 2, most: 500, run: (items) => this.#save(items) });

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
    this.#channels = new Map(deps.channels.map((channel) => [channel.name, channel]));
  }

  dispatch(ids: readonly number[]): void {
    if (ids.length > 0) this.#claims.add(ids);
  }

  async sweep(): Promise<number> {
    const ofIncidents = await this.#claim({ ofIncident: true });
    const notices = await this.#claim({ ofIncident: false });
    return ofIncidents + notices;
  }

  async receipt(id: number, state: DeliveryState | 'failed', accountId?: number): Promise<boolean> {
    const { database, clock } = this.#deps;
    const receipt = { id, state, ...(accountId === undefined ? {} : { accountId }) };
    const moved = await saveReceipt(database.db, receipt, clock.now());
    if (moved?.incidentId != null && state === 'failed')
      this.#tellFailure({ incidentId: moved.incidentId, step: moved.step, notificationId: id });
    return moved !== undefined;
  }

  channelsFor(account: Parameters<Notifier['channelsFor']>[0]): string[] {
    return this.#deps.channels.filter((c) => c.on && c.reaches(account)).map((c) => c.name);
  }

  async settled(): Promise<void> {
    await this.#claims.settled();
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    await this.#fates.settled();
    while (this.#telling.size > 0) await Promise.all(this.#telling);
  }

  async #claimNow(ids: number[]): Promise<void> {
    try {
      await Promise.all([this.#claim({ ids, ofIncident: true }), this.#claim({ ids, ofIncident: false })]);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'notifications could not be claimed, the sweep will');
    }
  }

  async #claim(which: Pick<ClaimOptions, 'ids' | 'ofIncident'>): Promise<number> {
    const { database, clock } = this.#deps;
    const limit = which.ofIncident
      ? MOST_IN_FLIGHT - this.#inFlight.size
      : MOST_NOTICES_IN_FLIGHT - this.#notices;
    if (limit <= 0) {
      this.#more = true;
      return 0;
    }
    const now = clock.now();
    const rows = await claimDue(database.db, { ...which, now, until: now + LEASE_MS, limit });
    for (const row of rows) this.#begin(row);
    if (rows.length === limit) this.#more = true;
    return rows.length;
  }

  #begin(row: Claimed): void {
    const notice = row.incidentId === null ? 1 : 0;
    this.#notices += notice;
    const attempt = this.#attempt(row).finally(() => {
      this.#notices -= notice;
      this.#inFlight.delete(attempt);
      this.#goOn();
    });
    this.#inFlight.add(attempt);
  }

  /** After a flood the next ones do not wait for the sweep of the next second. */
  #goOn(): void {
    if (!this.#more || this.#inFlight.size > MOST_IN_FLIGHT / 2) return;
    this.#more = false;
    this.sweep().catch((error: unknown) =>
      this.#deps.log.warn({ err: error }, 'notifications could not be claimed, the sweep will'),
    );
  }

  /** Never waits longer than the timeout; a channel that says "accepted" after it is still believed. */
  async #attempt(row: Claimed): Promise<void> {
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const abort = new AbortController();
    const sending = this.#send(row, abort.signal);
    const timeout = Promise.withResolvers<'timeout'>();
    const timer = clock.after(SEND_TIMEOUT_MS, () => timeout.resolve('timeout'));
    const first = await Promise.race([sending, timeout.promise]);
    timer.cancel();
    if (first !== 'timeout') return this.#settle(row, startedAt, first);
    abort.abort();
    this.#settle(row, startedAt, { fate: 'retry', reason: 'timeout' });
    void sending.then((late) => {
      if (late.fate === 'accepted' || late.fate === 'delivered') this.#settle(row, startedAt, late);
    });
  }

  async #send(row: Claimed, signal: AbortSignal): Promise<Fate> {
    const channel = this.#channels.get(row.channel);
    const { recipient } = row;
    if (!channel) return { fate: 'failed', reason: 'no such channel' };
    if (!recipient) return { fate: 'failed', reason: 'no active account' };
    if (!channel.on || !channel.reaches(recipient)) return { fate: 'failed', reason: 'no address' };
    try {
      return await channel.send({ ...row, recipient, signal });
    } catch (error) {
      this.#deps.log.warn({ err: error, notification: row.id, channel: row.channel }, 'a channel threw');
      return { fate: 'retry', reason: 'channel error' };
    }
  }

  #settle(row: Claimed, startedAt: number, fate: Fate): void {
    const attempt = {
      number: row.attempt,
      createdAt: row.createdAt,
      ofIncident: row.incidentId !== null,
      ofTicket: row.ticketId !== null,
    };
    const settlement = settle(attempt, fate, this.#deps.clock.now());
    this.#fates.add([{ row, startedAt, settlement }]);
  }

  /** When this fails, the claims end by themselves and the messages are sent again. */
  async #save(items: Settled[]): Promise<void> {
    const { database, clock, queueRetry, log } = this.#deps;
    const now = clock.now();
    const sent = items.flatMap(({ row, startedAt, settlement: s }) =>
      s.kind === 'sent' ? [{ id: row.id, startedAt, ...s }] : [],
    );
    const retries = items.flatMap(({ row, settlement: s }) =>
      s.kind === 'retry' ? [{ id: row.id, attempt: row.attempt, ...s }] : [],
    );
    try {
      if (sent.length > 0) await saveSent(database.db, sent, now);
      if (retries.length > 0) await saveRetries(database.db, retries, now);
      await this.#saveFailures(items, now);
    } catch (error) {
      log.warn({ err: error }, 'fates of notifications could not be written, they will be sent again');
    }
    for (const retry of retries) queueRetry(retry.id, Math.max(0, retry.dueAt - now));
  }

  async #saveFailures(items: readonly Settled[], now: number): Promise<void> {
    const failures = items.flatMap(({ row, settlement: s }) =>
      s.kind === 'failed' ? [{ id: row.id, attempt: row.attempt, reason: s.reason, row }] : [],
    );
    if (failures.length === 0) return;
    const failed = new Set(await saveFailures(this.#deps.database.db, failures, now));
    for (const { id, reason, row } of failures) {
      if (!failed.has(id)) continue;
      const { incidentId, step, channel } = row;
      this.#deps.log.warn({ notification: id, incidentId, channel, reason }, 'a notification failed');
      if (incidentId !== null) this.#tellFailure({ incidentId, step, notificationId: id });
    }
  }

  /** Beside the writing of fates, which does not wait for what follows from one. */
  #tellFailure(failure: FinalFailure): void {
    const telling = Promise.resolve()
      .then(() => this.#deps.onFinalFailure(failure))
      .catch((error: unknown) =>
        this.#deps.log.error(
          { err: error, ...failure },
          'what follows from a failed notification did not happen',
        ),
      )
      .finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }
}
