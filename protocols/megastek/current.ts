import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import { type Measured, measure, numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { fromMinutes, locationAt } from '../position.ts';
import { momentFrom } from '../time.ts';
import { alertFacts } from './alerts.ts';

export interface Record extends Measured {
  nativeId?: string;
}

/** `[length]$MGVnnn,IMEI,name,R|S,ddmmyy,`: what stands behind it is counted from the flag `R` or `S`. */
const HEAD = /\$MGV\d*,\s*(\d{10,20})\s*,(?:[^,]*,)?\s*([RS]),/i;
/** Fields by their place behind the flag. */
const AT = {
  date: 0,
  time: 1,
  validity: 2,
  latitude: 3,
  longitude: 5,
  satellites: 7,
  speed: 11,
  altitude: 13,
  cell: 15,
  sensors: 20,
  accessories: 28,
  battery: 29,
  alert: 30,
} as const;
const SENSORS = 5;

function cellOf([mcc, mnc, lac = '', cid = '']: readonly string[]): Cell[] {
  const country = numberFrom(mcc);
  const operator = numberFrom(mnc);
  return [
    {
      ...(country === undefined ? {} : { mcc: country }),
      ...(operator === undefined ? {} : { mnc: operator }),
      lac: /^[0-9a-f]{1,8}$/i.test(lac.trim()) ? Number.parseInt(lac, 16) : Number.NaN,
      cid: /^[0-9a-f]{1,8}$/i.test(cid.trim()) ? Number.parseInt(cid, 16) : Number.NaN,
    },
  ];
}

/** Satellites of each system that were used. */
function satellitesOf(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + (numberFrom(field) ?? 0), 0);
}

/**
 * Five fields are inputs, outputs (four binary digits each) and three voltages; of a wristband pulse, steps, minutes of activity, of
 * light and of deep sleep instead. A pulse with a zero in front tells it is one even among inputs.
 */
function vitals(fields: readonly string[], base: Omit<DecodedReading, 'signal' | 'value'>): Measured[] {
  const inputs = /^[01]{4}$/.test(fields[0]?.trim() ?? '') || /^[01]{4}$/.test(fields[1]?.trim() ?? '');
  const padded = fields.findIndex((field) => /^0\d\d$/.test(field.trim()));
  const at = inputs ? padded : Math.max(padded, 0);
  if (at < 0) return [];
  return [measure('heart_rate', fields[at], base), measure('steps', fields[at + 1], base)];
}

/** The first digit tells the charger, the second the belts that are connected, which many models do not have. */
function charging(accessories = ''): boolean | undefined {
  const [, charger] = /^\s*([01])[-\d]{0,2}\s*$/.exec(accessories) ?? [];
  return charger === undefined ? undefined : charger === '1';
}

/** Networks that some models list behind the alert, `address,strength` one after another. */
function wifiOf(fields: readonly string[]): AccessPoint[] {
  const parts = fields.flatMap((field) => field.split(/[|;&]/));
  return parts.flatMap((part, at) => {
    const mac = hardwareAddress(part);
    const rssi = numberFrom(parts[at + 1]);
    return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
  });
}

/** Where a lost or a further field moved battery and alert: a percentage with a word behind it. */
function findAlert(fields: readonly string[]): number {
  const fits = (at: number) =>
    /^\s*\d{1,3}\s*$/.test(fields[at] ?? '') && /^\s*[A-Za-z]/.test(fields[at + 1] ?? '');
  if (fits(AT.battery) || !fields.slice(AT.cell).some((_, at) => fits(at + AT.cell))) return AT.alert;
  return fields.findIndex((_, at) => at > AT.cell && fits(at)) + 1;
}

/**
 * `$MGV002,…`: `ddmmyy, hhmmss, A|V, ddmm.mmmm, N|S, dddmm.mmmm, E|W, satellites of BDS, GPS, GLONASS, HDOP, speed km/h, course, altitude,
 * odometer, MCC, MNC, LAC and cell (hex), signal, five sensors, two temperatures, RFID, accessories, battery %, alert`.
 */
export function decodeCurrent(text: string): Record | undefined {
  const [whole, imei, flag = 'R'] = HEAD.exec(text) ?? [];
  if (whole === undefined || imei === undefined) return undefined;
  const start = text.indexOf(whole) + whole.length;
  const [body = ''] = text.slice(start).split(/;[^,;]{0,8}!?\s*$|!\s*$/);
  const fields = body.split(',');
  const origin: Origin = flag.toUpperCase() === 'S' ? 'history' : 'live';
  const observedAt = ddmmyy(fields[AT.date], fields[AT.time]);
  const base = { origin, ...(observedAt === undefined ? {} : { observedAt }) };
  const alert = findAlert(fields);
  const measured = [
    measure('battery', fields[alert - 1], base),
    ...vitals(fields.slice(AT.sensors, AT.sensors + SENSORS), base),
  ];
  const readings: DecodedReading[] = alertFacts(fields[alert] ?? '').map((fact) => ({ ...fact, ...base }));
  readings.push(...measured.flatMap((one) => one.readings));
  const charged = charging(fields[alert - 2]);
  if (charged !== undefined) readings.push({ signal: 'charging', value: charged, ...base });
  const value = placeOf(fields);
  if (value) readings.push({ signal: 'location', value, ...base });
  const scan = networkScan(cellOf(fields.slice(AT.cell)), wifiOf(fields.slice(alert + 1)));
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { nativeId: imei, readings, reasons: measured.flatMap((one) => one.reasons) };
}

function placeOf(fields: readonly string[]) {
  const latitude = fromMinutes(fields[AT.latitude], fields[AT.latitude + 1]);
  const longitude = fromMinutes(fields[AT.longitude], fields[AT.longitude + 1]);
  if (fields[AT.validity]?.trim().toUpperCase() !== 'A' || latitude === undefined || longitude === undefined)
    return undefined;
  return locationAt(latitude, longitude, {
    altitude: numberFrom(fields[AT.altitude]) ?? Number.NaN,
    satellites: satellitesOf(fields.slice(AT.satellites, AT.satellites + 3)),
    speedKmh: numberFrom(fields[AT.speed]) ?? Number.NaN,
  });
}

/** `ddmmyy` and `hhmmss[.sss]` in UTC. */
export function ddmmyy(date = '', time = ''): number | undefined {
  const [, day, month, year] = /^\s*(\d\d)(\d\d)(\d\d)\s*$/.exec(date) ?? [];
  const [, clock] = /^\s*(\d{6})(?:\.\d*)?\s*$/.exec(time) ?? [];
  return day === undefined || clock === undefined ? undefined : momentFrom(`${year}${month}${day}${clock}`);
}
