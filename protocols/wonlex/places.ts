/** Where a Wonlex watch is. The shape of `upLocation` was never published, so every usual spelling is tried. */
import type { NetworkScan } from '../../src/model/signals.ts';
import type { Finding } from '../alarm-words.ts';
import { textOf } from '../json-frame.ts';
import { numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { fromPair, placeFinding, placeIn, toNumber } from '../place-fields.ts';
import { isObject, type JsonObject } from '../sink.ts';
import { pick } from './pick.ts';

const MAX_NETWORKS = 64;

/** A fix is invalid where the message says so in one of the usual ways. */
function isInvalid(data: JsonObject): boolean {
  const valid = pick(data, ['valid', 'isValid', 'gpsValid', 'gpsStatus', 'status']);
  return valid === false || /^(?:v|invalid|false)$/i.test(textOf(valid) ?? '');
}

/** The fix in an upload, or in an object or a text inside it. */
export function locationIn(data: JsonObject): Finding | undefined {
  const inner = pick(data, ['gps', 'location', 'gpsInfo', 'position']);
  const from: JsonObject = isObject(inner) ? { ...data, ...inner } : data;
  if (isInvalid(from)) return undefined;
  const pair = typeof inner === 'string' ? fromPair(inner) : undefined;
  return placeIn(from, 'wgs84') ?? (pair && placeFinding(pair, 'wgs84'));
}

type Entry = JsonObject | string[];

function entryOf(value: unknown): Entry[] {
  if (isObject(value)) return [value];
  return typeof value === 'string' ? [value.split(',')] : [];
}

/** A list of objects, or of texts parted by commas, several behind `;`, `|` or `&`. */
function listIn(value: unknown): Entry[] {
  if (isObject(value)) return [value];
  const list: unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(/[;|&]/)
      : [];
  return list.slice(0, MAX_NETWORKS).flatMap(entryOf);
}

function networkIn(entry: Entry): AccessPoint[] {
  if (isObject(entry)) {
    const mac = hardwareAddress(textOf(pick(entry, ['mac', 'macAddress', 'bssid', 'BSSID'])) ?? '');
    const rssi = toNumber(pick(entry, ['rssi', 'signal', 'level', 'signalStrength']));
    return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
  }
  const mac = entry.flatMap((part) => hardwareAddress(part) ?? [])[0];
  const rssi = numberFrom(entry.find((part) => /^\s*-\d{1,3}\s*$/.test(part)));
  return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
}

const CELL_KEYS = [['mcc'], ['mnc'], ['lac', 'tac'], ['cid', 'ci', 'cellId', 'cellid'], ['rssi', 'signal']];

function cellIn(entry: Entry): Cell[] {
  const [mcc, mnc, lac, cid, rssi] = isObject(entry)
    ? CELL_KEYS.map((keys) => toNumber(pick(entry, keys)))
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
