/** B2316 bands: JSON datagrams `{imei, data: [{tm, gp, ci, wi, wn, te, st, ba, hr, bp, …}]}`, which nobody answers. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../../src/model/uplinks.ts';
import { readBody, textOf } from '../json-frame.ts';
import { measure, numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { toNumber } from '../place-fields.ts';
import { locationAt } from '../position.ts';
import { add, clean, discard, isObject, type JsonObject, type Sink } from '../sink.ts';
import { parseTime } from '../time.ts';

const MAX_FRAME_BYTES = 16_384;
const MAX_RECORDS = 200;
const MAX_NETWORKS = 64;

/** Warnings; 7 was seen, and no document tells what it is. */
const WARNINGS: ReadonlyMap<number, { signal: Signal; value: boolean }> = new Map([
  [1, { signal: 'battery_low', value: true }],
  [2, { signal: 'sos', value: true }],
  [3, { signal: 'power_off', value: true }],
  [4, { signal: 'worn', value: false }],
]);

/** Percent of the five bars. */
const BARS = [10, 30, 60, 80, 100] as const;

function warn(sink: Sink, value: unknown): void {
  const code = toNumber(value);
  if (code === undefined || code === 0) return;
  const known = WARNINGS.get(code);
  if (known) add(sink, { ...known, code: `wn ${code}` });
  else discard(sink, 'wn', `${clean(String(code), 16)} is not documented`);
}

function take(sink: Sink, signal: Signal, value: unknown): void {
  const text = textOf(value);
  const { readings, reasons } = measure(signal, text, { origin: sink.origin });
  for (const reading of readings) add(sink, { signal: reading.signal, value: reading.value });
  sink.reasons.push(...reasons);
}

/** Tenths of a degree; what is no temperature of a body is that of the device. */
function takeTemperature(sink: Sink, value: unknown): void {
  const tenths = toNumber(value);
  if (tenths !== undefined && tenths >= 300 && tenths <= 440) {
    add(sink, { signal: 'body_temperature', value: tenths / 10 });
  }
}

function takePressure(sink: Sink, value: unknown): void {
  const [systolic, diastolic] = textOf(value)?.split(/[,/]/) ?? [];
  take(sink, 'systolic', systolic);
  take(sink, 'diastolic', diastolic);
}

/** `lon,lat`. */
function takePlace(sink: Sink, value: unknown): void {
  const [longitude, latitude] = textOf(value)?.split(',').map(numberFrom) ?? [];
  if (longitude === undefined || latitude === undefined) return;
  const location = locationAt(latitude, longitude);
  if (location) add(sink, { signal: 'location', value: location });
}

function listIn(value: unknown): string[] {
  return typeof value === 'string' ? value.split(';', MAX_NETWORKS) : [];
}

/** `mcc,mnc,lac,cid,rssi`, several of them behind semicolons. */
function cellsIn(value: unknown): Cell[] {
  return listIn(value).flatMap((cell) => {
    const [mcc, mnc, lac, cid, rssi] = cell.split(',').map(numberFrom);
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
  });
}

/** `mac,rssi;mac,rssi`, the address with or without colons. */
function networksIn(value: unknown): AccessPoint[] {
  return listIn(value).flatMap((network) => {
    const [address = '', strength] = network.split(',');
    const mac = hardwareAddress(address);
    const rssi = numberFrom(strength);
    return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
  });
}

function takeRecord(record: JsonObject): Sink {
  const seconds = toNumber(record.tm);
  const sink: Sink = {
    readings: [],
    reasons: [],
    misunderstood: false,
    observedAt: seconds === undefined ? undefined : parseTime(seconds < 1e11 ? seconds * 1000 : seconds),
    origin: 'live',
  };
  warn(sink, record.wn);
  takePlace(sink, record.gp);
  const scan = networkScan(cellsIn(record.ci), networksIn(record.wi));
  if (scan) add(sink, { signal: 'network_scan', value: scan });
  take(sink, 'heart_rate', record.hr);
  takePressure(sink, record.bp);
  takeTemperature(sink, record.te);
  take(sink, 'steps', record.st);
  const battery = BARS[toNumber(record.ba) ?? -1];
  if (battery !== undefined) add(sink, { signal: 'battery', value: battery });
  return sink;
}

/** The records; of a damaged message its first, whose keys were saved beside the IMEI. */
function recordsIn(message: JsonObject): JsonObject[] {
  const { data = message } = message;
  const list: unknown[] = Array.isArray(data) ? data.slice(0, MAX_RECORDS) : [data];
  return list.filter(isObject);
}

function imeiIn({ imei }: JsonObject): string | undefined {
  const text = textOf(imei);
  return text !== undefined && /^\d{10,17}$/.test(text) ? text : undefined;
}

const COMMAND = 'data';

function decode(session: ProtocolSession, { bytes }: Pick<Uplink, 'bytes'>): Decoded {
  const body = readBody(bytes, MAX_FRAME_BYTES);
  const message = isObject(body.value) ? body.value : undefined;
  const records = message ? recordsIn(message) : [];
  const nativeId = message && imeiIn(message);
  const base = { session, replies: [], command: COMMAND, ...(nativeId === undefined ? {} : { nativeId }) };
  if (records.length === 0) {
    const reason = message ? 'no data in it' : 'no JSON object';
    return { ...base, outcome: 'undecodable', readings: [], reason };
  }
  const sinks = records.map(takeRecord);
  const readings: DecodedReading[] = sinks.flatMap((sink) => sink.readings);
  const reasons = [...(body.reason ? [body.reason] : []), ...new Set(sinks.flatMap((sink) => sink.reasons))];
  return {
    ...base,
    outcome: readings.length > 0 ? 'ok' : 'empty',
    readings,
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
  };
}

/** The keys that no other language has together. */
function looksLike(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  if (bytes[0] !== 0x7b || bytes.length > MAX_FRAME_BYTES) return 0;
  const message = readBody(bytes, MAX_FRAME_BYTES).value;
  if (!isObject(message) || imeiIn(message) === undefined || !Array.isArray(message.data)) return 0;
  return recordsIn(message).some((record) => 'tm' in record) ? 2 : 0;
}

/** The protocol `b2316`. */
export const b2316: Protocol = {
  name: 'b2316',
  title: { zh: 'B2316 手环（UDP JSON）', en: 'B2316 bands (JSON over UDP)' },
  udp: { env: 'B2316_PORT', port: 5230 },
  expectedEveryMs: 60 * 60_000,
  maxFrameBytes: MAX_FRAME_BYTES,
  looksLike,
  decode,
};
