import type { AlarmKind, Band, Surroundings } from './band.ts';
import { NATIVE_TIMINGS, NativeLink, type NativeTimings } from './native-link.ts';
import { alarmSignals, positionSignals, stateSignals, vitalSignals } from './native-messages.ts';
import { type Situation, type Snapshot, takeSnapshot } from './snapshot.ts';
import { Timers } from './time.ts';
import type { Wearer } from './wearer.ts';

export interface NativeBandOptions extends Surroundings {
  id: string;
  secret: string;
  host: string;
  port: number;
  name?: string;
  wearer: Wearer;
  timings?: Partial<NativeTimings>;
}

/** The language asks for a message at least this often. */
const HEARTBEAT_MS = 5 * 60_000;

/** A wristband that speaks the native JSON over MQTT. */
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
  #link: NativeLink;

  constructor(options: NativeBandOptions) {
    this.id = options.id;
    if (options.name) this.name = options.name;
    this.wearer = options.wearer;
    this.#options = options;
    this.#timings = { ...NATIVE_TIMINGS, ...options.timings };
    this.#link = new NativeLink({
      ...options,
      timings: this.#timings,
      onUp: () => this.#tell('up:online', { online: true, ...stateSignals(this.#snapshot()) }),
      onOrder: (command, text) => this.#obey(command, text),
    });
  }

  start(): void {
    this.#heartbeat.everyStory(
      this.#options.time,
      () => HEARTBEAT_MS,
      () => this.#link.connected && this.tellState(),
    );
    this.#link.start();
  }

  stop(): Promise<void> {
    this.#heartbeat.clear();
    this.#timers.clear();
    return this.#link.stop();
  }

  alarm(kind: AlarmKind, onAnswered?: () => void): Snapshot {
    const snapshot = this.#snapshot();
    this.#link.tell(kind, alarmSignals(kind, snapshot), { at: snapshot.at, urgent: true, onAnswered });
    return snapshot;
  }

  report(): void {
    this.#tell('up:position', positionSignals(this.#snapshot()));
  }

  measure(): void {
    const vitals = vitalSignals(this.#snapshot());
    if (vitals && this.#link.connected) this.#tell('up:vitals', vitals);
  }

  tellState(): void {
    this.#tell('up:state', stateSignals(this.#snapshot()));
  }

  loseSignal(forMs: number): void {
    this.#link.loseSignal(forMs);
  }

  #tell(command: string, signals: Record<string, unknown>): void {
    this.#link.tell(command, signals, { at: this.#options.time.now() });
  }

  #snapshot(): Snapshot {
    const { noise, time } = this.#options;
    return takeSnapshot(noise, this.wearer, this.situation, { at: time.now(), storyMs: time.story() });
  }

  #obey(command: string, text: string): boolean {
    const act = this.#orders[command];
    // Its own answer goes first.
    if (act) queueMicrotask(() => act(text));
    return act !== undefined;
  }

  #orders: Readonly<Record<string, (text: string) => void>> = {
    message: (text) => this.#options.journal.shows(this, text),
    ring: () => this.#options.journal.story(`${this.id}  the band rings`),
    locate_now: () => this.report(),
    measure: () => {
      this.#timers.after(this.#timings.measuringMs, () => this.measure());
    },
  };
}
