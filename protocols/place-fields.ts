/** Positions in decoded messages: two fields, or a text of two numbers, in whichever datum. */
import type { Location } from '../src/model/signals.ts';
import type { Finding } from './alarm-words.ts';
import { type Datum, toWgs84 } from './datum.ts';
import { locationAt } from './position.ts';
import type { JsonObject } from './sink.ts';

/** A name without case, spaces and punctuation. */
export function squash(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** A number, or a text that is one. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = typeof value === 'string' ? value.trim() : '';
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : undefined;
}

type Fix = Parameters<typeof locationAt>[2];

/** A position of a vendor's datum as `location` in WGS-84 with the original as its code; undefined where it is none. */
export function placeFinding(
  { latitude, longitude }: { latitude: number; longitude: number },
  datum: Datum,
  fix: Fix = {},
): Finding | undefined {
  if (!locationAt(latitude, longitude)) return undefined;
  const at = toWgs84({ latitude, longitude }, datum);
  const value = locationAt(at.latitude, at.longitude, fix);
  if (!value) return undefined;
  return {
    signal: 'location',
    value,
    ...(datum === 'wgs84' ? {} : { code: `${datum} ${longitude},${latitude}` }),
  };
}

/** `lon,lat` as China writes it, or `lat,lon` where only that can be meant. */
export function fromPair(text: string): { latitude: number; longitude: number } | undefined {
  const parts = text.trim().split(/\s*[,;|\s]\s*/);
  const [first, second] = parts.map(toNumber);
  if (parts.length !== 2 || first === undefined || second === undefined) return undefined;
  const swapped = Math.abs(second) > 90 || (first > 3 && first < 54 && second > 72 && second < 136);
  return swapped ? { latitude: first, longitude: second } : { latitude: second, longitude: first };
}

const LATITUDE = /^(?:lat|latitude|wd|weidu|纬度|bdlat|gpslat|gpslatitude)$/;
const LONGITUDE = /^(?:lng|lon|long|longitude|jd|jingdu|经度|bdlng|bdlon|gpslng|gpslon|gpslongitude)$/;
const DATUMS: readonly (readonly [Datum, RegExp])[] = [
  ['gcj02', /gcj|amap|gaode|火星|高德/i],
  ['bd09', /bd-?_?09|baidu|百度/i],
  ['wgs84', /wgs/i],
];
const SOURCES: readonly (readonly [Location['source'], RegExp])[] = [
  ['wifi', /wi-?fi/i],
  ['cell', /lbs|cell|base|基站/i],
  ['beacon', /beacon|蓝牙|ibeacon|ble/i],
  ['gps', /gps|gnss|beidou|bds|北斗|卫星/i],
];

function first(fields: readonly (readonly [string, unknown])[], name: RegExp): unknown {
  return fields.find(([key]) => name.test(key))?.[1];
}

function datumOf(given: unknown, fallback: Datum): Datum {
  if (given === 1 || given === '1') return 'wgs84';
  if (given === 2 || given === '2') return 'gcj02';
  return DATUMS.find(([, name]) => typeof given === 'string' && name.test(given))?.[0] ?? fallback;
}

/** The names that belong to a position, which nobody else need read. */
export const PLACE_NAME =
  /^(?:lat|latitude|wd|weidu|纬度|bdlat|gpslat|gpslatitude|lng|lon|long|longitude|jd|jingdu|经度|bdlng|bdlon|gpslng|gpslon|gpslongitude|altitude|alt|coordinatesystem|coordtype|datum|accuracy|radius|precision|satellites|satellitenum|satellite|satnum|speed|locationtype|loctype|positiontype)$/;

/** The position among the fields of one object; `datum` is the one of the vendor where the message names none. */
export function placeIn(object: JsonObject, datum: Datum): Finding | undefined {
  const fields = Object.entries(object)
    .slice(0, 200)
    .map(([name, value]) => [squash(name), value] as const);
  const latitude = toNumber(first(fields, LATITUDE));
  const longitude = toNumber(first(fields, LONGITUDE));
  if (latitude === undefined || longitude === undefined) return undefined;
  const said = first(fields, /^(?:coordinatesystem|coordtype|datum)$/);
  const kind = String(first(fields, /^(?:locationtype|loctype|positiontype)$/) ?? '');
  const source = SOURCES.find(([, name]) => name.test(kind))?.[0];
  const number = (name: RegExp) => toNumber(first(fields, name));
  const fix: Record<string, unknown> = {
    altitude: number(/^(?:altitude|alt)$/),
    accuracyM: number(/^(?:accuracy|radius|precision)$/),
    satellites: number(/^(?:satellites|satellitenum|satellite|satnum)$/),
    speedKmh: number(/^speed$/),
    source,
  };
  const told = Object.fromEntries(Object.entries(fix).filter(([, value]) => value !== undefined)) as Fix;
  return placeFinding({ latitude, longitude }, datumOf(said, datum), told);
}
