import type { ServerResponse } from 'node:http';
import type { Gauge } from 'prom-client';
import { liveTokens } from '../people/session-store.ts';
import { seesTicket } from '../tickets/ticket-sight.ts';
import type { TicketFacts } from '../tickets/tickets.ts';
import { type DeviceFacts, type Scope, seesDevice, seesIncident } from './authorisation.ts';
import type { ApiDeps } from './deps.ts';
import type { LiveEvent } from './schemas.ts';
import { factsFor, type IncidentAudience, incidentAudiences, loadScopes, sourcesOf } from './scope-store.ts';
import { undeliveredLive } from './stores/notification-view-store.ts';

/** A page that does not take this much is gone or too slow; it fetches everything again when it comes back. */
const MOST_WAITING_BYTES = 64 * 1024;
const MOST_PER_ACCOUNT = 20;

/** A change as it was announced, those of the same thing joined. */
export interface Change {
  type: string;
  id: number;
  accounts: number[];
  notificationIds: number[];
}

export interface Stream {
  accountId: number;
  token: string;
  scope: Scope;
  response: ServerResponse;
}

type HubDeps = Pick<ApiDeps, 'database' | 'clock' | 'log' | 'notifier'> & {
  ticketViews: Pick<ApiDeps['ticketViews'], 'facts'>;
};

/** What is known of the things that changed. */
interface Knowledge {
  incidents: ReadonlyMap<number, IncidentAudience>;
  tickets: ReadonlyMap<number, TicketFacts>;
  sources: ReadonlyMap<string, DeviceFacts>;
}

/** The open pages of this process and what they are told. */
export class LiveHub {
  #deps: HubDeps;
  #streams = new Set<Stream>();
  #gauge: Gauge;
  #waiting = new Map<string, Change>();
  #draining: Promise<void> | undefined;

  constructor(deps: HubDeps, gauge: Gauge) {
    this.#deps = deps;
    this.#gauge = gauge;
  }

  async open(stream: Stream): Promise<void> {
    const mine = [...this.#streams].filter(({ accountId }) => accountId === stream.accountId);
    for (const old of mine.slice(0, Math.max(0, mine.length + 1 - MOST_PER_ACCOUNT))) this.#end(old);
    this.#streams.add(stream);
    this.#gauge.set(this.#streams.size);
    stream.response.once('close', () => this.#end(stream));
    stream.response.write('retry: 2000\n:ok\n\n');
    const waiting = await undeliveredLive(this.#deps.database.db, stream.accountId);
    await this.#delivered(waiting, stream.accountId);
  }

  /** Takes a payload of the channel of live changes. */
  announced(payload: string): void {
    const change = parseChange(payload);
    if (!change) return;
    if (change.type === 'sessions_ended') {
      this.#endOf(change.accounts);
      return;
    }
    const key = `${change.type} ${change.id} ${change.notificationIds.length > 0}`;
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.accounts.push(...change.accounts);
      waiting.notificationIds.push(...change.notificationIds);
    } else this.#waiting.set(key, change);
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
  }

  /** Shows that the service lives, ends streams whose session has ended, and takes note of new duties. */
  async beat(): Promise<void> {
    const streams = [...this.#streams];
    for (const stream of streams) this.#send(stream, 'event: heartbeat\ndata: {}\n\n');
    const { database, clock } = this.#deps;
    const tokens = streams.map(({ token }) => token);
    const alive = await liveTokens(database.db, [...new Set(tokens)], clock.now());
    const scopes = await loadScopes(database.db, [...new Set(streams.map(({ accountId }) => accountId))]);
    for (const stream of streams) {
      const scope = scopes.get(stream.accountId);
      if (!scope || !alive.has(stream.token)) this.#end(stream);
      else stream.scope = scope;
    }
  }

  /** Every page connects again and fetches what it shows: changes may have been missed, or the service ends. */
  endAll(): void {
    for (const stream of [...this.#streams]) this.#end(stream);
  }

  async #drain(): Promise<void> {
    while (this.#waiting.size > 0) {
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      if (this.#streams.size === 0) continue;
      try {
        const knowledge = await this.#know(changes);
        for (const change of changes) await this.#tell(change, knowledge);
      } catch (error) {
        this.#deps.log.warn({ err: error }, 'open pages could not be told of changes, they start over');
        this.endAll();
      }
    }
  }

  async #know(changes: readonly Change[]): Promise<Knowledge> {
    const { db } = this.#deps.database;
    const idsOf = (type: string) => changes.filter((change) => change.type === type).map(({ id }) => id);
    if (changes.some(({ type }) => type === 'claim')) await this.#refreshScopes();
    return {
      incidents: await incidentAudiences(db, idsOf('incident')),
      tickets: await this.#deps.ticketViews.facts(idsOf('ticket')),
      sources: await sourcesOf(db, { alerts: idsOf('alert'), devices: idsOf('device') }),
    };
  }

  /** A registration that was completed makes somebody family. */
  async #refreshScopes(): Promise<void> {
    const ids = new Set([...this.#streams].map(({ accountId }) => accountId));
    const scopes = await loadScopes(this.#deps.database.db, [...ids]);
    for (const stream of this.#streams) stream.scope = scopes.get(stream.accountId) ?? stream.scope;
  }

  async #tell(change: Change, knowledge: Knowledge): Promise<void> {
    const reached = new Set<number>();
    for (const stream of [...this.#streams]) {
      const event = eventFor(stream, change, knowledge);
      if (event && this.#send(stream, `event: change\ndata: ${JSON.stringify(event)}\n\n`))
        reached.add(stream.accountId);
    }
    if (change.notificationIds.length === 0) return;
    for (const accountId of new Set(change.accounts))
      if (reached.has(accountId)) await this.#delivered(change.notificationIds, accountId);
  }

  /** A page has them; each counts only for the account that it was sent to. */
  async #delivered(notificationIds: readonly number[], accountId: number): Promise<void> {
    for (const id of notificationIds) await this.#deps.notifier.receipt(id, 'delivered', accountId);
  }

  #send(stream: Stream, text: string): boolean {
    if (stream.response.writableLength > MOST_WAITING_BYTES) {
      this.#end(stream);
      return false;
    }
    stream.response.write(text);
    return true;
  }

  #endOf(accountIds: readonly number[]): void {
    for (const stream of [...this.#streams]) if (accountIds.includes(stream.accountId)) this.#end(stream);
  }

  #end(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    this.#gauge.set(this.#streams.size);
    stream.response.destroy();
  }
}

/** What a stream is told of a change; undefined where it is not for it. */
function eventFor(stream: Stream, change: Change, knowledge: Knowledge): LiveEvent | undefined {
  const { accountId, scope } = stream;
  const { type, id } = change;
  const isNamed = change.accounts.includes(accountId);
  if (type === 'incident') {
    const audience = knowledge.incidents.get(id);
    if (!audience || !(isNamed || seesIncident(scope, factsFor(accountId, audience)))) return undefined;
    const isUnanswered = audience.status === 'raised' || audience.status === 'notified';
    return { type, id, status: audience.status, ring: isUnanswered && audience.asked.has(accountId) };
  }
  if (type === 'ticket') {
    const ticket = knowledge.tickets.get(id);
    return ticket && (isNamed || seesTicket(scope, ticket)) ? { type, id } : undefined;
  }
  if (type === 'claim') return isNamed ? { type, id } : undefined;
  if (type !== 'alert' && type !== 'device') return undefined;
  const source = change.notificationIds.length > 0 ? undefined : knowledge.sources.get(`${type} ${id}`);
  return isNamed || (source && seesDevice(scope, source)) ? { type, id } : undefined;
}

/** What was announced, as far as it can be understood. */
function parseChange(payload: string): Change | undefined {
  try {
    const { type, id, accounts, notificationId } = JSON.parse(payload) as Record<string, unknown>;
    if (typeof type !== 'string' || typeof id !== 'number') return undefined;
    return {
      type,
      id,
      accounts: Array.isArray(accounts) ? accounts.filter((each) => typeof each === 'number') : [],
      notificationIds: typeof notificationId === 'number' ? [notificationId] : [],
    };
  } catch {
    return undefined;
  }
}
