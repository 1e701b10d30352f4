/** What the items of a message mean. */
import type { Location, Signal } from '../../src/model/signals.ts';
import { ByteReader, hex, salvage } from '../bytes.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { newSink, put, putNumber } from '../put.ts';
import { discard, type Sink } from '../sink.ts';
import type { Item } from './frame.ts';

const ITEM = { gps: 0x64, wifi: 0x65, cells: 0x66, alarm: 0x69, state: 0x6a } as const;
const EARLIEST_MS = Date.UTC(2010, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const TIME_BYTES = 4;
const NONE = 0xff;

/** The code of an alarm item. */
const ALARMS: Readonly<Record<number, { signal: Signal; value: boolean; code: string }>> = {
  1: { signal: 'sos', value: true, code: 'SOS' },
  2: { signal: 'battery_low', value: true, code: 'low battery' },
  4: { signal: 'worn', value: false, code: 'removed' },
  5: { signal: 'moving', value: true, code: 'motion' },
  7: { signal: 'fall', value: true, code: 'fall' },
  8: { signal: 'vibration', value: true, code: 'collision' },
  13: { signal: 'power_on', value: true, code: 'switched on' },
  14: { signal: 'power_off', value: true, code: 'switched off' },
};
/** External power came or went: the state says whether it is charged. */
const POWER = new Set([11, 12]);

/** The items of a message by moment: an item that comes again begins the next. */
export function momentsOf(items: readonly Item[]): Item[][] {
  const moments: Item[][] = [];
  let current: Item[] = [];
  for (const item of items) {
    if (current.some(({ type }) => type === item.type)) {
      moments.push(current);
      current = [];
    }
    current.push(item);
  }
  return current.length > 0 ? [...moments, current] : moments;
}

function timeAt(data: Uint8Array, at: number): number | undefined {
  if (at < 0 || at + TIME_BYTES > data.length) return undefined;
  const ms = new ByteReader(data.subarray(at)).u32() * 1000;
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : undefined;
}

interface Alarm {
  code: number;
  at: number | undefined;
}

/** A time and a code, the code in front on some firmware, or the code alone. */
function alarmOf(data: Uint8Array): Alarm | undefined {
  const before = timeAt(data, 0);
  const behind = timeAt(data, 1);
  const code = before === undefined ? data[0] : data[TIME_BYTES] || data[TIME_BYTES + 1];
  return code === undefined ? undefined : { code, at: before ?? behind };
}

function putAlarm(sink: Sink, code: number): void {
  const known = ALARMS[code];
  if (known) put(sink, { signal: known.signal, value: known.value, code: `${code}, ${known.code}` });
  else if (POWER.has(code)) discard(sink, 'alarm', `${code} tells of external power`);
  else put(sink, { signal: 'general_alarm', value: true, code: String(code) });
}

/** Where the fields of a state stand, by the length of the item. The longer form ends with its time. */
interface StateForm {
  moving?: number;
  charging?: number;
  steps: number;
  vitals: number;
  time?: number;
}
const SHORT_STATE: StateForm = { moving: 2, charging: 3, steps: 4, vitals: 8 };
const LONG_STATE: StateForm = { steps: 5, vitals: 9, time: 16 };
const LONG_STATE_BYTES = 24;

function stateForm(data: Uint8Array): StateForm {
  return data.length >= LONG_STATE_BYTES ? LONG_STATE : SHORT_STATE;
}

function putFlag(sink: Sink, signal: 'moving' | 'charging', raw: number | undefined): void {
  if (raw === 0 || raw === 1) put(sink, { signal, value: raw === 1 });
}

/** Temperature in tenths, then respiration, heart rate, systolic, diastolic, SpO2; all ones stand for "not measured". */
function putVitals(sink: Sink, reader: ByteReader): void {
  const temperature = reader.u16();
  if (temperature !== 0xffff) putNumber(sink, 'body_temperature', temperature / 10);
  for (const signal of ['respiratory_rate', 'heart_rate', 'systolic', 'diastolic', 'spo2'] as const) {
    const value = reader.u8();
    if (value !== NONE) putNumber(sink, signal, value);
  }
}

function putState(sink: Sink, data: Uint8Array): void {
  const form = stateForm(data);
  salvage(() => {
    const battery = data[0];
    if (battery !== undefined && battery !== NONE) putNumber(sink, 'battery', battery);
    if (form.moving !== undefined) putFlag(sink, 'moving', data[form.moving]);
    if (form.charging !== undefined) putFlag(sink, 'charging', data[form.charging]);
    const reader = new ByteReader(data);
    reader.skip(form.steps);
    const steps = reader.u32();
    if (steps !== 0xffffffff) putNumber(sink, 'steps', steps);
    putVitals(sink, reader);
  });
}

function double(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}

function float(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0);
}

/** Time, latitude and longitude in degrees, altitude, then a byte, satellites, strength, speed in tenths of km/h. All ones stand for no fix. */
function fixOf(data: Uint8Array): Location | undefined {
  const reader = new ByteReader(data);
  let location: Location | undefined;
  salvage(() => {
    reader.skip(TIME_BYTES);
    const latitude = double(reader.take(8));
    const longitude = double(reader.take(8));
    location = locationAt(latitude, longitude);
    const altitude = Math.round(float(reader.take(4)) * 10) / 10;
    reader.skip(1);
    const satellites = reader.u8();
    reader.skip(1);
    const speedKmh = reader.u16() / 10;
    location = locationAt(latitude, longitude, { altitude, satellites, speedKmh });
  });
  return location;
}

/** Entries behind a time, a count in front of them or not. */
function entries(data: Uint8Array, size: number): ByteReader[] {
  const start = (data.length - TIME_BYTES) % size === 1 ? TIME_BYTES + 1 : TIME_BYTES;
  const count = Math.max(0, Math.floor((data.length - start) / size));
  return Array.from({ length: count }, (_, at) => new ByteReader(data.subarray(start + at * size)));
}

const CELL_BYTES = 13;
const POINT_BYTES = 7;

function cellsOf(data: Uint8Array): Cell[] {
  return entries(data, CELL_BYTES).map((r): Cell => {
    const cell = { mcc: r.u16(), mnc: r.u16(), lac: r.u32(), cid: r.u32() };
    const rssi = r.u8();
    return rssi === NONE ? cell : { ...cell, rssi };
  });
}

function wifiOf(data: Uint8Array): AccessPoint[] {
  return entries(data, POINT_BYTES).flatMap((r) => {
    const mac = hardwareAddress(hex(r.take(POINT_BYTES - 1)));
    return mac === undefined ? [] : [{ mac, rssi: r.i8() }];
  });
}

/** The readings of one moment: alarm, state and vitals, place. */
export function readMoment(items: readonly Item[]): Sink {
  const find = (type: number) => items.find((item) => item.type === type)?.data ?? new Uint8Array();
  const [gps, state, alarm] = [find(ITEM.gps), find(ITEM.state), alarmOf(find(ITEM.alarm))];
  const [cells, wifi] = [find(ITEM.cells), find(ITEM.wifi)];
  const stateTime = timeAt(state, stateForm(state).time ?? -1);
  const sink = newSink(alarm?.at ?? timeAt(gps, 0) ?? stateTime ?? timeAt(cells, 0) ?? timeAt(wifi, 0));
  if (alarm) putAlarm(sink, alarm.code);
  putState(sink, state);
  const location = fixOf(gps);
  if (location) put(sink, { signal: 'location', value: location });
  const scan = networkScan(cellsOf(cells), wifiOf(wifi));
  if (scan) put(sink, { signal: 'network_scan', value: scan });
  return sink;
}
