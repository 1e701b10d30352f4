import type { Signal } from '../../model/signals.ts';
import { DayFileWriter } from './day-file.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES = 1440;
/** This share of the wearers is ill for an hour of the day. */
const ILL = 1 / 30;
const ILL_MINUTES = 60;

/** What a wristband of the generator tells, and how often in minutes. */
export interface GeneratedSignal {
  signal: Signal;
  everyMinutes: number;
}

export const generatedMixes = {
  /** One signal, once a minute. */
  heart_rate: [{ signal: 'heart_rate', everyMinutes: 1 }],
  /** What a wristband tells in a day; one reading a minute in the mean (with the remainder as steps). */
  mix: [
    { signal: 'heart_rate', everyMinutes: 2 },
    { signal: 'spo2', everyMinutes: 5 },
    { signal: 'body_temperature', everyMinutes: 10 },
    { signal: 'steps', everyMinutes: 10 },
    { signal: 'battery', everyMinutes: 15 },
    { signal: 'worn', everyMinutes: 30 },
  ],
} as const satisfies Record<string, readonly GeneratedSignal[]>;
export type GeneratedMix = keyof typeof generatedMixes;

/**
 * Writes a day of made-up wearers into `path`, the same for the same arguments: a pulse with a daily course, noise, bouts of exertion of
 * some minutes and now and then an hour that is too fast; times jittered within the minute, received one to five seconds later.
 */
export function generateDay(
  path: string,
  { day, devices, mix }: { day: number; devices: number; mix: GeneratedMix },
): number {
  const writer = new DayFileWriter(path, day);
  for (let deviceId = 1; deviceId <= devices; deviceId++) {
    const random = randomOf(day * 1_000_003 + deviceId);
    for (const { signal, everyMinutes } of generatedMixes[mix])
      writer.add({ deviceId, signal, channel: '', ...columnsOf(signal, everyMinutes, random) });
  }
  writer.close({ storedRows: writer.readings, now: (day + 1) * DAY_MS });
  return writer.readings;
}

function columnsOf(signal: Signal, everyMinutes: number, random: () => number) {
  const count = MINUTES / everyMinutes;
  const observed = new Float64Array(count);
  const delays = new Float64Array(count);
  const values = new Float64Array(count);
  const next = valuesOf(signal, random);
  for (let index = 0; index < count; index++) {
    const minute = index * everyMinutes;
    observed[index] = minute * MINUTE_MS + Math.floor(random() * 50_000);
    delays[index] = 1000 + Math.floor(random() * 4000);
    values[index] = next(minute);
  }
  return { observed, delays, values };
}

/** The next value of a signal at a minute of the day. */
function valuesOf(signal: Signal, random: () => number): (minute: number) => number {
  const noise = () => random() + random() + random() - 1.5;
  const usual = 62 + random() * 20;
  const illAt = random() < ILL ? Math.floor(random() * MINUTES) : Number.POSITIVE_INFINITY;
  const isIll = (minute: number) => minute >= illAt && minute < illAt + ILL_MINUTES;
  let exertion = 0;
  let steps = 0;
  switch (signal) {
    case 'heart_rate':
      return (minute) => {
        if (exertion > 1) exertion *= 0.8;
        else if (random() < 0.002) exertion = 20 + random() * 55;
        const course = 8 * Math.sin(((minute - 540) / MINUTES) * 2 * Math.PI);
        return Math.round(
          Math.min(220, Math.max(35, usual + course + exertion + 4 * noise() + (isIll(minute) ? 70 : 0))),
        );
      };
    case 'spo2':
      return (minute) => Math.round(Math.min(100, 96 + 1.5 * noise() - (isIll(minute) ? 10 : 0)));
    case 'body_temperature':
      return () => Math.round((36.5 + 0.2 * noise()) * 10) / 10;
    case 'steps':
      return (minute) => {
        steps += minute > 360 && minute < 1320 ? Math.floor(random() * 90) : 0;
        return steps;
      };
    case 'battery':
      return (minute) => Math.round(95 - (minute / MINUTES) * 40);
    default:
      return (minute) => (minute > 1300 && usual > 80 ? 0 : 1);
  }
}

/** Xorshift, 32 bits (Marsaglia 2003): from 0 to below 1. */
function randomOf(seed: number): () => number {
  let state = (Math.imul(seed, 2_654_435_761) | 1) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
