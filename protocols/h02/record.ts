/** What H02 sentences and packed records say. */
import type { Location, NetworkScan } from '../../src/model/signals.ts';
import { ByteReader, hex, salvage } from '../bytes.ts';
import { measure, numberFrom } from '../measure.ts';
import { fromMinutes, locationAt } from '../position.ts';
import { momentFrom } from '../time.ts';
import { idBytesOf } from './frame.ts';
import { batteryFacts, type Fact, statusFacts } from './status.ts';

export interface Content {
  facts: Fact[];
  observedAt?: number | undefined;
  location?: Location | undefined;
  cells?: NetworkScan['cells'];
  reasons: string[];
}

const KMH_PER_KNOT = 1.852;
const WORD = /^[0-9a-f]{8}$/i;
const SIX = /^\d{6}$/;

/** `hhmmss` and `ddmmyy`, UTC. */
export function moment(time: string | undefined, date: string | undefined): number | undefined {
  if (!SIX.test(time ?? '') || !SIX.test(date ?? '')) return undefined;
  const [day, month, year] = date?.match(/../g) ?? [];
  return momentFrom(`${year}${month}${day}${time}`);
}

function speedOf(knots: number | undefined): { speedKmh?: number } {
  return knots === undefined ? {} : { speedKmh: Math.round(knots * KMH_PER_KNOT * 100) / 100 };
}

function degrees(text: string | undefined, letter: string | undefined): number | undefined {
  const value = fromMinutes(text?.replace('-', ''), letter);
  if (value !== undefined) return text?.trim().startsWith('-') ? -Math.abs(value) : value;
  const plain = numberFrom(text);
  if (plain === undefined) return undefined;
  return /^[SW]$/i.test(letter ?? '') ? -Math.abs(plain) : plain;
}

/** Where validity, latitude, hemisphere, longitude and hemisphere stand, in whichever type of sentence. */
function fixAt(fields: readonly string[]): number {
  return fields.findIndex(
    (field, at) =>
      /^[AVB]?$/i.test(field) && /^[NS]$/i.test(fields[at + 2] ?? '') && /^[EW]$/i.test(fields[at + 4] ?? ''),
  );
}

const NUMBER = /^-?[0-9a-f]+$/i;

function isReal({ lac, cid }: { lac: number; cid: number }): boolean {
  return (lac !== 0 || cid !== 0) && lac !== 0xffff;
}

/** Country, network, area and cell behind the status word; a letter in one of the last two shows that all are hex. */
function plainCell(fields: readonly string[]): NetworkScan['cells'] {
  const [mcc, mnc, lac, cid] = fields.map((field) => field.trim());
  if (!/^\d{3}$/.test(mcc ?? '') || !/^\d{1,3}$/.test(mnc ?? '')) return [];
  if (!NUMBER.test(lac ?? '') || !NUMBER.test(cid ?? '')) return [];
  const radix = /[a-f]/i.test(`${lac}${cid}`) ? 16 : 10;
  const cell = {
    mcc: Number.parseInt(mcc ?? '', radix),
    mnc: Number.parseInt(mnc ?? '', radix),
    lac: Number.parseInt(lac ?? '', radix),
    cid: Number.parseInt(cid ?? '', radix),
  };
  return isReal(cell) ? [cell] : [];
}

function wordFacts(word: string | undefined): Fact[] {
  return WORD.test(word ?? '') ? statusFacts(Number.parseInt(word ?? '', 16)) : [];
}

/** A battery level behind the cell, or behind the status of neighbours. */
function levelFacts(text: string | undefined): Fact[] {
  return /^\s*[1-6]\s*$/.test(text ?? '') ? batteryFacts(Number(text)) : [];
}

/** `hhmmss,A,lat,N,lon,E,speed,course,ddmmyy,status,…` wherever it begins: V1, V2, V4, V6, V19, VI1, ALRM, XT and others. */
export function readFix(fields: readonly string[]): Content | undefined {
  const at = fixAt(fields);
  if (at < 0) return undefined;
  const observedAt = moment(fields[at - 1], fields[at + 7]);
  const wordAt = fields.findIndex((field, index) => index > at + 6 && WORD.test(field.trim()));
  const latitude = degrees(fields[at + 1], fields[at + 2]);
  const longitude = degrees(fields[at + 3], fields[at + 4]);
  const isValid = /^A$/i.test(fields[at] ?? '');
  const location =
    isValid && latitude !== undefined && longitude !== undefined
      ? locationAt(latitude, longitude, speedOf(numberFrom(fields[at + 5])))
      : undefined;
  return {
    facts: wordAt < 0 ? [] : [...wordFacts(fields[wordAt]?.trim()), ...levelFacts(fields[wordAt + 5])],
    observedAt,
    location,
    cells: wordAt < 0 ? [] : plainCell(fields.slice(wordAt + 1)),
    reasons: wordAt < 0 ? ['no status word'] : [],
  };
}

/** The date and the status word at the end of a sentence. */
function ending(fields: readonly string[], time: string | undefined): Pick<Content, 'observedAt' | 'facts'> {
  const wordAt = fields.findLastIndex((field) => WORD.test(field.trim()));
  const dateAt = fields.findLastIndex(
    (field, index) => SIX.test(field.trim()) && (wordAt < 0 || index < wordAt),
  );
  return { observedAt: moment(time, fields[dateAt]?.trim()), facts: wordFacts(fields[wordAt]?.trim()) };
}

/** `LINK,hhmmss,signal,satellites,battery,steps,turnovers,ddmmyy,status` */
export function readLink(fields: readonly string[]): Content {
  const [time, , , battery, steps] = fields;
  const { facts, observedAt } = ending(fields.slice(1), time);
  const counted = [
    measure('battery', battery, { origin: 'live' }),
    measure('steps', steps, { origin: 'live' }),
  ];
  const numbers = counted.flatMap(({ readings }) =>
    readings.map(({ signal, value }): Fact => ({ signal, value })),
  );
  return { facts: [...facts, ...numbers], observedAt, reasons: counted.flatMap(({ reasons }) => reasons) };
}

const MAX_CELLS = 32;

interface CellList {
  operator: { mcc: number; mnc: number };
  fields: readonly string[];
  count: number;
  /** Fields of one cell: area, number, strength, more. */
  width: number;
}

function readCells({ operator, fields, count, width }: CellList): NetworkScan['cells'] {
  const cells: NetworkScan['cells'] = [];
  for (let i = 0; i < Math.min(count, MAX_CELLS); i += 1) {
    const [lac, cid, rssi] = fields.slice(i * width, i * width + 3).map(numberFrom);
    if (lac === undefined || cid === undefined) break;
    if (isReal({ lac, cid })) cells.push({ ...operator, lac, cid, ...(rssi === undefined ? {} : { rssi }) });
  }
  return cells;
}

/** `NBR,hhmmss,mcc,mnc,timing advance,count,(lac,cid,strength)…,ddmmyy,status` */
export function readNeighbours(fields: readonly string[]): Content {
  const [time, mcc, mnc, , count] = fields;
  const operator = { mcc: Number(mcc) || 0, mnc: Number(mnc) || 0 };
  const cells = readCells({ operator, fields: fields.slice(5), count: numberFrom(count) ?? 0, width: 3 });
  const rest = fields.slice(5 + 3 * cells.length);
  const { observedAt, facts } = ending(rest, time);
  const level = WORD.test(rest.at(-2)?.trim() ?? '') ? levelFacts(rest.at(-1)) : [];
  return { observedAt, facts: [...facts, ...level], cells, reasons: [] };
}

/** `V3,hhmmss,mccmnc,count,(lac,cid,strength,signal)…,battery,restarts,X,ddmmyy,status` */
export function readV3(fields: readonly string[]): Content {
  const [time, operatorDigits = '', count] = fields;
  const operator = {
    mcc: Number(operatorDigits.slice(0, 3)) || 0,
    mnc: Number(operatorDigits.slice(3)) || 0,
  };
  const cells = readCells({ operator, fields: fields.slice(3), count: numberFrom(count) ?? 0, width: 4 });
  return { ...ending(fields.slice(3 + 4 * cells.length), time), cells, reasons: [] };
}

/** `BS,hhmmss,mcc,mnc,(lac,cid,strength)…,status`, all in hex. */
export function readBase(fields: readonly string[]): Content {
  const [time, mcc = '', mnc = '', ...rest] = fields.map((field) => field.trim());
  const wordAt = rest.findIndex((field) => WORD.test(field));
  const listed = rest
    .slice(0, wordAt < 0 ? undefined : wordAt)
    .filter((field) => /^[0-9a-f]{1,7}$/i.test(field));
  const cells = readCells({
    operator: { mcc: Number.parseInt(mcc, 16) || 0, mnc: Number.parseInt(mnc, 16) || 0 },
    fields: listed.map((field) => String(Number.parseInt(field, 16))),
    count: Math.floor(listed.length / 3),
    width: 3,
  });
  return { ...ending(rest, time), cells, reasons: [] };
}

/** `VP1,A,lat,N,lon,E,speed,course,ddmmyy`, or `VP1,V,mcc,mnc,lac,cid,strengthYlac,cid,strengthY…`. */
export function readVp1(fields: readonly string[]): Content {
  const fix = readFix(fields);
  if (fix) return { ...fix, reasons: [] };
  const operator = { mcc: Number(fields[1]) || 0, mnc: Number(fields[2]) || 0 };
  const groups = fields.slice(3).join(',').split('Y').slice(0, MAX_CELLS);
  const cells = groups.flatMap((group) =>
    readCells({ operator, fields: group.split(','), count: 1, width: 3 }),
  );
  return { facts: [], cells, reasons: [] };
}

interface Packed extends Content {
  id?: string;
}

/** Eight digits of degrees and minutes, or nine, the last four behind the point. */
function packedDegrees(digits: string): number | undefined {
  return /^\d+$/.test(digits) ? fromMinutes(`${digits.slice(0, -4)}.${digits.slice(-4)}`) : undefined;
}

interface PackedFix {
  latitude: string;
  longitude: string;
  flags: number;
  speed: string;
}

/** Bit 1 of the flags: located; 2 north; 3 east. */
function packedFix({ latitude, longitude, flags, speed }: PackedFix): Location | undefined {
  const north = packedDegrees(latitude);
  const east = packedDegrees(longitude);
  if ((flags & 2) === 0 || north === undefined || east === undefined) return undefined;
  return locationAt(
    (flags & 4) === 0 ? -north : north,
    (flags & 8) === 0 ? -east : east,
    speedOf(numberFrom(speed)),
  );
}

/** Behind the status of a long record: alarm, signal, satellites, mileage, cell, serial. */
const LONG_TAIL = 16;

function packedCell(reader: ByteReader): NetworkScan['cells'] {
  reader.skip(1 + 2 + 1 + 4);
  const cell = { mcc: reader.u16(), mnc: reader.u8(), lac: reader.u16(), cid: reader.u16() };
  return isReal(cell) ? [cell] : [];
}

/** Id, time, date, latitude, battery, longitude with flags, speed and course, status word. */
export function readPacked(bytes: Uint8Array): Packed | undefined {
  const idBytes = idBytesOf(bytes);
  if (idBytes === undefined) return undefined;
  const reader = new ByteReader(bytes);
  reader.skip(1);
  const id = hex(reader.take(idBytes)).slice(0, idBytes === 5 ? 10 : 15);
  const content: Packed = { facts: [], reasons: [], ...(/^\d+$/.test(id) ? { id } : {}) };
  const battery: Fact[] = [];
  const whole = salvage(() => {
    content.observedAt = moment(hex(reader.take(3)), hex(reader.take(3)));
    const latitude = hex(reader.take(4));
    battery.push(...batteryFacts(reader.u8()));
    const longitude = hex(reader.take(5));
    const motion = hex(reader.take(3));
    const flags = Number.parseInt(longitude.slice(9), 16);
    content.location = packedFix({
      latitude,
      longitude: longitude.slice(0, 9),
      flags,
      speed: motion.slice(0, 3),
    });
    content.facts.push(...statusFacts(reader.u32()));
    if (reader.left >= LONG_TAIL) content.cells = packedCell(reader);
  });
  content.facts.push(...battery);
  if (!whole) content.reasons.push('the record was cut');
  return content;
}
