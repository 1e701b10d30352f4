/** Positions and networks of Topin devices. Source: the vendor's locator communication protocol (2018 and later). */
import type { Location, NetworkScan } from '../../src/model/signals.ts';
import { ByteReader, isSet, salvage } from '../bytes.ts';
import { accessPoint, type Cell } from '../network.ts';
import { locationAt } from '../position.ts';
import { moment } from '../time.ts';

/** What a position frame told. */
export interface Place {
  observedAt?: number | undefined;
  location?: Location | undefined;
  scan?: NetworkScan | undefined;
  /** Bit 0 vibration, bit 4 low battery. */
  alarms?: number;
  whole: boolean;
}

const CLOCK_BYTES = 6;
const UNITS_PER_DEGREE = 1_800_000;

function clock(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return year > 99 ? undefined : moment([year, month, day, hour, minute, second]);
}

/** Six bytes; GPS frames have them as numbers, network frames as packed decimals. */
export function readClock(bytes: Uint8Array, packed: boolean): number | undefined {
  if (bytes.length < CLOCK_BYTES) return undefined;
  const plain = [...bytes.subarray(0, CLOCK_BYTES)];
  const decimal = plain.map((byte) => (byte >> 4) * 10 + (byte & 15));
  const isDecimal = plain.every((byte) => byte >> 4 <= 9 && (byte & 15) <= 9);
  const asDecimal = isDecimal ? clock(decimal) : undefined;
  return packed ? (asDecimal ?? clock(plain)) : (clock(plain) ?? asDecimal);
}

/** Time, satellites, latitude, longitude, speed, course with the flags; then altitude, and an alarm byte. */
export function readGps(content: Uint8Array): Place {
  const place: Place = { observedAt: readClock(content, false), whole: false };
  const reader = new ByteReader(content);
  place.whole = salvage(() => {
    reader.skip(CLOCK_BYTES);
    const satellites = reader.u8() & 0x0f;
    const latitude = reader.u32() / UNITS_PER_DEGREE;
    const longitude = reader.u32() / UNITS_PER_DEGREE;
    const speedKmh = reader.u8();
    const flags = reader.u16();
    const altitude = reader.left >= 2 ? reader.i16() : undefined;
    if (reader.left > 0) place.alarms = reader.u8();
    if (!isSet(flags, 12)) return;
    place.location = locationAt(
      isSet(flags, 10) ? latitude : -latitude,
      isSet(flags, 11) ? -longitude : longitude,
      {
        satellites,
        speedKmh,
        ...(altitude === undefined ? {} : { altitude }),
      },
    );
  });
  return place;
}

/** A heartbeat of newer firmware with time and degrees: whole degrees in a byte, millionths in three; what follows is not documented. */
export function readBeat(content: Uint8Array): Place {
  const place: Place = { observedAt: readClock(content, false), whole: false };
  const reader = new ByteReader(content);
  const degrees = () => {
    const whole = reader.i8();
    const part = reader.u24() / 1e6;
    return whole < 0 ? whole - part : whole + part;
  };
  place.whole = salvage(() => {
    reader.skip(CLOCK_BYTES);
    place.location = locationAt(degrees(), degrees());
  });
  return place;
}

/** How many bytes the network code and a cell have: as many as come out even, with or without an alarm byte. */
function cellShape(left: number, count: number): { mnc: 1 | 2; cell: 5 | 7 } {
  for (const cell of [5, 7] as const) {
    for (const mnc of [1, 2] as const) {
      if ([0, 1].includes(left - mnc - count * cell)) return { mnc, cell };
    }
  }
  return { mnc: 1, cell: 5 };
}

function readCells(reader: ByteReader): Cell[] {
  const cells: Cell[] = [];
  const count = reader.u8();
  if (count === 0) return cells;
  const mcc = reader.u16();
  const shape = cellShape(reader.left, count);
  const mnc = shape.mnc === 1 ? reader.u8() : reader.u16();
  for (let i = 0; i < count; i += 1) {
    const lac = reader.u16();
    const cid = shape.cell === 5 ? reader.u16() : reader.u32();
    const rssi = reader.u8();
    const isNone = (lac === 0 && cid === 0) || (lac === 0xffff && (cid === 0xffff || cid === 0xffffffff));
    if (!isNone) cells.push({ mcc, mnc, lac, cid, rssi });
  }
  return cells;
}

/** Time, networks (their number is in the frame's head), number of cells, operator, cells, an alarm byte. */
export function readNetworks(content: Uint8Array, networks: number): Place {
  const scan: NetworkScan = { cells: [], wifi: [] };
  const place: Place = { observedAt: readClock(content, true), scan, whole: false };
  const reader = new ByteReader(content);
  place.whole = salvage(() => {
    reader.skip(CLOCK_BYTES);
    for (let i = 0; i < networks; i += 1) {
      scan.wifi.push(...accessPoint(reader.take(6), reader.u8()));
    }
    scan.cells.push(...readCells(reader));
    if (reader.left > 0) place.alarms = reader.u8();
  });
  return place;
}
