import type { Surroundings } from './band.ts';
import { NATIVE_TIMINGS, NativeLink, type NativeTimings } from './native-link.ts';
import type { SensorCredential, SensorKind } from './neighbourhood.ts';
import type { Noise } from './noise.ts';
import { Timers } from './time.ts';

export interface SensorOptions extends Surroundings {
  sensor: SensorCredential;
  host: string;
  port: number;
  timings?: Partial<NativeTimings>;
}

/** What the story imposes on a sensor for a while, instead of what a quiet day gives. */
export type SensorSituation = Record<string, number | boolean>;

/** A pipe, a manhole or a bin that speaks the native JSON over MQTT. */
export class NativeSensor {
  readonly about: SensorCredential;
  readonly situation: SensorSituation = {};
  #options: SensorOptions;
  #link: NativeLink;
  #timers = new Timers();

  constructor(options: SensorOptions) {
    const { id, secret } = options.sensor;
    this.about = options.sensor;
    this.#options = options;
    this.#link = new NativeLink({
      ...options,
      id,
      secret,
      timings: { ...NATIVE_TIMINGS, ...options.timings },
      onUp: () => this.#tell('up:online', { online: true }),
      onOrder: () => false,
    });
  }

  /** Tells its state every few minutes, more often than the language asks for. */
  start(): void {
    this.#timers.everyStory(
      this.#options.time,
      () => REPORT_EVERY_MS,
      () => this.report(),
    );
    this.#link.start();
  }

  stop(): Promise<void> {
    this.#timers.clear();
    return this.#link.stop();
  }

  report(): void {
    this.#tell('up:state', {});
  }

  #tell(command: string, more: SensorSituation): void {
    const { noise, time } = this.#options;
    const { id, kind } = this.about;
    const at = time.now();
    const signals = { ...quietDay(noise, { id, kind, at, story: time.story() }), ...this.situation, ...more };
    this.#link.tell(command, signals, { at });
  }
}

const REPORT_EVERY_MS = 4 * 60_000;
const DAY = 86_400_000;
const ZONE_MS = 8 * 3_600_000;

interface Moment {
  id: string;
  kind: SensorKind;
  at: number;
  story: number;
}

/** Pressure in kPa, flow in L/h, distances in mm, fill in percent. */
function quietDay(noise: Noise, moment: Moment): SensorSituation {
  const { id, kind, at, story } = moment;
  const scatter = (what: string, width: number) => Math.round(width * noise.normal(`${id}/${what}/${at}`));
  const own = (what: string, range: readonly [number, number]) => noise.between(`${id}/${what}`, range);
  const partOfDay = ((story + ZONE_MS) % DAY) / DAY;
  const battery = Math.round(own('battery', [62, 99]));
  if (kind === 'pipe') {
    // Most water is drawn in the morning and in the evening.
    const demand = 0.6 + 0.4 * Math.cos(4 * Math.PI * (partOfDay - 0.8));
    return {
      water_pressure: Math.round(own('pressure', [300, 350])) + scatter('pressure', 3),
      water_flow: Math.max(0, Math.round(demand * own('flow', [1_500, 4_500])) + scatter('flow', 80)),
      battery,
    };
  }
  if (kind === 'manhole')
    return {
      cover_open: false,
      tilt: Math.abs(scatter('tilt', 1)),
      level_distance: Math.round(own('distance', [1_600, 2_400])) + scatter('distance', 15),
      battery,
    };
  // Emptied before seven in the morning.
  const sinceEmptied = (partOfDay + 17 / 24) % 1;
  return { fill: Math.round(5 + sinceEmptied * own('fill', [45, 70])), battery };
}
