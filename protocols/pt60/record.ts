import type { DecodedReading } from '../../src/model/readings.ts';
import { type Measured, measure, numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkName, networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { momentFrom } from '../time.ts';

const STEPS = 13;
const HEART_RATE = 14;

const TIME = /^20\d\d-?\d\d-?\d\d[ T]?\d\d:?\d\d:?\d\d$/;
const DEGREES = /^([NSEW]?)\s*(-?\d{1,3}\.\d+)\s*([NSEW]?)$/i;
const PAIR = /^[NSEW]?\s*-?\d{1,3}\.\d+\s*[NSEW]?[;,]\s*[NSEW]?\s*-?\d{1,3}\.\d+\s*[NSEW]?$/i;
/** Cell, area, operator, country, strength. */
const CELL = /^(\d{1,9}),(\d{1,5}),(\d{1,3}),(\d{3}),(-?\d{1,3})$/;
const POINT = /^(.*?),?((?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}),(-?\d{1,3})$/i;

/** What one moment of a message tells. */
interface Moment {
  observedAt?: number;
  degrees: number[];
  cells: Cell[];
  wifi: AccessPoint[];
  /** Fields that are nothing else. */
  others: string[];
}

const emptyMoment = (): Moment => ({ degrees: [], cells: [], wifi: [], others: [] });

function degreesOf(text: string): number | undefined {
  const [, before = '', number, after = ''] = DEGREES.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const value = Number(number.trim());
  return /[SW]/i.test(before + after) ? -Math.abs(value) : value;
}

function cellOf(text: string): Cell | undefined {
  const [cid, lac, mnc, mcc, rssi] = (CELL.exec(text) ?? []).slice(1).map(Number);
  if (cid === undefined || lac === undefined || mnc === undefined || mcc === undefined) return undefined;
  return { mcc, mnc, lac, cid, ...(rssi === undefined ? {} : { rssi }) };
}

function pointOf(text: string): AccessPoint | undefined {
  const [, before = '', address = '', rssi] = POINT.exec(text) ?? [];
  const mac = hardwareAddress(address);
  if (mac === undefined) return undefined;
  const name = networkName(before);
  return { ...(name === '' ? {} : { name }), mac, rssi: Number(rssi) };
}

function take(moment: Moment, text: string): void {
  const degrees = degreesOf(text);
  const cell = cellOf(text);
  const point = pointOf(text);
  if (degrees !== undefined) moment.degrees.push(degrees);
  else if (cell) moment.cells.push(cell);
  else if (point) moment.wifi.push(point);
  else moment.others.push(text);
}

/** A message has one or more moments, each of which begins with its time; what stands in front of the first is of the whole. */
function momentsOf(fields: readonly string[]): { front: string[]; moments: Moment[] } {
  const front: string[] = [];
  const moments: Moment[] = [];
  for (const field of fields.map((one) => one.trim())) {
    if (TIME.test(field)) {
      const observedAt = momentFrom(field);
      moments.push({ ...emptyMoment(), ...(observedAt === undefined ? {} : { observedAt }) });
      continue;
    }
    const moment = moments.at(-1);
    if (!moment) front.push(field);
    else if (PAIR.test(field)) for (const part of field.split(/[;,]/)) take(moment, part);
    else take(moment, field);
  }
  return { front, moments };
}

/** The fields of a moment that only have a meaning in messages of their type. */
function counted(
  type: number,
  { others }: Moment,
  base: Omit<DecodedReading, 'signal' | 'value'>,
): Measured[] {
  const [first, second] = others;
  if (type === STEPS) return [measure('steps', first, base)];
  if (type === HEART_RATE) return [measure('heart_rate', first, base), measure('battery', second, base)];
  return [];
}

function momentReadings(type: number, moment: Moment): Measured {
  const base = {
    origin: 'live',
    ...(moment.observedAt === undefined ? {} : { observedAt: moment.observedAt }),
  } as const;
  const measured = counted(type, moment, base);
  const readings = measured.flatMap((one) => one.readings);
  const [latitude, longitude] = moment.degrees;
  const value =
    latitude === undefined || longitude === undefined ? undefined : locationAt(latitude, longitude);
  if (value) readings.push({ signal: 'location', value, ...base });
  const scan = networkScan(moment.cells, moment.wifi);
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { readings, reasons: measured.flatMap((one) => one.reasons) };
}

/** Of the `B` form: a flag and the battery stand in front of the time, where anything does. */
function chargeOf(form: 'G' | 'B', front: readonly string[], first: Moment | undefined): Measured {
  const [flag, charge] = front.slice(-2);
  if (form !== 'B' || !/^\d$/.test(flag ?? '') || numberFrom(charge) === undefined)
    return { readings: [], reasons: [] };
  const time = first?.observedAt === undefined ? {} : { observedAt: first.observedAt };
  return measure('battery', charge, { origin: 'live', ...time });
}

/** Reads positions (`latitude;longitude` or two fields), cells, networks, pulse (type 14) and steps (type 13). Times are UTC. */
export function decodeRecord({
  form,
  type,
  fields,
}: {
  form: 'G' | 'B';
  type: number;
  fields: string[];
}): Measured {
  const { front, moments } = momentsOf(fields);
  const all = moments.length > 0 ? moments : [{ ...emptyMoment(), others: front }];
  const parts = [chargeOf(form, front, moments[0]), ...all.map((moment) => momentReadings(type, moment))];
  return { readings: parts.flatMap((one) => one.readings), reasons: parts.flatMap((one) => one.reasons) };
}
