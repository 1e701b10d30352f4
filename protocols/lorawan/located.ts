import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Location } from '../../src/model/signals.ts';
import { locationAt } from '../position.ts';
import { isObject } from '../sink.ts';

const SOURCES: readonly (readonly [Location['source'], RegExp])[] = [
  ['gps', /gps|gnss/i],
  ['wifi', /wifi/i],
];

/** Where a network server located a device: degrees, metres, and by what. An altitude of 0 is one that it does not know. */
export function locatedAt(
  given: unknown,
  { origin, observedAt }: { origin: Origin; observedAt: number | undefined },
): DecodedReading[] {
  if (!isObject(given)) return [];
  const { latitude, longitude, altitude, accuracy } = given;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return [];
  const [source] = SOURCES.find(([, name]) => name.test(String(given.source))) ?? ['vendor' as const];
  const value = locationAt(latitude, longitude, {
    source,
    ...(typeof altitude === 'number' && altitude !== 0 ? { altitude } : {}),
    ...(typeof accuracy === 'number' ? { accuracyM: accuracy } : {}),
  });
  return value
    ? [{ signal: 'location', value, origin, ...(observedAt === undefined ? {} : { observedAt }) }]
    : [];
}
