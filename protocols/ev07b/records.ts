/** What the items of a data message say: one or several moments, each with what was measured then. */
import type { Location } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { type AccessPoint, type Cell, networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { newSink, put, putNumber } from '../put.ts';
import { discard, type Sink } from '../sink.ts';
import { putAlarms } from './alarms.ts';
import { type Item, reading } from './frame.ts';
import { cellsOf, wifiOf } from './networks.ts';

export const KEYS = {
  id: 0x01,
  alarm: 0x02,
  battery: 0x14,
  wifiNamed: 0x19,
  gps: 0x20,
  cells2g: 0x21,
  wifi: 0x22,
  beacon: 0x23,
  general: 0x24,
  nearBeacon: 0x28,
  cells4g: 0x29,
  wifiPosition: 0x2a,
  cellsOther: 0x2b,
  nearBeaconWithBattery: 0x2c,
  steps: 0x30,
  heartRate: 0x40,
  spo2: 0x41,
} as const;

/** Items of which a moment may have several. */
const REPEATED: ReadonlySet<number> = new Set([KEYS.nearBeacon, KEYS.nearBeaconWithBattery]);
const STATUS = { charging: 4, buffered: 7, moving: 9 } as const;
const BATTERY_SHIFT = 24;
const DEGREES = 1e-7;
/** A vital that was measured longer before the report keeps its own time. */
const SAME_MOMENT_MS = 15 * 60_000;
const EARLIEST_MS = Date.UTC(2010, 0, 1);

/** What a device was seen to use, so that its absence means something. */
export interface Known {
  charging: boolean;
}

/** The items of a message by moment: an item that comes again begins the next. */
export function momentsOf(items: readonly Item[]): Item[][] {
  const moments: Item[][] = [];
  let current: Item[] = [];
  for (const item of items) {
    if (item.key === KEYS.id) continue;
    if (!REPEATED.has(item.key) && current.some(({ key }) => key === item.key)) {
      moments.push(current);
      current = [];
    }
    current.push(item);
  }
  return current.length > 0 ? [...moments, current] : moments;
}

function fromSeconds(seconds: number): number | undefined {
  return seconds * 1000 >= EARLIEST_MS && seconds < 0xffffffff ? seconds * 1000 : undefined;
}

/** The words of an item, four bytes each, as far as it goes. */
function words(value: Uint8Array): number[] {
  const found: number[] = [];
  reading(value, (r) => {
    while (r.left >= 4) found.push(r.u32());
  });
  return found;
}

function gpsFix(value: Uint8Array): Location | undefined {
  let location: Location | undefined;
  reading(value, (r) => {
    const latitude = r.i32() * DEGREES;
    const longitude = r.i32() * DEGREES;
    location = locationAt(latitude, longitude);
    const speedKmh = r.u16();
    r.skip(2);
    const altitude = r.i16();
    location = locationAt(latitude, longitude, { speedKmh, altitude });
    r.skip(2 + 4);
    location = locationAt(latitude, longitude, { speedKmh, altitude, satellites: r.u8() });
  });
  return location;
}

/** Where the coordinates of an indoor item stand, and whether a flag in front says that they are there. */
const INDOOR: readonly { key: number; at: number; flagged: boolean; source: Location['source'] }[] = [
  { key: KEYS.beacon, at: 6, flagged: false, source: 'beacon' },
  { key: KEYS.wifiPosition, at: 8, flagged: true, source: 'wifi' },
  { key: KEYS.nearBeacon, at: 9, flagged: true, source: 'beacon' },
  { key: KEYS.nearBeaconWithBattery, at: 10, flagged: true, source: 'beacon' },
];
const HAS_COORDINATES = 7;

function indoorFix(items: readonly Item[]): Location | undefined {
  for (const { key, at, flagged, source } of INDOOR) {
    for (const { value } of items.filter((item) => item.key === key)) {
      if (flagged && !isSet(value[0] ?? 0, HAS_COORDINATES)) continue;
      let location: Location | undefined;
      reading(value, (r) => {
        r.skip(at);
        location = locationAt(r.i32() * DEGREES, r.i32() * DEGREES, { source });
      });
      if (location) return location;
    }
  }
  return undefined;
}

/** Time and count, or the count alone. */
function stepsOf(value: Uint8Array): number | undefined {
  const [first, second] = words(value);
  return second ?? first;
}

/** Time and value of a vital; 0 and 1 stand for "none". */
function putVital(sink: Sink, signal: 'heart_rate' | 'spo2', item: Uint8Array): void {
  reading(item, (r) => {
    const at = fromSeconds(r.u32());
    const value = r.u8();
    if (value <= 1) return discard(sink, signal, `${value} means not measured`);
    const before = sink.readings.length;
    putNumber(sink, signal, value);
    const put = sink.readings[before];
    const isEarlier =
      at !== undefined && (sink.observedAt === undefined || Math.abs(sink.observedAt - at) > SAME_MOMENT_MS);
    if (put && isEarlier) sink.readings[before] = { ...put, observedAt: at };
  });
}

function putStatus(sink: Sink, status: number, known: Known): void {
  const isCharging = isSet(status, STATUS.charging);
  putNumber(sink, 'battery', status >>> BATTERY_SHIFT);
  if (isCharging || known.charging) put(sink, { signal: 'charging', value: isCharging });
  put(sink, { signal: 'moving', value: isSet(status, STATUS.moving) });
}

function putBattery(sink: Sink, value: Uint8Array): void {
  reading(value, (r) => {
    putNumber(sink, 'battery', r.u8());
    putNumber(sink, 'battery_voltage', r.u16() / 1000);
  });
}

function putPlace(sink: Sink, items: readonly Item[]): void {
  const gps = items.find(({ key }) => key === KEYS.gps);
  const location = (gps && gpsFix(gps.value)) ?? indoorFix(items);
  if (location) put(sink, { signal: 'location', value: location });
  const cells: Cell[] = [];
  const wifi: AccessPoint[] = [];
  for (const { key, value } of items) {
    if (key === KEYS.cells2g || key === KEYS.cells4g || key === KEYS.cellsOther)
      cells.push(...cellsOf(key, value));
    if (key === KEYS.wifi || key === KEYS.wifiNamed) wifi.push(...wifiOf(key, value));
  }
  const scan = networkScan(cells, wifi);
  if (scan) put(sink, { signal: 'network_scan', value: scan });
}

/** The readings of one moment: alarms first, what may be damaged most last. */
export function readMoment(items: readonly Item[], known: Known): { sink: Sink; known: Known } {
  const find = (key: number) => items.find((item) => item.key === key)?.value;
  const general = words(find(KEYS.general) ?? new Uint8Array());
  const alarm = words(find(KEYS.alarm) ?? new Uint8Array());
  const [time, status] = general;
  const [alarms, alarmTime = 0] = alarm;
  const observedAt = fromSeconds(alarmTime) ?? fromSeconds(time ?? 0);
  const isBuffered = status !== undefined && isSet(status, STATUS.buffered);
  const sink = newSink(observedAt, isBuffered ? 'history' : 'live');
  const steps = stepsOf(find(KEYS.steps) ?? new Uint8Array());
  const [heartRate, spo2, battery] = [find(KEYS.heartRate), find(KEYS.spo2), find(KEYS.battery)];
  if (status !== undefined) putStatus(sink, status, known);
  if (alarms !== undefined) putAlarms(sink, alarms);
  if (battery) putBattery(sink, battery);
  if (heartRate) putVital(sink, 'heart_rate', heartRate);
  if (spo2) putVital(sink, 'spo2', spo2);
  if (steps !== undefined) putNumber(sink, 'steps', steps);
  putPlace(sink, items);
  const isCharging = status !== undefined && isSet(status, STATUS.charging);
  return { sink, known: { charging: known.charging || isCharging } };
}
