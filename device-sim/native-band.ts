import { connect, type MqttClient } from 'mqtt';
import type { AlarmKind, Band, Surroundings } from './band.ts';
import { SWITCHED_OFF } from './journal.ts';
import {
  alarmSignals,
  type NativeMessage,
  positionSignals,
  stateSignals,
  topics,
  vitalSignals,
} from './native-messages.ts';
import { type Situation, type Snapshot, takeSnapshot } from './snapshot.ts';
import { Timers } from './time.ts';
import type { Wearer } from './wearer.ts';

/** Real-time waits of the firmware; tests shorten them. */
export interface NativeTimings {
  /** A message without PUBACK for this long makes the band connect anew and say it again. */
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

export interface NativeBandOptions extends Surroundings {
  id: string;
  secret: string;
  host: string;
  port: number;
  name?: string;
  wearer: Wearer;
  timings?: Partial<NativeTimings>;
}

interface Pending {
  command: string;
  message: NativeMessage;
  at: number;
  madeOffline: boolean;
  urgent: boolean;
  /** As it was said first; every repetition is the same. */
  payload?: string;
  firstSentAt?: number;
  onAnswered?: () => void;
}

/** Positions that fit into the band while there is no network; the oldest goes first. */
const MEMORY = 200;
/** The language asks for a message at least this often. */
const HEARTBEAT_MS = 5 * 60_000;
const ALARM_IS_NEWS_MS = 60_000;

/** A wristband that speaks the native JSON over MQTT 3.1.1, QoS 1: what has no PUBACK is kept and said again. */
export class NativeBand implements Band {
  readonly protocol = 'native';
  readonly id: string;
  readonly name?: string;
  readonly wearer: Wearer;
  readonly situation: Situation = { worn: true };
  #options: NativeBandOptions;
  #timings: NativeTimings;
  #timers = new Timers();
  #heartbeat = new Timers();
  #client: MqttClient | undefined;
  #connected = false;
  #stopped = true;
  #attempts = 0;
  #pending = new Map<number, Pending>();
  /** A counter that does not start again with the program, as one in a device's flash memory. */
  #seq = Date.now();

  constructor(options: NativeBandOptions) {
    this.id = options.id;
    if (options.name) this.name = options.name;
    this.wearer = options.wearer;
    this.#options = options;
    this.#timings = { ...NATIVE_TIMINGS, ...options.timings };
  }

  start(): void {
    this.#stopped = false;
    this.#heartbeat.everyStory(
      this.#options.time,
      () => HEARTBEAT_MS,
      () => this.#connected && this.tellState(),
    );
    this.#open();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#heartbeat.clear();
    const client = this.#client;
    this.#drop(SWITCHED_OFF);
    await client?.endAsync(true).catch(() => {});
  }

  alarm(kind: AlarmKind, onAnswered?: () => void): Snapshot {
    const snapshot = this.#snapshot();
    this.#tell(kind, alarmSignals(kind, snapshot), { at: snapshot.at, urgent: true, onAnswered });
    return snapshot;
  }

  report(): void {
    const snapshot = this.#snapshot();
    this.#tell('up:position', positionSignals(snapshot), { at: snapshot.at });
  }

  measure(): void {
    const snapshot = this.#snapshot();
    const vitals = vitalSignals(snapshot);
    if (vitals && this.#connected) this.#tell('up:vitals', vitals, { at: snapshot.at });
  }

  tellState(): void {
    const snapshot = this.#snapshot();
    this.#tell('up:state', stateSignals(snapshot), { at: snapshot.at });
  }

  loseSignal(forMs: number): void {
    this.#drop('no network');
    this.#timers.after(forMs, () => this.#open());
  }

  #snapshot(): Snapshot {
    const { noise, time } = this.#options;
    return takeSnapshot(noise, this.wearer, this.situation, { at: time.now(), storyMs: time.story() });
  }

  #tell(
    command: string,
    signals: Record<string, unknown>,
    about: { at: number; urgent?: boolean; onAnswered?: (() => void) | undefined },
  ): void {
    const message: NativeMessage = {
      seq: ++this.#seq,
      time: new Date(about.at).toISOString(),
      ...signals,
    };
    const pending: Pending = {
      command,
      message,
      at: about.at,
      madeOffline: !this.#connected,
      urgent: about.urgent ?? false,
      ...(about.onAnswered ? { onAnswered: about.onAnswered } : {}),
    };
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
    const { host, port, secret } = this.#options;
    const client = connect({
      host,
      port,
      clientId: this.id,
      username: this.id,
      password: secret,
      clean: false,
      keepalive: 60,
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      will: { topic: topics(this.id).up, payload: Buffer.from('{"online":false}'), qos: 1, retain: false },
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
    this.#options.journal.connection(this.id, 'up');
    client.subscribe(topics(this.id).down, { qos: 1 });
    const urgentFirst = [...this.#pending.values()].sort((a, b) => Number(b.urgent) - Number(a.urgent));
    for (const pending of urgentFirst) this.#publish(pending);
    const snapshot = this.#snapshot();
    this.#tell('up:online', { online: true, ...stateSignals(snapshot) }, { at: snapshot.at });
  }

  #publish(pending: Pending): void {
    const { journal, time } = this.#options;
    const client = this.#client;
    if (!client) return;
    const payload = pending.payload ?? this.#firstPayload(pending);
    pending.payload = payload;
    journal.sent(this.id, pending.command, {
      text: payload,
      ...(pending.firstSentAt ? { again: true } : {}),
    });
    pending.firstSentAt ??= time.now();
    const cancel = this.#timers.after(this.#timings.ackMs, () => {
      if (this.#client === client) this.#lost();
    });
    client.publish(topics(this.id).up, payload, { qos: 1 }, (error) => {
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
    journal.answered(this.id, pending.command, time.now() - (pending.firstSentAt ?? time.now()));
    pending.onAnswered?.();
  }

  #lost(): void {
    this.#drop('connection lost');
    const { backoffMs, longestBackoffMs, urgentBackoffMs } = this.#timings;
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
    if (client) this.#options.journal.connection(this.id, 'down', reason);
  }

  #receive(payload: string): void {
    const order = parseOrder(payload);
    if (!order) return;
    const act = this.#orders[order.cmd];
    const answer = { serial: order.serial, ok: act !== undefined };
    this.#tell('up:answer', { answer }, { at: this.#options.time.now() });
    act?.(order.text);
  }

  #orders: Readonly<Record<string, (text: string) => void>> = {
    message: (text) => this.#options.journal.shows(this, text),
    ring: () => this.#options.journal.story(`${this.id}  the band rings`),
    locate_now: () => this.report(),
    measure_now: () => {
      this.#timers.after(this.#timings.measuringMs, () => this.measure());
    },
  };
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
