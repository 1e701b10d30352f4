/** The records of a position message (0014), and the items of the newer one (0020). */
import type { Location } from '../../src/model/signals.ts';
import { ByteReader, hex, isSet, salvage } from '../bytes.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { newSink, put, putNumber } from '../put.ts';
import type { Sink } from '../sink.ts';

const HAS = { alarm: 0, place: 1 } as const;
const PLACE = { gps: 0, wifi: 1, cells: 2 } as const;
const ALARM = { sos: 0, removed: 1, fall: 15 } as const;
const CHARGING = 0x8000;
const EARLIEST_MS = Date.UTC(2010, 0, 1);
const MAC_BYTES = 6;

function fromSeconds(seconds: number): number | undefined {
  return seconds * 1000 >= EARLIEST_MS && seconds < 0xffffffff ? seconds * 1000 : undefined;
}

function float(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0);
}

/** Degrees and minutes in one number, `dddmm.mmm`, the minus sign for south and west. */
function fromDegreesAndMinutes(value: number): number {
  const size = Math.abs(value);
  const degrees = Math.floor(size / 100);
  return Math.sign(value) * (degrees + (size - degrees * 100) / 60);
}

/** The records of a body: a count, their lengths, then they themselves; on other firmware each behind its length. */
export function recordsOf(body: Uint8Array): Uint8Array[] {
  const count = body[0] ?? 0;
  const reader = new ByteReader(body.subarray(1));
  const lengths: number[] = [];
  salvage(() => {
    for (let i = 0; i < count; i += 1) lengths.push(reader.u16());
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (1 + 2 * count + total === body.length || count === 1)
    return lengths.map((length) => reader.take(Math.min(length, reader.left)));
  const records: Uint8Array[] = [];
  const each = new ByteReader(body.subarray(1));
  salvage(() => {
    for (let i = 0; i < count && each.left > 2; i += 1)
      records.push(each.take(Math.min(each.u16(), each.left)));
  });
  return records;
}

function putAlarms(sink: Sink, word: number): void {
  if (isSet(word, ALARM.sos)) put(sink, { signal: 'sos', value: true, code: 'bit 0' });
  if (isSet(word, ALARM.fall)) put(sink, { signal: 'fall', value: true, code: 'bit 15' });
  if (isSet(word, ALARM.removed)) put(sink, { signal: 'worn', value: false, code: 'bit 1' });
  const others = Array.from({ length: 32 }, (_, bit) => bit).filter(
    (bit) => isSet(word, bit) && !Object.values<number>(ALARM).includes(bit),
  );
  if (others.length > 0)
    put(sink, { signal: 'general_alarm', value: true, code: `bit ${others.join(', ')}` });
}

function readWifi(reader: ByteReader, points: AccessPoint[]): void {
  for (let left = reader.u8(); left > 0; left -= 1) {
    const mac = hardwareAddress(hex(reader.take(MAC_BYTES)));
    const rssi = reader.i8();
    if (mac !== undefined) points.push({ mac, rssi });
  }
}

function readCell(reader: ByteReader): Cell {
  return { mcc: reader.u16(), mnc: reader.u16(), lac: reader.u32(), cid: reader.u32(), rssi: reader.u8() };
}

/** What a record was located by, in the order of its bits; what follows needs no reading here. */
function putPlace(sink: Sink, reader: ByteReader): void {
  const cells: Cell[] = [];
  const wifi: AccessPoint[] = [];
  let location: Location | undefined;
  salvage(() => {
    const kinds = reader.u8();
    if (isSet(kinds, PLACE.gps)) {
      const satellites = reader.u8();
      const longitude = fromDegreesAndMinutes(float(reader.take(4)));
      const latitude = fromDegreesAndMinutes(float(reader.take(4)));
      location = locationAt(latitude, longitude, { satellites });
    }
    if (isSet(kinds, PLACE.wifi)) readWifi(reader, wifi);
    if (isSet(kinds, PLACE.cells))
      for (let left = reader.u8(); left > 0; left -= 1) cells.push(readCell(reader));
  });
  if (location) put(sink, { signal: 'location', value: location });
  const scan = networkScan(cells, wifi);
  if (scan) put(sink, { signal: 'network_scan', value: scan });
}

/** Index, time, network strength, battery, and what the bits of the next byte announce. A record without a time is an empty one. */
export function readRecord(bytes: Uint8Array): Sink {
  const reader = new ByteReader(bytes);
  const sink = newSink();
  salvage(() => {
    reader.skip(1);
    sink.observedAt = fromSeconds(reader.u32());
    reader.skip(1);
    const battery = reader.u16();
    const has = reader.u8();
    if (isSet(has, HAS.alarm)) putAlarms(sink, reader.u32());
    if (sink.observedAt === undefined && battery === 0) return;
    putNumber(sink, 'battery', battery & ~CHARGING, { zeroIsReal: true });
    put(sink, { signal: 'charging', value: (battery & CHARGING) !== 0 });
    if (isSet(has, HAS.place)) putPlace(sink, reader);
  });
  return sink;
}

const ITEM = { gps: 0, wifi: 1, cells: 2 } as const;
const CELL_BYTES = 13;

/** The vendor's paper calls the first number latitude, and its own example shows that it is the longitude. */
function readGpsItem(sink: Sink, reader: ByteReader): void {
  salvage(() => {
    sink.observedAt = fromSeconds(reader.u32());
    const longitude = fromDegreesAndMinutes(float(reader.take(4)));
    const latitude = fromDegreesAndMinutes(float(reader.take(4)));
    const altitude = Math.round(float(reader.take(4)) * 10) / 10;
    const satellites = reader.u8();
    reader.skip(1);
    const speedKmh = reader.u16() / 10;
    const location = locationAt(latitude, longitude, { altitude, satellites, speedKmh });
    if (location) put(sink, { signal: 'location', value: location });
  });
}

/** Message 0020: items of type, length and data. The kinds whose form is public are read, the others named. */
export function readItems(body: Uint8Array): Sink {
  const sink = newSink();
  const reader = new ByteReader(body);
  const cells: Cell[] = [];
  const wifi: AccessPoint[] = [];
  salvage(() => {
    while (reader.left >= 2) {
      const type = reader.u8();
      const data = new ByteReader(reader.take(Math.min(reader.u8(), reader.left)));
      if (type === ITEM.gps) readGpsItem(sink, data);
      else if (type === ITEM.wifi)
        while (data.left >= MAC_BYTES + 1) {
          const mac = hardwareAddress(hex(data.take(MAC_BYTES)));
          const rssi = data.i8();
          if (mac !== undefined) wifi.push({ mac, rssi });
        }
      else if (type === ITEM.cells) while (data.left >= CELL_BYTES) cells.push(readCell(data));
      else sink.reasons.push(`item ${type} is not known`);
    }
  });
  const scan = networkScan(cells, wifi);
  if (scan) put(sink, { signal: 'network_scan', value: scan });
  return sink;
}
