/** The contents of the GT06 family that tell a place, cells or a state: which parts a type has, and how the parts read. */
import type { Location, NetworkScan } from '../../src/model/signals.ts';
import { ByteReader, isSet, salvage } from '../bytes.ts';
import { locationAt } from '../position.ts';
import { moment } from '../time.ts';
import { type Content, nothing } from './content.ts';
import { readModules } from './modules.ts';
import { readCell, readEvenScan, readScan, type Width } from './network.ts';
import { alarmFacts, batteryFacts, type Fact, merged, terminalFacts } from './status.ts';

export function readClock(reader: ByteReader): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = reader.take(6);
  return moment([year, month, day, hour, minute, second]);
}

function hasClock(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && readClock(new ByteReader(bytes)) !== undefined;
}

const UNITS_PER_DEGREE = 1_800_000;

/** Satellites, latitude, longitude, speed, course with the flags: 12 located, 11 west, 10 north. */
function readFix(reader: ByteReader): Location | undefined {
  const satellites = reader.u8() & 0x0f;
  const latitude = reader.u32() / UNITS_PER_DEGREE;
  const longitude = reader.u32() / UNITS_PER_DEGREE;
  const speedKmh = reader.u8();
  const flags = reader.u16();
  if (!isSet(flags, 12)) return undefined;
  return locationAt(isSet(flags, 10) ? latitude : -latitude, isSet(flags, 11) ? -longitude : longitude, {
    satellites,
    speedKmh,
  });
}

/** Terminal information, battery level, signal, alarm, language; or as much of it as is there. */
function readStatus(bytes: Uint8Array): Fact[] {
  const [terminal, level = 0, signal = 0, alarm = 0, language = 0xff] = bytes;
  if (terminal === undefined) return [];
  const sound = level <= 6 && signal <= 31 && language <= 2;
  return merged(terminalFacts(terminal), alarmFacts(alarm, sound), batteryFacts(level));
}

const STATUS_BYTES = 5;

/** A block of this length or more, which counts itself, has the wide numbers of 4G. */
const WIDE_BLOCK = 15;

/** A cell behind its length, then the status; where no cell is given, its place and neighbours may be blank, and the status is at the end. */
function readTail(reader: ByteReader): { scan: NetworkScan; facts: Fact[] } {
  const bytes = reader.rest();
  const inside = new ByteReader(bytes);
  const cells: NetworkScan['cells'] = [];
  const size = bytes.length > 0 ? inside.u8() : 0;
  if (size === 0) {
    return { scan: { cells, wifi: [] }, facts: readStatus(bytes.subarray(1).subarray(-STATUS_BYTES)) };
  }
  const width = size >= WIDE_BLOCK ? 'wide' : 'narrow';
  const whole = salvage(() => cells.push(...readCell(inside, width)));
  return { scan: { cells, wifi: [] }, facts: whole ? readStatus(inside.rest()) : [] };
}

/** What follows the fix of a type. */
type Follow = 'cell' | 'status' | 'phone' | 'cell and phone';

interface FixType {
  follow?: Follow;
  width?: Width;
  /** Behind the cell: ignition, reason of the upload, and whether it was buffered. */
  marksBuffered?: true;
}

const fixTypes: ReadonlyMap<number, FixType> = new Map<number, FixType>([
  [0x10, {}],
  [0x12, { follow: 'cell' }],
  [0x16, { follow: 'status' }],
  [0x1a, { follow: 'phone' }],
  [0x1e, { follow: 'cell' }],
  [0x22, { follow: 'cell', marksBuffered: true }],
  [0x26, { follow: 'status' }],
  [0x27, { follow: 'status' }],
  [0x2a, { follow: 'cell and phone' }],
  [0x2d, { follow: 'cell' }],
  [0x31, {}],
  [0x32, {}],
  [0x34, {}],
  [0x37, { follow: 'cell' }],
  [0x38, { follow: 'cell' }],
  [0x95, { follow: 'status' }],
  [0xa0, { follow: 'cell', width: 'wide', marksBuffered: true }],
  [0xa3, { follow: 'status' }],
  [0xa4, { follow: 'status' }],
]);

/** Where the time stands: newer firmware has a word of flags in front of it. */
function clockAt(bytes: Uint8Array): number {
  return !hasClock(bytes) && hasClock(bytes.subarray(4)) ? 4 : 0;
}

function readFixRecord(bytes: Uint8Array, { follow, width = 'narrow', marksBuffered }: FixType): Content {
  const reader = new ByteReader(bytes.subarray(clockAt(bytes)));
  const content = nothing();
  const whole = salvage(() => {
    content.clock = readClock(reader);
    content.location = readFix(reader);
  });
  if (!whole) {
    content.reasons.push('the record was cut');
    return content;
  }
  if (follow === 'status') return { ...content, ...readTail(reader) };
  if (follow === 'cell' || follow === 'cell and phone') {
    salvage(() => {
      content.scan = { cells: readCell(reader, width), wifi: [] };
      if (!marksBuffered) return;
      reader.skip(2);
      content.buffered = reader.u8() === 1;
    });
  }
  return content;
}

/** Types with cells or networks and no fix. */
const scanTypes: ReadonlyMap<number, Width> = new Map<number, Width>([
  [0x11, 'narrow'],
  [0x17, 'narrow'],
  [0x18, 'narrow'],
  [0x24, 'narrow'],
  [0x28, 'narrow'],
  [0x2c, 'narrow'],
  [0x2e, 'narrow'],
  [0xa1, 'wide'],
  [0xa2, 'wide'],
]);

function readScanRecord(bytes: Uint8Array, width: Width): Content {
  const reader = new ByteReader(bytes);
  const content = nothing();
  const whole = salvage(() => {
    content.clock = readClock(reader);
    content.scan = readScan(reader, width);
  });
  if (!whole) content.reasons.push('the record was cut');
  return content;
}

/** A question for an address by cell: no time, the cell, a phone number. */
function readCellQuestion(bytes: Uint8Array): Content {
  const content = nothing();
  salvage(() => {
    content.scan = { cells: readCell(new ByteReader(bytes), 'narrow'), wifi: [] };
  });
  return content;
}

/** A cell with the status behind it; newer firmware puts the time in front. */
function readCellAlarm(bytes: Uint8Array, width: Width): Content {
  const content = nothing();
  const reader = new ByteReader(bytes);
  const cellBytes = width === 'wide' ? 15 : 8;
  salvage(() => {
    if (bytes.length >= 6 + cellBytes + 3) content.clock = readClock(reader);
    content.scan = { cells: readCell(reader, width), wifi: [] };
    content.facts = readStatus(reader.rest());
  });
  return content;
}

/** Terminal information, battery level, signal, alarm, language. The alarm counts where the language byte shows that it is one. */
function readHeartbeat(bytes: Uint8Array): Content {
  const [terminal, level, signal, alarm, language] = bytes;
  if (terminal === undefined) return { facts: [], reasons: ['the heartbeat was cut'] };
  const known = bytes.length === STATUS_BYTES && (language ?? 9) <= 2 ? alarm : 0;
  return { facts: readStatus(Uint8Array.of(terminal, level ?? 0, signal ?? 0, known ?? 0)), reasons: [] };
}

/** Terminal information, voltage in hundredths, signal, language. */
function readVoltageHeartbeat(bytes: Uint8Array): Content {
  const content = nothing();
  const reader = new ByteReader(bytes);
  salvage(() => {
    content.facts = terminalFacts(reader.u8());
    const volts = reader.u16() / 100;
    if (volts > 0 && volts <= 60) content.facts.push({ signal: 'battery_voltage', value: volts });
  });
  return content;
}

const PERSONAL_STATUS = { bytes: 19, steps: 9, battery: 13, charging: 14, moving: 15 } as const;

/** The status of personal trackers (GL21L): steps, percent, charging, moving. */
function readPersonalStatus(bytes: Uint8Array): Content {
  const reader = new ByteReader(bytes);
  reader.skip(PERSONAL_STATUS.steps);
  const facts: Fact[] = [{ signal: 'steps', value: reader.u32() }];
  const percent = reader.u8();
  if (percent > 0 && percent <= 100) facts.push({ signal: 'battery', value: percent });
  facts.push({ signal: 'charging', value: reader.u8() !== 0 });
  facts.push({ signal: 'moving', value: reader.u8() !== 0 });
  return { facts, reasons: [] };
}

/** A fix that a type nobody documents may carry: only where time and place are beyond doubt. */
function guessFix(bytes: Uint8Array): Content | undefined {
  const content = bytes.length >= 18 ? readFixRecord(bytes, {}) : nothing();
  return content.clock !== undefined && content.location ? content : undefined;
}

/** Country codes of mobile networks. */
const COUNTRY_CODES = { from: 200, to: 799 } as const;

/** Cells that a type nobody documents may carry: only where time, country and the number of bytes agree. */
function guessScan(bytes: Uint8Array): Content | undefined {
  if (!hasClock(bytes)) return undefined;
  for (const width of ['narrow', 'wide'] as const) {
    const reader = new ByteReader(bytes);
    const clock = readClock(reader);
    const scan = readEvenScan(reader, width);
    const mcc = scan?.cells[0]?.mcc ?? 0;
    if (mcc >= COUNTRY_CODES.from && mcc <= COUNTRY_CODES.to) return { ...nothing(), clock, scan };
  }
  return undefined;
}

/** What a content that is no text says; undefined where the type is not known and nothing can be made of it. */
export function readRecord(type: number, bytes: Uint8Array): Content | undefined {
  if (type === 0x13 || type === 0x36) return readHeartbeat(bytes);
  if (type === 0x23) return readVoltageHeartbeat(bytes);
  if (type === 0x70) return readModules(bytes);
  if (type === 0x19) return readCellAlarm(bytes, 'narrow');
  if (type === 0xa5) return readCellAlarm(bytes, 'wide');
  if (type === 0xa3 && bytes.length === PERSONAL_STATUS.bytes) return readPersonalStatus(bytes);
  if (type === 0x17 && !hasClock(bytes)) return readCellQuestion(bytes);
  const fixType = fixTypes.get(type);
  if (fixType) return readFixRecord(bytes, fixType);
  const width = scanTypes.get(type);
  return width ? readScanRecord(bytes, width) : (guessFix(bytes) ?? guessScan(bytes));
}
