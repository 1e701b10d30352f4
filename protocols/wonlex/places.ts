/** Where a Wonlex watch is. The shape of `upLocation` was never published, so every usual spelling is tried. */
import type { Location, NetworkScan } from '../../src/model/signals.ts';
import { type Datum, datums, toWgs84 } from '../datum.ts';
import { numberIn, pick, textIn } from '../json.ts';
import { numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { isObject, type JsonObject } from '../sink.ts';

const LATITUDE = ['lat', 'latitude', 'Lat', 'y'];
const LONGITUDE = ['lon', 'lng', 'longitude', 'Lng', 'long', 'x'];
const MAX_NETWORKS = 64;

function datumIn(data: JsonObject): Datum {
  const name = textIn(pick(data, ['coordType', 'coordinateType', 'datum', 'mapType']))?.toLowerCase() ?? '';
  return datums.find((datum) => name.replace(/\W/g, '').startsWith(datum)) ?? 'wgs84';
}

/** A fix is invalid where the message says so in one of the usual ways. */
function isInvalid(data: JsonObject): boolean {
  const valid = pick(data, ['valid', 'isValid', 'gpsValid', 'gpsStatus', 'status']);
  return valid === false || /^(?:v|invalid|false)$/i.test(textIn(valid) ?? '');
}

function sourceIn(data: JsonObject): Location['source'] {
  const type =
    textIn(pick(data, ['locationType', 'posType', 'positionType', 'locType', 'type']))?.toLowerCase() ?? '';
  if (type.includes('wifi')) return 'wifi';
  return /lbs|cell/.test(type) ? 'cell' : 'gps';
}

/** `lon,lat` or `lat,lon`: only a longitude goes beyond 90. */
function pairIn(value: unknown): [number, number] | undefined {
  const [first, second] = textIn(value)?.split(/[,;]/).map(numberFrom) ?? [];
  if (first === undefined || second === undefined) return undefined;
  return Math.abs(first) > 90 ? [second, first] : [first, second];
}

/** The fix in an upload, or in an object inside it. */
export function locationIn(data: JsonObject): Location | undefined {
  const inner = pick(data, ['gps', 'location', 'gpsInfo', 'position']);
  const from: JsonObject = isObject(inner) ? { ...data, ...inner } : data;
  const latitude = numberIn(pick(from, LATITUDE));
  const longitude = numberIn(pick(from, LONGITUDE));
  const pair: [number, number] | undefined =
    latitude !== undefined && longitude !== undefined ? [latitude, longitude] : pairIn(inner);
  if (!pair || isInvalid(from) || (pair[0] === 0 && pair[1] === 0)) return undefined;
  const satellites = numberIn(pick(from, ['satellites', 'satelliteNum', 'satellite']));
  const speedKmh = numberIn(pick(from, ['speed']));
  const altitude = numberIn(pick(from, ['altitude', 'height']));
  const accuracyM = numberIn(pick(from, ['accuracy', 'radius']));
  const wgs84 = toWgs84({ latitude: pair[0], longitude: pair[1] }, datumIn(from));
  return locationAt(wgs84.latitude, wgs84.longitude, {
    source: sourceIn(from),
    ...(satellites === undefined ? {} : { satellites }),
    ...(speedKmh === undefined ? {} : { speedKmh }),
    ...(altitude === undefined ? {} : { altitude }),
    ...(accuracyM === undefined ? {} : { accuracyM }),
  });
}

type Entry = JsonObject | string[];

function entryOf(value: unknown): Entry[] {
  if (isObject(value)) return [value];
  return typeof value === 'string' ? [value.split(',')] : [];
}

/** A list of objects, or of texts parted by commas, several behind `;`, `|` or `&`. */
function listIn(value: unknown): Entry[] {
  if (isObject(value)) return [value];
  const list: unknown[] = Array.isArray(value) ? value : (textIn(value)?.split(/[;|&]/) ?? []);
  return list.slice(0, MAX_NETWORKS).flatMap(entryOf);
}

function networkIn(entry: Entry): AccessPoint[] {
  if (isObject(entry)) {
    const mac = hardwareAddress(textIn(pick(entry, ['mac', 'macAddress', 'bssid', 'BSSID'])) ?? '');
    const rssi = numberIn(pick(entry, ['rssi', 'signal', 'level', 'signalStrength']));
    return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
  }
  const mac = entry.flatMap((part) => hardwareAddress(part) ?? [])[0];
  const rssi = numberFrom(entry.find((part) => /^\s*-\d{1,3}\s*$/.test(part)));
  return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
}

const CELL_KEYS = [['mcc'], ['mnc'], ['lac', 'tac'], ['cid', 'ci', 'cellId', 'cellid'], ['rssi', 'signal']];

function cellIn(entry: Entry): Cell[] {
  const [mcc, mnc, lac, cid, rssi] = isObject(entry)
    ? CELL_KEYS.map((keys) => numberIn(pick(entry, keys)))
    : entry.map((part) => numberFrom(part));
  if (lac === undefined || cid === undefined) return [];
  return [
    {
      ...(mcc === undefined ? {} : { mcc }),
      ...(mnc === undefined ? {} : { mnc }),
      lac,
      cid,
      ...(rssi === undefined ? {} : { rssi }),
    },
  ];
}

/** Networks and cells; undefined where there is neither. */
export function scanIn(data: JsonObject): NetworkScan | undefined {
  const wifi = listIn(pick(data, ['wifi', 'wifis', 'wifiList', 'wifiInfo', 'macs'])).flatMap(networkIn);
  const cells = listIn(
    pick(data, ['lbs', 'bts', 'cell', 'cells', 'cellList', 'baseStation', 'nearbts']),
  ).flatMap(cellIn);
  return networkScan(cells, wifi);
}
