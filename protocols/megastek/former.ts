import type { DecodedReading } from '../../src/model/readings.ts';
import { type Measured, measure, numberFrom } from '../measure.ts';
import { networkScan } from '../network.ts';
import { fromMinutes, locationAt } from '../position.ts';
import { alertFacts } from './alerts.ts';
import { ddmmyy, type Record } from './current.ts';

const KMH_PER_KNOT = 1.852;
/** What is in front of the position: `STX`, then an id of sixteen characters with two bytes behind it, or one between commas. */
const HEAD = /STX,?([0-9A-Za-z ]{0,16})/;
const IMEI = /imei:\s*(\d{10,20})/i;
const SENTENCE = /\$GPRMC,([^*]*)\*?[0-9A-F]{0,2}/i;

/** `mcc, mnc, lac, cell`, the latter two in hex, wherever they stand among the fields. */
const CELL = /(?:^|,)(\d{3}),(\d{1,3}),([0-9A-F]{1,8}),([0-9A-F]{1,8})(?=,|;|\s|$)/i;

interface Behind {
  alert: string;
  battery?: string | undefined;
  charging?: boolean;
  satellites?: number;
  altitude?: number;
}

/** `F|L, alert, imei:…, satellites, altitude, Battery=24%, , charger, cell`. */
function worded(fields: readonly string[]): Behind {
  const imei = fields.findIndex((field) => IMEI.test(field));
  const charge = fields.findIndex((field) => /^\s*battery=/i.test(field));
  const charger = fields[charge + 2]?.trim() ?? '';
  const [, satellites] = /^\s*(\d{1,2})\s*$/.exec(fields[imei + 1] ?? '') ?? [];
  const altitude = numberFrom(fields[imei + 2]);
  return {
    alert: fields[imei - 1] ?? '',
    battery: /(\d+)/.exec(fields[charge] ?? '')?.[1],
    ...(charge >= 0 && /^[01]$/.test(charger) ? { charging: charger === '1' } : {}),
    ...(satellites === undefined ? {} : { satellites: Number(satellites) }),
    ...(altitude === undefined ? {} : { altitude }),
  };
}

/** `cell (four fields), signal, battery, inputs, outputs, …, alert`. */
function numbered(fields: readonly string[]): Behind {
  return { alert: fields.at(-1) ?? '', battery: fields[5] };
}

function cells(behind: string) {
  const [, mcc, mnc, lac = '', cid = ''] = CELL.exec(behind) ?? [];
  if (mcc === undefined) return [];
  return [
    { mcc: Number(mcc), mnc: Number(mnc), lac: Number.parseInt(lac, 16), cid: Number.parseInt(cid, 16) },
  ];
}

function placeOf(sentence: readonly string[], { satellites, altitude }: Behind) {
  const [, validity, latitude, north, longitude, east, knots] = sentence;
  const lat = fromMinutes(latitude, north);
  const lon = fromMinutes(longitude, east);
  if (validity?.trim().toUpperCase() !== 'A' || lat === undefined || lon === undefined) return undefined;
  const speedKmh = Math.round((numberFrom(knots) ?? Number.NaN) * KMH_PER_KNOT * 100) / 100;
  return locationAt(lat, lon, {
    speedKmh,
    ...(satellites === undefined ? {} : { satellites }),
    ...(altitude === undefined ? {} : { altitude }),
  });
}

/**
 * The former form: `STX` or `LOGSTX`, an id, a `$GPRMC` sentence and either worded fields with `imei:` and `Battery=` or numbered ones.
 * The IMEI names the device where it is there.
 */
export function decodeFormer(text: string): Record | undefined {
  const sentence = SENTENCE.exec(text);
  const id = IMEI.exec(text)?.[1] ?? HEAD.exec(text)?.[1]?.trim();
  if (!sentence) return undefined;
  const [behind = ''] = text
    .slice(sentence.index + sentence[0].length)
    .replace(/^,/, '')
    .split(';');
  const fields = behind.split(',');
  const told = IMEI.test(behind) || /battery=/i.test(behind) ? worded(fields) : numbered(fields);
  const parts = (sentence[1] ?? '').split(',');
  const observedAt = ddmmyy(parts[8], parts[0]);
  const base = { origin: 'live', ...(observedAt === undefined ? {} : { observedAt }) } as const;
  const charge: Measured = measure('battery', told.battery, base);
  const readings: DecodedReading[] = alertFacts(told.alert).map((fact) => ({ ...fact, ...base }));
  readings.push(...charge.readings);
  if (told.charging !== undefined) readings.push({ signal: 'charging', value: told.charging, ...base });
  const value = placeOf(parts, told);
  if (value) readings.push({ signal: 'location', value, ...base });
  const scan = networkScan(cells(behind));
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { ...(id ? { nativeId: id } : {}), readings, reasons: charge.reasons };
}
