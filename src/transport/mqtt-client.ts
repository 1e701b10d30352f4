import type { KnownDevice } from '../devices/device-store.ts';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { holdLease, type Lease } from '../platform/leases.ts';
import type { Logger } from '../platform/logging.ts';
import { type MqttSession, openMqttSession, WrongVersion } from './mqtt-session.ts';
import { createOutsideSpeakers, type OutsideSpeakers } from './outside-speakers.ts';
import type { DownlinkSource, Intake } from './ports.ts';

const PAUSE_MS = { first: 1_000, most: 60_000 };
/** A connection that lasted so long was a good one: the next pause is short again. */
const GOOD_AFTER_MS = 30_000;
const CLOSE_MS = 5_000;
const ASK_AGAIN_MS = 2_000;
const REVIEW_MS = 5_000;

export interface MqttClientOptions {
  url: string;
  /** Filters to subscribe to. Where all are shared (`$share/…`) every process subscribes, else only the one that holds the lease. */
  topics: readonly string[];
  clientId: string;
  processId: string;
  database: Database;
  /** Whose topic it is, of the protocols whose devices have topics of their own. */
  match(topic: string): { protocol: Protocol; nativeId: string; direction: 'up' | 'down' } | undefined;
  protocols: readonly Protocol[];
  registry: { findGateway(topic: string): Promise<KnownDevice | null> };
  intake: Intake;
  downlinks: DownlinkSource;
  /** The operator's map for what a device was registered as. */
  mapFor(protocol: string, nativeId: string): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

/** How it is with the outside broker, for metrics and for who looks after the service. */
export interface MqttClientState {
  /** Host and port, without name and password. */
  broker: string;
  /** This process is the one that reads it; the others stand by. */
  reads: boolean;
  connected: boolean;
  /** Since when it is connected or not. */
  since: number;
  /** Why it is not connected. */
  error?: string;
  received: number;
  stored: number;
  /** Received and not stored yet. */
  waiting: number;
}

export interface OutsideBroker {
  state(): MqttClientState;
  /** A command waits for a device, `protocol\nnative id`; nothing happens when it does not speak through this broker. */
  deliver(address: string): void;
  close(): Promise<void>;
}

/**
 * Devices and gateways on a broker that is not ours. One process reads it, by a lease and with a persistent session: the next takes
 * over with the same client id and gets what the broker kept. A message is acknowledged when it is stored. A broker that is away is
 * tried for ever.
 */
export function startMqttClient(options: MqttClientOptions): OutsideBroker {
  const client = new Client(options);
  client.start();
  return client;
}

class Client implements OutsideBroker {
  readonly #options: MqttClientOptions;
  readonly #speakers: OutsideSpeakers;
  readonly #source: string;
  #lease: Lease | undefined;
  #session: MqttSession | undefined;
  #running: Promise<void> | undefined;
  #mayRead = false;
  #closed = false;
  #version: 4 | 5 = 5;
  #failures = 0;
  #since: number;
  #error: string | undefined;
  #asking = false;
  #review: Timer | undefined;
  #attempt = new AbortController();
  #wake: () => void = () => undefined;

  constructor(options: MqttClientOptions) {
    const { hostname, port, protocol } = new URL(options.url);
    this.#options = options;
    this.#since = options.clock.now();
    this.#source = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`;
    this.#speakers = createOutsideSpeakers({
      ...options,
      source: this.#source,
      publish: (topic, bytes, qos) => this.#session?.publish(topic, bytes, qos) ?? Promise.resolve(),
      listen: (more) => this.#session?.listen(more) ?? Promise.resolve(),
      askAgain: () => this.#askAgain(),
    });
  }

  start(): void {
    const { topics, database, clock, log, processId } = this.#options;
    this.#review = clock.every(REVIEW_MS, () =>
      this.#speakers
        .review()
        .catch((error: unknown) => log.warn({ err: error }, 'gateways were not reviewed')),
    );
    if (topics.every((topic) => topic.startsWith('$share/'))) {
      this.#read();
      return;
    }
    this.#lease = holdLease({
      name: 'outside broker',
      owner: processId,
      database,
      clock,
      log,
      taken: () => this.#read(),
      lost: () => this.#stop(),
    });
  }

  state(): MqttClientState {
    return {
      broker: this.#source,
      reads: this.#mayRead,
      connected: this.#session !== undefined,
      since: this.#since,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...this.#speakers.counts(),
      waiting: this.#session?.held() ?? 0,
    };
  }

  deliver(address: string): void {
    if (this.#session) this.#speakers.deliver(address);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#review?.cancel();
    this.#speakers.close();
    const timeout = this.#options.clock.after(CLOSE_MS, () => this.#session?.destroy());
    await this.#session?.close().catch(() => undefined);
    this.#stop();
    await this.#running;
    timeout.cancel();
    await this.#lease?.close();
  }

  #read(): void {
    this.#mayRead = true;
    const before = this.#running ?? Promise.resolve();
    this.#running = before.then(() => this.#loop());
  }

  /** Another process may read from now on. */
  #stop(): void {
    this.#mayRead = false;
    this.#session?.destroy();
    this.#attempt.abort();
    this.#wake();
  }

  async #loop(): Promise<void> {
    for (let fresh = true; this.#mayRead && !this.#closed; ) {
      const began = this.#options.clock.now();
      const connected = await this.#connection(fresh);
      if (connected) fresh = false;
      const lasted = this.#options.clock.now() - began;
      this.#failures = connected && lasted > GOOD_AFTER_MS ? 0 : this.#failures + 1;
      if (this.#mayRead && !this.#closed) await this.#pause();
    }
  }

  /** From a connection to its end; false where there was none. */
  async #connection(fresh: boolean): Promise<boolean> {
    const { url, clientId, topics, clock, log } = this.#options;
    this.#speakers.forget();
    this.#attempt = new AbortController();
    try {
      const session = await openMqttSession({
        url,
        clientId,
        topics,
        fresh,
        version: this.#version,
        signal: this.#attempt.signal,
        receive: (message) => this.#speakers.take(message),
        denied: (filter) => log.warn({ broker: this.#source, filter }, 'the outside broker denies a topic'),
      });
      if (!this.#mayRead || this.#closed) {
        session.destroy();
        return true;
      }
      this.#change(session, undefined);
      log.info({ broker: this.#source }, 'the outside broker is read');
      session
        .listen(this.#speakers.topics())
        .catch((error: unknown) => log.warn({ err: error }, 'topics were not subscribed to'));
      const why = await session.ended;
      this.#change(undefined, this.#mayRead ? why : undefined);
      if (this.#mayRead && !this.#closed)
        log.warn({ broker: this.#source, why }, 'the outside broker is away');
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof WrongVersion || this.#failures % 2 === 1)
        this.#version = this.#version === 5 ? 4 : 5;
      if (this.#error !== why) log.warn({ broker: this.#source, why }, 'the outside broker cannot be read');
      if (this.#error === undefined) this.#since = clock.now();
      this.#error = why;
      return false;
    }
  }

  /** At most once in a while: a registration of many gateways is one wish. */
  #askAgain(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#options.clock.after(ASK_AGAIN_MS, () => {
      this.#asking = false;
      this.#session?.askAgain().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'what the outside broker keeps was not to be had');
      });
    });
  }

  #change(session: MqttSession | undefined, error: string | undefined): void {
    this.#session = session;
    this.#error = error;
    this.#since = this.#options.clock.now();
  }

  #pause(): Promise<void> {
    const ms = Math.min(PAUSE_MS.first * 2 ** Math.max(0, this.#failures - 1), PAUSE_MS.most);
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
