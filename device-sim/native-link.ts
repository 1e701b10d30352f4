import { connect, type MqttClient } from 'mqtt';
import { type Journal, SWITCHED_OFF } from './journal.ts';
import { type NativeMessage, topics } from './native-messages.ts';
import { type SimTime, Timers } from './time.ts';

/** Real-time waits of the firmware; tests shorten them. */
export interface NativeTimings {
  /** A message without PUBACK for this long makes the device connect anew and say it again. */
  ackMs: number;
  backoffMs: number;
  longestBackoffMs: number;
  urgentBackoffMs: number;
  measuringMs: number;
}

export const NATIVE_TIMINGS: NativeTimings = {
  ackMs: 10_000,
  backoffMs: 1_000,
  longestBackoffMs: 30_000,
  urgentBackoffMs: 3_000,
  measuringMs: 4_000,
};

export interface NativeLinkOptions {
  id: string;
  secret: string;
  host: string;
  port: number;
  journal: Journal;
  time: SimTime;
  timings: NativeTimings;
  /** What it says first on every connection, after what was kept. */
  onUp(): void;
  /** Does what the server asks; false where this device cannot. */
  onOrder(command: string, text: string): boolean;
}

export interface ToTell {
  /** Real time, milliseconds since 1970. */
  at: number;
  urgent?: boolean;
  onAnswered?: (() => void) | undefined;
}

interface Pending extends ToTell {
  command: string;
  message: NativeMessage;
  madeOffline: boolean;
  /** As it was said first; every repetition is the same. */
  payload?: string;
  firstSentAt?: number;
}

/** Messages that fit into a device while there is no network; the oldest goes first. */
const MEMORY = 200;
const ALARM_IS_NEWS_MS = 60_000;

/** The native JSON over MQTT 3.1.1, QoS 1: what has no PUBACK is kept and said again on the next connection. */
export class NativeLink {
  #options: NativeLinkOptions;
  #timers = new Timers();
  #client: MqttClient | undefined;
  #connected = false;
  #stopped = true;
  #attempts = 0;
  #pending = new Map<number, Pending>();
  /** A counter that does not start again with the program, as one in a device's flash memory. */
  #seq = Date.now();

  constructor(options: NativeLinkOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#stopped = false;
    this.#open();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const client = this.#client;
    this.#drop(SWITCHED_OFF);
    await client?.endAsync(true).catch(() => {});
  }

  loseSignal(forMs: number): void {
    this.#drop('no network');
    this.#timers.after(forMs, () => this.#open());
  }

  tell(command: string, signals: Record<string, unknown>, about: ToTell): void {
    const message: NativeMessage = {
      seq: ++this.#seq,
      time: new Date(about.at).toISOString(),
      ...signals,
    };
    const pending: Pending = { ...about, command, message, madeOffline: !this.#connected };
    this.#pending.set(message.seq, pending);
    this.#forgetOldest();
    if (this.#connected) this.#publish(pending);
  }

  #forgetOldest(): void {
    if (this.#pending.size <= MEMORY) return;
    const oldest = [...this.#pending.values()].find((pending) => !pending.urgent);
    if (oldest) this.#pending.delete(oldest.message.seq);
  }

  #open(): void {
    if (this.#stopped) return;
    const { id, host, port, secret } = this.#options;
    const client = connect({
      host,
      port,
      clientId: id,
      username: id,
      password: secret,
      clean: false,
      keepalive: 60,
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      will: { topic: topics(id).up, payload: Buffer.from('{"online":false}'), qos: 1, retain: false },
    });
    this.#client = client;
    client.on('error', () => {});
    client.on('connect', () => this.#onConnected(client));
    client.on('message', (_topic, payload) => this.#receive(payload.toString()));
    client.on('close', () => {
      if (this.#client === client) this.#lost();
    });
  }

  #onConnected(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#connected = true;
    this.#attempts = 0;
    this.#options.journal.connection(this.#options.id, 'up');
    client.subscribe(topics(this.#options.id).down, { qos: 1 });
    const rank = ({ urgent = false }: Pending) => Number(urgent);
    const urgentFirst = [...this.#pending.values()].sort((a, b) => rank(b) - rank(a));
    for (const pending of urgentFirst) this.#publish(pending);
    this.#options.onUp();
  }

  #publish(pending: Pending): void {
    const { journal, time } = this.#options;
    const client = this.#client;
    if (!client) return;
    const payload = pending.payload ?? this.#firstPayload(pending);
    pending.payload = payload;
    journal.sent(this.#options.id, pending.command, {
      text: payload,
      ...(pending.firstSentAt ? { again: true } : {}),
    });
    pending.firstSentAt ??= time.now();
    const cancel = this.#timers.after(this.#options.timings.ackMs, () => {
      if (this.#client === client) this.#lost();
    });
    client.publish(topics(this.#options.id).up, payload, { qos: 1 }, (error) => {
      cancel();
      if (!error) this.#acknowledged(pending);
    });
  }

  /** What was kept while there was no network says so; an alarm is news for a minute. */
  #firstPayload({ message, urgent, madeOffline, at }: Pending): string {
    const late = urgent ? this.#options.time.now() - at > ALARM_IS_NEWS_MS : madeOffline;
    return JSON.stringify(late ? { ...message, history: true } : message);
  }

  #acknowledged(pending: Pending): void {
    if (!this.#pending.delete(pending.message.seq)) return;
    const { journal, time } = this.#options;
    journal.answered(this.#options.id, pending.command, time.now() - (pending.firstSentAt ?? time.now()));
    pending.onAnswered?.();
  }

  #lost(): void {
    this.#drop('connection lost');
    const { backoffMs, longestBackoffMs, urgentBackoffMs } = this.#options.timings;
    const urgent = [...this.#pending.values()].some((pending) => pending.urgent);
    const wait = Math.min(urgent ? urgentBackoffMs : longestBackoffMs, backoffMs * 2 ** this.#attempts++);
    this.#timers.after(wait * (0.8 + 0.4 * Math.random()), () => this.#open());
  }

  #drop(reason: string): void {
    const client = this.#client;
    this.#client = undefined;
    this.#connected = false;
    this.#timers.clear();
    client?.end(true);
    if (client) this.#options.journal.connection(this.#options.id, 'down', reason);
  }

  #receive(payload: string): void {
    const order = parseOrder(payload);
    if (!order) return;
    const { time, onOrder } = this.#options;
    const ok = onOrder(order.cmd, order.text);
    this.tell('up:answer', { answer: { serial: order.serial, ok } }, { at: time.now() });
  }
}

interface Order {
  cmd: string;
  serial: number;
  text: string;
}

/** `{"cmd":"message","serial":12,"text":"…"}`. */
function parseOrder(payload: string): Order | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== 'object' || value === null) return undefined;
    const { cmd, serial, text } = value as Record<string, unknown>;
    if (typeof cmd !== 'string' || typeof serial !== 'number') return undefined;
    return { cmd, serial, text: typeof text === 'string' ? text : '' };
  } catch {
    return undefined;
  }
}
