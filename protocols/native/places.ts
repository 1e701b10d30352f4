import type { Location, NetworkScan } from '../../src/model/signals.ts';
import { type Datum, datums, toWgs84 } from '../datum.ts';
import { add, clean, discard, isObject, type JsonObject, refuse, type Sink } from '../sink.ts';
import { parseTime, TIME_FORMAT } from '../time.ts';

const SOURCES = ['gps', 'wifi', 'cell', 'beacon', 'vendor'] as const;
const MAC = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;
const MAX_LISTED = 64;
const LOCATION_KEYS: ReadonlySet<string> = new Set([
  'latitude',
  'longitude',
  'altitude',
  'accuracyM',
  'source',
  'satellites',
  'speedKmh',
  'datum',
  'time',
]);

/** A value of one of a few words; `fallback` where it is absent, undefined and a reason where it is none of them. */
function oneOf<T extends string>(
  sink: Sink,
  where: string,
  value: unknown,
  words: readonly T[],
): T | undefined {
  const [fallback] = words;
  if (value === undefined || value === null) return fallback;
  const found = words.find((word) => word === value);
  return found ?? refuse(sink, where, words.join(', '), value);
}

/** An optional number that must not be below `least`. */
function optional(sink: Sink, where: string, value: unknown, least = 0): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= least) return value;
  return refuse(sink, where, least === 0 ? 'a number from 0' : 'a number', value);
}

function extras(
  sink: Sink,
  given: JsonObject,
): Pick<Location, 'altitude' | 'accuracyM' | 'satellites' | 'speedKmh'> {
  const altitude = optional(sink, 'location.altitude', given.altitude, Number.NEGATIVE_INFINITY);
  const accuracyM = optional(sink, 'location.accuracyM', given.accuracyM);
  const satellites = optional(sink, 'location.satellites', given.satellites);
  const speedKmh = optional(sink, 'location.speedKmh', given.speedKmh);
  return {
    ...(altitude === undefined ? {} : { altitude }),
    ...(accuracyM === undefined ? {} : { accuracyM }),
    ...(satellites === undefined ? {} : { satellites }),
    ...(speedKmh === undefined ? {} : { speedKmh }),
  };
}

/** The position itself in WGS-84; one whose datum is not known is none, because it may be a kilometre off. */
function parsePosition(sink: Sink, given: JsonObject, datum: Datum) {
  const { latitude, longitude } = given;
  if (typeof latitude !== 'number') return refuse(sink, 'location.latitude', 'a number', latitude ?? null);
  if (typeof longitude !== 'number') return refuse(sink, 'location.longitude', 'a number', longitude ?? null);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return discard(sink, 'location', 'outside the globe');
  if (latitude === 0 && longitude === 0) return discard(sink, 'location', '0,0 means no fix');
  return toWgs84({ latitude, longitude }, datum);
}

function fixTime(sink: Sink, { time }: JsonObject): number | undefined {
  const at = time === undefined || time === null ? sink.observedAt : parseTime(time);
  if (at === undefined && time !== undefined && time !== null)
    refuse(sink, 'location.time', TIME_FORMAT, time);
  return at;
}

/**
 * `{latitude, longitude, altitude?, accuracyM?, source?, satellites?, speedKmh?, datum?, time?}`. A position in another
 * datum is converted and keeps the datum as its code.
 */
export function readLocation(sink: Sink, given: unknown): void {
  if (!isObject(given)) {
    refuse(sink, 'location', 'an object with latitude and longitude', given);
    return;
  }
  for (const key of Object.keys(given)) {
    if (!LOCATION_KEYS.has(key)) discard(sink, `location.${clean(key, 32)}`, 'unknown key');
  }
  const datum = oneOf(sink, 'location.datum', given.datum, datums);
  const source = oneOf(sink, 'location.source', given.source, SOURCES);
  const position = datum && parsePosition(sink, given, datum);
  if (!position || !source) return;
  const value: Location = { ...position, source, ...extras(sink, given) };
  const code = datum === 'wgs84' ? {} : { code: datum };
  add(sink, { signal: 'location', value, ...code }, fixTime(sink, given));
}

function list(sink: Sink, where: string, given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    refuse(sink, where, 'an array', given);
    return [];
  }
  if (given.length > MAX_LISTED) discard(sink, where, `only the first ${MAX_LISTED} are kept`);
  return given.slice(0, MAX_LISTED);
}

function readCell(sink: Sink, given: unknown): NetworkScan['cells'][number] | undefined {
  const { mcc, mnc, lac, cid, rssi } = isObject(given) ? given : {};
  if (typeof lac !== 'number' || typeof cid !== 'number') {
    return refuse(sink, 'network_scan.cells', '{lac, cid, mcc?, mnc?, rssi?} with numbers', given);
  }
  return {
    ...(typeof mcc === 'number' ? { mcc } : {}),
    ...(typeof mnc === 'number' ? { mnc } : {}),
    lac,
    cid,
    ...(typeof rssi === 'number' ? { rssi } : {}),
  };
}

function readAccessPoint(sink: Sink, given: unknown): NetworkScan['wifi'][number] | undefined {
  const { mac, name, rssi } = isObject(given) ? given : {};
  if (typeof mac !== 'string' || !MAC.test(mac)) {
    return refuse(sink, 'network_scan.wifi', '{mac, name?, rssi?} with mac as aa:bb:cc:dd:ee:ff', given);
  }
  return {
    ...(typeof name === 'string' && name !== '' ? { name: clean(name) } : {}),
    mac: mac.toLowerCase().replaceAll('-', ':'),
    ...(typeof rssi === 'number' ? { rssi } : {}),
  };
}

/** `{cells: [{mcc, mnc, lac, cid, rssi}], wifi: [{mac, name, rssi}]}`; entries that do not fit are left out. */
export function readNetworkScan(sink: Sink, given: unknown): void {
  if (!isObject(given)) {
    refuse(sink, 'network_scan', 'an object with cells and wifi', given);
    return;
  }
  const cells = list(sink, 'network_scan.cells', given.cells).flatMap((entry) => readCell(sink, entry) ?? []);
  const wifi = list(sink, 'network_scan.wifi', given.wifi).flatMap(
    (entry) => readAccessPoint(sink, entry) ?? [],
  );
  if (cells.length + wifi.length > 0) add(sink, { signal: 'network_scan', value: { cells, wifi } });
}
