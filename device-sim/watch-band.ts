import type { AlarmKind, Band, Surroundings } from './band.ts';
import { type Repeated, Repeater } from './repeater.ts';
import { type Situation, type Snapshot, takeSnapshot } from './snapshot.ts';
import { Timers } from './time.ts';
import { messageText, positionRecord, type ServerFrame } from './watch-frames.ts';
import { LINK_TIMINGS, type LinkTimings, WatchLink } from './watch-link.ts';
import type { Wearer } from './wearer.ts';

/** Real-time waits of the firmware; tests shorten them. */
export interface WatchTimings extends LinkTimings {
  alarmRepeatMs: number;
  vitalsRepeatMs: number;
  /** From the order to measure to the result. */
  measuringMs: number;
}

export const WATCH_TIMINGS: WatchTimings = {
  ...LINK_TIMINGS,
  alarmRepeatMs: 10_000,
  vitalsRepeatMs: 20_000,
  measuringMs: 4_000,
};

export interface WatchBandOptions extends Surroundings {
  id: string;
  host: string;
  port: number;
  name?: string;
  wearer: Wearer;
  timings?: Partial<WatchTimings>;
}

const MINUTE = 60_000;
const VITALS_TRIES = 3;
/** Positions that fit into the band while there is no network; the oldest goes first. */
const MEMORY = 200;

/** A wristband of the `[3G*id*LEN*CMD]` family. */
export class WatchBand implements Band {
  readonly protocol = 'watch';
  readonly id: string;
  readonly name?: string;
  readonly wearer: Wearer;
  readonly situation: Situation = { worn: true };
  #options: WatchBandOptions;
  #timings: WatchTimings;
  #timers = new Timers();
  #link: WatchLink;
  #repeater: Repeater;
  #memory: Snapshot[] = [];
  #onAnswered: ((() => void) | undefined)[] = [];
  #startedAt = 0;

  constructor(options: WatchBandOptions) {
    this.id = options.id;
    if (options.name) this.name = options.name;
    this.wearer = options.wearer;
    this.#options = options;
    this.#timings = { ...WATCH_TIMINGS, ...options.timings };
    this.#repeater = this.#createRepeater();
    this.#link = this.#createLink();
  }

  start(): void {
    this.#startedAt = this.#options.time.story();
    this.#link.open();
  }

  async stop(): Promise<void> {
    this.#timers.clear();
    this.#link.close();
  }

  alarm(kind: AlarmKind, onAnswered?: () => void): Snapshot {
    const snapshot = this.#snapshot();
    this.#onAnswered.push(onAnswered);
    this.#repeater.add({
      answer: 'AL',
      content: `AL,${positionRecord(snapshot, kind)}`,
      everyMs: this.#timings.alarmRepeatMs,
    });
    return snapshot;
  }

  report(): void {
    const snapshot = this.#snapshot();
    if (this.#link.send(`UD,${positionRecord(snapshot)}`)) return;
    this.#memory.push(snapshot);
    if (this.#memory.length > MEMORY) this.#memory.shift();
  }

  measure(): void {
    const { vitals } = this.#snapshot();
    if (!vitals || !this.#link.usable) return;
    const { heartRate, systolic, diastolic, spo2, temperature } = vitals;
    this.#tellVitals('bphrt', `bphrt,${systolic},${diastolic},${heartRate},158,0,76,56`);
    this.#tellVitals('oxygen', `oxygen,0,${spo2}`);
    this.#tellVitals('btemp2', `btemp2,1,${temperature.toFixed(1)}`);
  }

  tellState(): void {
    this.#link.keepAliveNow();
    this.report();
  }

  loseSignal(forMs: number): void {
    this.#link.away(forMs, 'no network');
  }

  #createLink(): WatchLink {
    const { id, host, port, journal, time } = this.#options;
    return new WatchLink({
      id,
      host,
      port,
      timings: this.#timings,
      keepAlive: () => this.#keepAlive(),
      keepAlivePeriodMs: () => {
        // Every minute in the first half hour, then every five.
        const young = time.story() - this.#startedAt < 30 * MINUTE;
        return Math.max(1_000, ((young ? 1 : 5) * MINUTE) / time.speed);
      },
      urgent: () => this.#repeater.waiting('AL') > 0,
      onUsable: () => this.#becameUsable(),
      onFrame: (frame) => this.#receive(frame),
      onDown: (reason) => journal.connection(id, 'down', reason),
      onSent: (content) => {
        if (!content.startsWith('AL')) journal.sent(id, content.split(',')[0] ?? '', { text: content });
      },
      onKeepAliveAnswered: (afterMs) => journal.answered(id, 'LK', afterMs),
    });
  }

  #createRepeater(): Repeater {
    const { journal, id, time } = this.#options;
    return new Repeater(this.#timers, {
      now: () => time.now(),
      send: (content, again) => {
        const gone = this.#link.send(content);
        if (gone && content.startsWith('AL')) journal.sent(id, 'AL', { text: content, again });
        return gone;
      },
      answered: (message, afterMs) => {
        journal.answered(id, message.answer, afterMs);
        if (message.answer === 'AL') this.#onAnswered.shift()?.();
      },
      givenUp: (message: Repeated) => journal.story(`${id}  ${message.answer}: upload failed, not answered`),
    });
  }

  #snapshot(): Snapshot {
    const { noise, time } = this.#options;
    return takeSnapshot(noise, this.wearer, this.situation, { at: time.now(), storyMs: time.story() });
  }

  #keepAlive(): string {
    const { steps, battery } = this.#snapshot();
    return `LK,${steps},0,${battery}`;
  }

  #tellVitals(answer: string, content: string): void {
    this.#repeater.add({ answer, content, everyMs: this.#timings.vitalsRepeatMs, tries: VITALS_TRIES });
  }

  /** Alarms first, then what was kept while there was no network. */
  #becameUsable(): void {
    this.#options.journal.connection(this.id, 'up');
    this.#repeater.resume();
    for (const snapshot of this.#memory.splice(0)) this.#link.send(`UD2,${positionRecord(snapshot)}`);
  }

  #receive({ command, args }: ServerFrame): void {
    if (this.#repeater.answer(command)) return;
    const order = this.#orders[command.toUpperCase()];
    if (!order) return;
    this.#link.send(command);
    order(args);
  }

  /** What the server may ask; each is answered with its own word first. */
  #orders: Readonly<Record<string, (args: string[]) => void>> = {
    CR: () => this.report(),
    MESSAGE: ([hex = '']) => this.#options.journal.shows(this, messageText(hex)),
    FIND: () => this.#options.journal.story(`${this.id}  the band rings`),
    HRTSTART: ([mode]) => {
      if (mode !== '0') this.#timers.after(this.#timings.measuringMs, () => this.measure());
    },
    BODYTEMP2: () => {
      this.#timers.after(this.#timings.measuringMs, () => this.measure());
    },
    RESET: () => this.#link.away(this.#timings.backoffMs, 'restart as ordered'),
  };
}
