import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { type Measured, measure } from '../measure.ts';
import { networkScan } from '../network.ts';
import { fromMinutes, locationAt } from '../position.ts';
import { momentFrom } from '../time.ts';
import { parseCell, parseWifi } from './networks.ts';

const live = { origin: 'live' } as const;

/** `yymmdd A|V ddmm.mmmm N|S dddmm.mmmm E|W`, glued together; numbers that are no place may have any form. */
const PLACE = /^,?(\d{6})([AV])([\d.]*)([NS])([\d.]*)([EW])/i;
/** Speed in km/h and `hhmmss` in UTC. */
const TIME = /^(\d{1,3}\.\d)(\d{6})/;
/** Behind them the course, three digits each of signal, satellites and battery, and settings. */
const STATUS = /^(?:\d{3}\.\d\d|\d{1,3}\.\d{1,2}|[\d.]{6})\d{3}(\d{3})(\d{3})\d{5,10}\s*$/;
const ALARM = /^\s*[0-9A-Z]{1,2}\s*$/i;
const LANGUAGE = /^\s*[a-z]{2}(?:[-_][a-z]{2,4})?\s*$/i;
const CELL_FIELDS = 4;

/** By the code of an alarm package; 16 was seen, nobody knows why. */
const ALARMS: Readonly<Record<string, readonly [Signal, boolean]>> = {
  '01': ['sos', true],
  '03': ['worn', false],
  '05': ['fall', true],
  '06': ['fall', true],
};

/** Whether a payload is a position, of whichever command. */
export function isLocation(payload: string): boolean {
  return PLACE.test(payload);
}

/**
 * What an alarm code says. An alarm package whose code was lost is taken for a press: it is the alarm that nobody may miss, and
 * a needless visit is the cheaper mistake.
 */
function alarmOf(raw: string | undefined): Omit<DecodedReading, 'origin'>[] {
  const code = raw?.trim().padStart(2, '0').toUpperCase();
  if (code === undefined || !/^[0-9A-Z]{2}$/.test(code))
    return [{ signal: 'sos', value: true, code: 'missing' }];
  if (code === '00') return [];
  const [signal, value] = ALARMS[code] ?? ['general_alarm', true];
  return [{ signal, value, code }];
}

/** Where the alarm of a record stands: in front of a language; in an alarm package behind the cell at the latest. */
function findAlarm(fields: readonly string[], isAlarm: boolean): number | undefined {
  const at = fields.findIndex(
    (field, i) => i >= CELL_FIELDS - 2 && ALARM.test(field) && LANGUAGE.test(fields[i + 1] ?? ''),
  );
  if (at >= 0) return at;
  return isAlarm ? CELL_FIELDS : undefined;
}

/**
 * Reads a position or an alarm with its place: `…, mcc, mnc, lac, cid [, alarm, language, flag] [, networks]`. A second that no
 * minute has costs the time, not the place.
 */
export function decodeLocation(payload: string, isAlarm: boolean): Measured {
  const [head = '', ...fields] = payload.replace(/^,/, '').split(',');
  const [place = '', date = '', validity, latitude, north, longitude, east] = PLACE.exec(head) ?? [];
  const [motion = '', speed, time = ''] = TIME.exec(head.slice(place.length)) ?? [];
  const [, satellites, battery] = STATUS.exec(head.slice(place.length + motion.length)) ?? [];
  const observedAt = momentFrom(date + time);
  const base = { ...live, ...(observedAt === undefined ? {} : { observedAt }) };
  const at = findAlarm(fields, isAlarm);
  const readings: DecodedReading[] = (at === undefined ? [] : alarmOf(fields[at])).map((one) => ({
    ...one,
    ...base,
  }));
  const charge = measure('battery', battery, base);
  readings.push(...charge.readings);
  const lat = fromMinutes(latitude, north);
  const lon = fromMinutes(longitude, east);
  if (validity?.toUpperCase() === 'A' && lat !== undefined && lon !== undefined) {
    const value = locationAt(lat, lon, { speedKmh: Number(speed), satellites: Number(satellites) });
    if (value) readings.push({ signal: 'location', value, ...base });
  }
  const wifi = parseWifi(fields.slice(at === undefined ? CELL_FIELDS : at + 3).join(','));
  const scan = networkScan(parseCell(fields.slice(0, Math.min(at ?? CELL_FIELDS, CELL_FIELDS))), wifi);
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return {
    readings,
    reasons: [...(observedAt === undefined ? ['no moment that the calendar has'] : []), ...charge.reasons],
  };
}
