import type { Reading, ReadingValue } from '../../model/readings.ts';
import { definitionOf } from '../../model/signals.ts';
import { restored } from '../../telemetry/telemetry.ts';
import type { ReadSeries } from './day-file.ts';
import type { LabDevice } from './lab-device.ts';

const DAY_MS = 86_400_000;

/** One of these is filled anew for every reading: whoever keeps it must copy it. */
type Mutable = { -readonly [K in keyof Reading]: Reading[K] };

export interface CursorOptions {
  day: number;
  device: LabDevice;
  /** In the order in which the readings were received, not in that of their own times. */
  byArrival: boolean;
  /** Rows, the last not included; absent: all. Not by arrival. */
  from?: number;
  to?: number;
}

/** Walks one series. */
export class SeriesCursor {
  /** Time of the next reading, as we go by; infinite at the end. */
  nextAt = Number.POSITIVE_INFINITY;
  readonly #series: ReadSeries;
  readonly #startMs: number;
  readonly #device: LabDevice;
  readonly #valueOf: (number: number) => ReadingValue | undefined;
  readonly #worn: Mutable;
  readonly #before: Mutable | undefined;
  readonly #order: Uint32Array | undefined;
  readonly #byArrival: boolean;
  #index: number;
  readonly #end: number;
  #row = 0;

  constructor(series: ReadSeries, { day, device, byArrival, from = 0, to = series.count }: CursorOptions) {
    this.#series = series;
    this.#byArrival = byArrival;
    this.#index = from;
    this.#end = to;
    this.#startMs = day * DAY_MS;
    this.#device = device;
    const { signal } = series;
    const { channel } = restored(signal, series.channel, undefined);
    this.#worn = {
      ...device.reading,
      signal,
      ...(channel === '' ? {} : { channel }),
      value: 0,
      observedAt: 0,
      receivedAt: 0,
    };
    if (signal === 'location' && device.home) this.#worn.home = device.home;
    this.#before = device.assignedAt === undefined ? undefined : unworn(this.#worn);
    this.#valueOf = valuesOf(series);
    this.#order = byArrival ? orderOf(series) : undefined;
    this.#find();
  }

  #find(): void {
    const { observed, delays } = this.#series;
    if (this.#index >= this.#end) {
      this.nextAt = Number.POSITIVE_INFINITY;
      return;
    }
    this.#row = this.#order ? (this.#order[this.#index] as number) : this.#index;
    const observedAt = this.#startMs + (observed[this.#row] as number);
    this.nextAt = this.#byArrival ? observedAt + (delays[this.#row] as number) : observedAt;
  }

  get point(): Pick<ReadSeries, 'deviceId' | 'signal' | 'channel'> {
    return this.#series;
  }

  /** The next reading, or undefined where its value is none of its signal. */
  next(): Reading | undefined {
    const { observed, delays, values, texts, signal, channel } = this.#series;
    const observedAt = this.#startMs + (observed[this.#row] as number);
    const receivedAt = observedAt + (delays[this.#row] as number);
    const value = this.#valueOf(values[this.#row] as number);
    this.#index++;
    this.#find();
    if (value === undefined) return undefined;
    const reading =
      this.#before && observedAt < (this.#device.assignedAt as number) ? this.#before : this.#worn;
    reading.value = value;
    reading.observedAt = observedAt;
    reading.receivedAt = receivedAt;
    if (texts && signal === 'breaker_fault') Object.assign(reading, restored(signal, channel, value));
    return reading;
  }

  /** What was not read yet, in arrays of its own. */
  rest(day: number): SeriesCursor | undefined {
    const { count, observed, delays, values } = this.#series;
    if (this.#index >= count) return undefined;
    const rows = Array.from({ length: count - this.#index }, (_, i) =>
      this.#order ? (this.#order[this.#index + i] as number) : this.#index + i,
    );
    const shift = this.#startMs - day * DAY_MS;
    const series: ReadSeries = {
      ...this.#series,
      count: rows.length,
      observed: Float64Array.from(rows, (row) => (observed[row] as number) + shift),
      delays: Float64Array.from(rows, (row) => delays[row] as number),
      values: Float64Array.from(rows, (row) => values[row] as number),
    };
    return new SeriesCursor(series, { day, device: this.#device, byArrival: true });
  }
}

function unworn({ subjectId: _who, traits: _traits, home: _home, ...reading }: Mutable): Mutable {
  return reading;
}

function valuesOf({ signal, texts }: ReadSeries): (number: number) => ReadingValue | undefined {
  if (texts) {
    const parsed = texts.map((text) => JSON.parse(text) as ReadingValue);
    return (index) => parsed[index];
  }
  const { kind, values } = definitionOf(signal);
  if (kind === 'number') return (number) => number;
  if (kind === 'enum') return (index) => values?.[index];
  return kind === 'boolean' || kind === 'event' ? (number) => number === 1 : () => undefined;
}

/** Absent where they were received in the order of their times, as nearly all are. */
function orderOf({ count, observed, delays }: ReadSeries): Uint32Array | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < count; row++) {
    const received = (observed[row] as number) + (delays[row] as number);
    if (received < last) {
      const receivedAt = (each: number) => (observed[each] as number) + (delays[each] as number);
      return Uint32Array.from({ length: count }, (_, i) => i).sort(
        (a, b) => receivedAt(a) - receivedAt(b) || a - b,
      );
    }
    last = received;
  }
  return undefined;
}
