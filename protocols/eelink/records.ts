/** The contents of Eelink packages: positions old and new, states, warnings. Source: the vendor's device protocol 2.0 and its predecessor. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Location, NetworkScan, Signal } from '../../src/model/signals.ts';
import { ByteReader, hex, isSet, salvage } from '../bytes.ts';
import { accessPoint, type Cell } from '../network.ts';
import { locationAt } from '../position.ts';

export type Fact = Omit<DecodedReading, 'origin' | 'observedAt'>;

export interface Content {
  facts: Fact[];
  observedAt?: number | undefined;
  location?: Location | undefined;
  scan?: NetworkScan;
  reasons: string[];
}

const UNITS_PER_DEGREE = 1_800_000;
/** Received levels count up from this many dBm. */
const RX_LEVEL_ZERO = 110;

function readTime(reader: ByteReader): number | undefined {
  const seconds = reader.u32();
  return seconds === 0 || seconds === 0xffffffff ? undefined : seconds * 1000;
}

const on = (signal: Signal, code: string): Fact => ({ signal, value: true, code });

const WARNINGS: Readonly<Record<number, Fact>> = {
  1: { signal: 'charging', value: false, code: '01' },
  2: on('sos', '02'),
  3: on('battery_low', '03'),
  4: on('vibration', '04'),
  37: { signal: 'worn', value: false, code: '25' },
  131: on('fence_enter', '83'),
  132: on('fence_exit', '84'),
  134: on('fall', '86'),
};
/** About antennas, blind areas, speed and places of vehicles. */
const NOTICES: ReadonlySet<number> = new Set([0x00, 0x05, 0x06, 0x07, 0x08, 0x09, 0x20, 0x81, 0x82]);

function warningFacts(code: number): Fact[] {
  const known = WARNINGS[code];
  if (known) return [known];
  return NOTICES.has(code) ? [] : [on('general_alarm', hex(Uint8Array.of(code)))];
}

const STATUS = { fixed: 0, motionSupported: 3, chargingSupported: 7, charging: 8, moving: 9 } as const;

/** States count only where the status says that the device has the sensor. */
function statusFacts(status: number): Fact[] {
  return [
    ...(isSet(status, STATUS.chargingSupported)
      ? [{ signal: 'charging' as const, value: isSet(status, STATUS.charging) }]
      : []),
    ...(isSet(status, STATUS.motionSupported)
      ? [{ signal: 'moving' as const, value: isSet(status, STATUS.moving) }]
      : []),
  ];
}

function voltageFacts(millivolts: number): Fact[] {
  return millivolts > 0 && millivolts < 60_000
    ? [{ signal: 'battery_voltage', value: millivolts / 1000 }]
    : [];
}

function isReal({ lac, cid }: Cell): boolean {
  return (lac !== 0 || cid !== 0) && lac !== 0xffff;
}

/** Which parts a position has. */
const PART = { gps: 0, cells: [1, 2, 3], networks: [4, 5, 6], more: 7 } as const;

function readGps(reader: ByteReader): Location | undefined {
  const latitude = reader.i32() / UNITS_PER_DEGREE;
  const longitude = reader.i32() / UNITS_PER_DEGREE;
  const altitude = reader.i16();
  const speedKmh = reader.u16();
  reader.skip(2);
  return locationAt(latitude, longitude, { altitude, speedKmh, satellites: reader.u8() });
}

/** The first cell names the operator of all. */
function readCells(reader: ByteReader, mask: number): Cell[] {
  const cells: Cell[] = [];
  let operator: { mcc?: number; mnc?: number } = {};
  for (const part of PART.cells) {
    if (!isSet(mask, part)) continue;
    if (part === 1) operator = { mcc: reader.u16(), mnc: reader.u16() };
    const cell = { ...operator, lac: reader.u16(), cid: reader.u32(), rssi: reader.u8() - RX_LEVEL_ZERO };
    if (isReal(cell)) cells.push(cell);
  }
  return cells;
}

function readNetworks(reader: ByteReader, mask: number): NetworkScan['wifi'] {
  const wifi: NetworkScan['wifi'] = [];
  for (const part of PART.networks) {
    if (!isSet(mask, part)) continue;
    wifi.push(...accessPoint(reader.take(6), reader.u8()));
  }
  return wifi;
}

/** Battery in millivolts, two inputs, mileage, minutes of GSM and GPS, steps of the day. */
function readMeters(reader: ByteReader): Fact[] {
  const facts: Fact[] = [];
  salvage(() => {
    facts.push(...voltageFacts(reader.u16()));
    reader.skip(2 + 2 + 4 + 2 + 2);
    facts.push({ signal: 'steps', value: reader.u16() });
  });
  return facts;
}

/** What stands between the position and the status. */
type Kind = 'location' | 'warning' | 'report' | 'message';

/** Time, mask, the parts that the mask names, a warning or report code, status, meters. */
export function readPosition(bytes: Uint8Array, kind: Kind): Content {
  const reader = new ByteReader(bytes);
  const content: Content = { facts: [], reasons: [] };
  let fix: Location | undefined;
  let isFixed = true;
  const scan: NetworkScan = { cells: [], wifi: [] };
  const whole = salvage(() => {
    content.observedAt = readTime(reader);
    const mask = reader.u8();
    if (isSet(mask, PART.gps)) fix = readGps(reader);
    scan.cells.push(...readCells(reader, mask));
    scan.wifi.push(...readNetworks(reader, mask));
    if (isSet(mask, PART.more)) return;
    const code = kind === 'warning' || kind === 'report' ? reader.u8() : 0;
    if (kind === 'warning') content.facts.push(...warningFacts(code));
    if (kind === 'message' || reader.left < 2) return;
    const status = reader.u16();
    isFixed = isSet(status, STATUS.fixed);
    addFacts(content, [...statusFacts(status), ...readMeters(reader)]);
  });
  if (!whole) content.reasons.push('the package was cut');
  return { ...content, location: isFixed ? fix : undefined, scan };
}

function addFacts(content: Content, facts: readonly Fact[]): void {
  for (const fact of facts) {
    const known = content.facts.findIndex(({ signal }) => signal === fact.signal);
    if (known < 0) content.facts.push(fact);
  }
}

/** Time, latitude, longitude, speed, course, cell, whether it is a fix; then a warning, or status and battery. */
export function readOldPosition(bytes: Uint8Array, kind: Kind): Content {
  const reader = new ByteReader(bytes);
  const content: Content = { facts: [], reasons: [] };
  const whole = salvage(() => {
    content.observedAt = readTime(reader);
    const latitude = reader.i32() / UNITS_PER_DEGREE;
    const longitude = reader.i32() / UNITS_PER_DEGREE;
    const speedKmh = reader.u8();
    reader.skip(2);
    const cell = { mcc: reader.u16(), mnc: reader.u16(), lac: reader.u16(), cid: reader.u24() };
    content.scan = { cells: isReal(cell) ? [cell] : [], wifi: [] };
    if (isSet(reader.u8(), 0)) content.location = locationAt(latitude, longitude, { speedKmh });
    if (kind === 'warning') content.facts.push(...warningFacts(reader.u8()));
    if (kind === 'report') reader.skip(1);
    if (kind === 'message' || reader.left < 2) return;
    addFacts(content, statusFacts(reader.u16()));
    if (reader.left >= 2) addFacts(content, voltageFacts(reader.u16()));
  });
  if (!whole) content.reasons.push('the package was cut');
  return content;
}

/** The status word of a heartbeat. */
export function readHeartbeat(bytes: Uint8Array): Content {
  const content: Content = { facts: [], reasons: [] };
  const reader = new ByteReader(bytes);
  if (bytes.length >= 2) content.facts.push(...statusFacts(reader.u16()));
  return content;
}
