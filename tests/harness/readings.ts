import type { Reading } from '../../src/model/readings.ts';

/** Noon of a day in UTC; what a reading of a test says of itself unless told otherwise. */
export const NOON = Date.UTC(2026, 10, 20, 12);

export function reading(given: Partial<Reading> = {}): Reading {
  const observedAt = given.observedAt ?? NOON;
  return {
    deviceId: 1,
    protocol: 'native',
    nativeId: 'band-1',
    signal: 'heart_rate',
    value: 72,
    origin: 'live',
    observedAt,
    receivedAt: observedAt + 150,
    ...given,
  };
}

/** A whole measured day: one value a second, with one short dip. */
export function dayOfReadings(points: number, deviceId: number): Reading[] {
  return Array.from({ length: points }, (_, i) =>
    reading({
      deviceId,
      signal: 'spo2',
      observedAt: NOON + i * 1_000,
      value: i === 4_321 % points ? 71 : 95 + ((i * 7) % 5),
    }),
  );
}
