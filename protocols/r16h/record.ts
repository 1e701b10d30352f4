import type { DecodedReading, Origin } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { type Measured, measure, numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkScan } from '../network.ts';
import { fromMinutes, locationAt } from '../position.ts';
import { momentFrom } from '../time.ts';

type Base = Omit<DecodedReading, 'signal' | 'value'>;

/** Alarm flags; several may stand in one field. */
const ALARMS: Readonly<Record<string, readonly [Signal, boolean]>> = {
  SOS: ['sos', true],
  LBT: ['battery_low', true],
  ULK: ['worn', false],
};
/** Words for no alarm. */
const QUIET = /^(?:N\w*|OK|0+|-*|[LR])$/i;

/** `R|S, yyyyMMdd, HHmmss`: what was kept while there was no connection is history. */
function baseOf([flag = '', date = '', time = '']: readonly string[]): Base {
  const origin: Origin = flag.trim().toUpperCase() === 'S' ? 'history' : 'live';
  const observedAt = momentFrom(date.trim() + time.trim());
  return { origin, ...(observedAt === undefined ? {} : { observedAt }) };
}

function alarms(flag: string, base: Base): DecodedReading[] {
  const words = flag.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && !QUIET.test(word));
  const readings = words.map((word): DecodedReading => {
    const code = word.toUpperCase().slice(0, 16);
    const [signal, value] = ALARMS[code] ?? ['general_alarm', true];
    return { signal, value, code, ...base };
  });
  return readings.filter(({ signal }, at) => readings.findIndex((one) => one.signal === signal) === at);
}

/** The last three fields of either record: battery in percent, strap (`L` locked, `R` removed), alarm. */
function ending(fields: readonly string[], base: Base): Measured {
  const [battery, strap = '', flag = ''] = fields;
  const raised = alarms(flag, base);
  const locked = strap.trim().toUpperCase();
  const worn: DecodedReading[] =
    (locked === 'L' || locked === 'R') && !raised.some(({ signal }) => signal === 'worn')
      ? [{ signal: 'worn', value: locked === 'L', ...base }]
      : [];
  const charge = measure('battery', battery, base);
  return { readings: [...raised, ...worn, ...charge.readings], reasons: charge.reasons };
}

/** A call that stands elsewhere than it should: fields were lost or added in front of it. */
function displacedCall(
  fields: readonly string[],
  known: readonly DecodedReading[],
  base: Base,
): DecodedReading[] {
  const isTold = known.some(({ signal }) => signal === 'sos');
  const at = fields.findIndex((field) => field.trim().toUpperCase() === 'SOS');
  if (isTold || at < 0 || hardwareAddress(fields[at + 1] ?? '') !== undefined) return [];
  return [{ signal: 'sos', value: true, code: `SOS in field ${at + 1}`, ...base }];
}

/** Degrees, or degrees and minutes where so many digits stand in front of the point. */
function degrees(text = '', letter = '', digits: 2 | 3): number | undefined {
  const whole = /^\s*-?(\d+)/.exec(text)?.[1]?.length ?? 0;
  if (whole > digits) return fromMinutes(text, letter);
  const value = numberFrom(text);
  if (value === undefined) return undefined;
  return /^\s*[SW]\s*$/i.test(letter) ? -Math.abs(value) : value;
}

/** `GPSD`: `R|S, date, time, latitude, N|S, longitude, E|W, speed, direction, altitude, battery, strap, alarm`. */
export function decodeGps(fields: readonly string[]): Measured {
  const base = baseOf(fields);
  const { readings, reasons } = ending(fields.slice(10, 13), base);
  readings.unshift(...displacedCall(fields, readings, base));
  const latitude = degrees(fields[3], fields[4], 2);
  const longitude = fields[6] === undefined ? undefined : degrees(fields[5], fields[6], 3);
  if (latitude !== undefined && longitude !== undefined) {
    const value = locationAt(latitude, longitude, {
      speedKmh: numberFrom(fields[7]) ?? Number.NaN,
      altitude: numberFrom(fields[9]) ?? Number.NaN,
    });
    if (value) readings.push({ signal: 'location', value, ...base });
  }
  return { readings, reasons };
}

const radixOf = (numbers: readonly string[]) => (numbers.some((one) => /[a-f]/i.test(one)) ? 16 : 10);

/** Country and operator, then area and cell, or several of them with their strength. */
function cellsOf(fields: readonly string[]): Cell[] {
  const at = fields.findIndex(
    (field, i) => /^[2-7]\d\d$/.test(field) && /^\d{1,3}$/.test(fields[i + 1] ?? ''),
  );
  if (at < 0) return [];
  const numbers = fields.slice(at + 2);
  const end = numbers.findIndex((field) => !/^-?[0-9a-f]{1,9}$/i.test(field));
  const own = end < 0 ? numbers : numbers.slice(0, end);
  const step = own.length === 2 ? 2 : 3;
  const radix = radixOf(own.filter((_, i) => i % step < 2));
  const cells: Cell[] = [];
  for (let i = 0; i + 1 < own.length; i += step) {
    const rssi = step === 3 ? numberFrom(own[i + 2]) : undefined;
    cells.push({
      mcc: Number(fields[at]),
      mnc: Number(fields[at + 1]),
      lac: Number.parseInt(own[i] ?? '', radix),
      cid: Number.parseInt(own[i + 1] ?? '', radix),
      ...(rssi === undefined ? {} : { rssi }),
    });
  }
  return cells;
}

/** Addresses with their strength behind them. */
function wifiOf(fields: readonly string[]): AccessPoint[] {
  return fields.flatMap((field, at) => {
    const mac = /[:-]/.test(field) || /[a-f]/i.test(field) ? hardwareAddress(field) : undefined;
    const rssi = numberFrom(fields[at + 1]);
    return mac === undefined ? [] : [{ mac, ...(rssi === undefined ? {} : { rssi }) }];
  });
}

/** `LBSD`: `R|S, date, time`, what was heard of the networks around, then battery, strap and alarm. */
export function decodeIndoor(fields: readonly string[]): Measured {
  const base = baseOf(fields);
  const { readings, reasons } = ending(fields.slice(-3), base);
  readings.unshift(...displacedCall(fields, readings, base));
  const heard = fields.slice(3, -3).flatMap((field) => field.split(/[|;&]/).map((part) => part.trim()));
  const wifi = wifiOf(heard);
  const scan = networkScan(cellsOf(heard), wifi);
  if (scan) readings.push({ signal: 'network_scan', value: scan, ...base });
  return { readings, reasons };
}
