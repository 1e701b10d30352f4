/** The body of a position report (0200), which batches and answers repeat. */
import type { Location, Signal } from '../../src/model/signals.ts';
import { ByteReader, hex, isSet, salvage } from '../bytes.ts';
import { networkScan } from '../network.ts';
import { locationAt } from '../position.ts';
import { newSink, put } from '../put.ts';
import { discard, type Sink } from '../sink.ts';
import { momentFrom } from '../time.ts';
import { putAlarms, putStatus, STATUS } from './alarms.ts';
import { type ItemContext, readItems } from './items.ts';

const CHINA_HOURS = 8;
const DEGREES = 1e-6;
const FIXED_BYTES = 28;

export interface ReportContext extends ItemContext {
  origin: Sink['origin'];
}

interface Fixed {
  alarms: number;
  status?: number;
  latitude?: number;
  longitude?: number;
  altitude?: number;
  speedKmh?: number;
  time?: number | undefined;
}

/** Unsigned by the standard, with a hemisphere bit; some firmware sends a negative number all the same. */
function degrees(raw: number, isNegative: boolean): number {
  const value = (raw | 0) * DEGREES;
  return isNegative ? -Math.abs(value) : value;
}

function readFixed(body: Uint8Array): Fixed | undefined {
  if (body.length < 4) return undefined;
  const reader = new ByteReader(body);
  const fixed: Fixed = { alarms: reader.u32() };
  salvage(() => {
    const status = reader.u32();
    fixed.status = status;
    fixed.latitude = degrees(reader.u32(), isSet(status, STATUS.south));
    fixed.longitude = degrees(reader.u32(), isSet(status, STATUS.west));
    fixed.altitude = reader.i16();
    fixed.speedKmh = reader.u16() / 10;
    reader.skip(2);
    fixed.time = momentFrom(hex(reader.take(6)), CHINA_HOURS);
  });
  return fixed;
}

function locationOf(fixed: Fixed, satellites: number | undefined): Location | undefined {
  const { status = 0, latitude, longitude, altitude, speedKmh } = fixed;
  if (!isSet(status, STATUS.located) || latitude === undefined || longitude === undefined) return undefined;
  return locationAt(latitude, longitude, {
    ...(altitude === undefined ? {} : { altitude }),
    ...(speedKmh === undefined ? {} : { speedKmh }),
    ...(satellites === undefined ? {} : { satellites }),
  });
}

/** States that hold until the terminal says otherwise, and that it says only while they are raised. */
const HELD: readonly { signal: Signal; value: boolean }[] = [
  { signal: 'battery_low', value: true },
  { signal: 'sensor_fault', value: true },
  { signal: 'tamper', value: true },
  { signal: 'worn', value: false },
];

function raisedIn({ readings }: Sink): Signal[] {
  return HELD.filter(({ signal, value }) =>
    readings.some((reading) => reading.signal === signal && reading.value === value),
  ).map(({ signal }) => signal);
}

/** One report: its readings, the alarm word, and the states that it raises. */
export function readReport(
  body: Uint8Array,
  context: ReportContext,
): { sink: Sink; alarms: number; raised: readonly Signal[] } {
  const fixed = readFixed(body);
  const sink = newSink(fixed?.time, context.origin);
  if (!fixed) {
    discard(sink, 'report', 'it ends before the alarm word');
    return { sink, alarms: 0, raised: [] };
  }
  if (fixed.time === undefined) discard(sink, 'time', 'none, or not a moment');
  const told = newSink(fixed.time, context.origin);
  const { area, cells, wifi, satellites } = readItems(told, body.subarray(FIXED_BYTES), context);
  putAlarms(sink, fixed.alarms, { seen: context.seen, area });
  if (fixed.status !== undefined) putStatus(sink, fixed.status);
  for (const { signal, value } of told.readings) put(sink, { signal, value });
  sink.reasons.push(...told.reasons);
  const location = locationOf(fixed, satellites);
  if (location) put(sink, { signal: 'location', value: location });
  const scan = networkScan(cells, wifi);
  if (scan) put(sink, { signal: 'network_scan', value: scan });
  return { sink, alarms: fixed.alarms, raised: raisedIn(sink) };
}
