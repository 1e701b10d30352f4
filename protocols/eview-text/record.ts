/** The position records `!A` to `!D` of Eview's text language. */
import type { Signal } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { numberFrom } from '../measure.ts';
import { locationAt } from '../position.ts';
import { newSink, put, putNumber } from '../put.ts';
import { discard, type Sink } from '../sink.ts';
import { moment } from '../time.ts';

const FLAGS = /^[0-9a-f]{1,8}$/i;
const NUMBERS = /\d+/g;
const BIT = { gps: 0, wifi: 1, charging: 22 } as const;

/** Bits of the flags that are alarms. */
const ALARMS: Readonly<Record<number, { signal: Signal; code: string }>> = {
  2: { signal: 'sensor_fault', code: 'GPS module' },
  6: { signal: 'sos', code: 'SOS' },
  8: { signal: 'fall', code: 'fall' },
  9: { signal: 'fence_exit', code: 'fence 1, direction not told' },
  10: { signal: 'fence_exit', code: 'fence 2, direction not told' },
  11: { signal: 'fence_exit', code: 'fence 3, direction not told' },
  12: { signal: 'battery_low', code: 'low battery' },
  14: { signal: 'moving', code: 'motion' },
  15: { signal: 'no_motion', code: 'no motion' },
};

/** `dd/mm/yy` and `hh:mm:ss` in UTC, each part with one digit or two. */
function timeOf(date = '', time = ''): number | undefined {
  const [day, month, year, ...more] = (date.match(NUMBERS) ?? []).map(Number);
  const [hour, minute, second, ...rest] = (time.match(NUMBERS) ?? []).map(Number);
  if (more.length + rest.length > 0 || day === undefined || month === undefined || year === undefined)
    return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  return moment([year, month, day, hour, minute, second]);
}

/** Bits that stay while the state lasts: once a device was seen to set one, its absence means that the state is over. */
const STATES: readonly number[] = [2, 12];

function putFlags(sink: Sink, flags: number, seen: number): void {
  for (const bit of STATES) {
    const state = ALARMS[bit];
    if (state && isSet(seen, bit) && !isSet(flags, bit)) put(sink, { signal: state.signal, value: false });
  }
  for (const [bit, { signal, code }] of Object.entries(ALARMS))
    if (isSet(flags, Number(bit))) put(sink, { signal, value: true, code: `bit ${bit}, ${code}` });
  put(sink, { signal: 'charging', value: isSet(flags, BIT.charging) });
}

interface Place {
  source: 'gps' | 'wifi';
  altitude?: number | undefined;
  satellites?: number | undefined;
}

function putLocation(
  sink: Sink,
  [, , lat, lon, speed]: readonly string[],
  { source, ...place }: Place,
): void {
  const [latitude, longitude, speedKmh] = [lat, lon, speed].map(numberFrom);
  if (latitude === undefined || longitude === undefined) return;
  const { altitude, satellites } = place;
  const location = locationAt(latitude, longitude, {
    source,
    ...(speedKmh === undefined ? {} : { speedKmh }),
    ...(altitude === undefined ? {} : { altitude }),
    ...(satellites === undefined ? {} : { satellites }),
  });
  if (location) put(sink, { signal: 'location', value: location });
}

/** `date,time,latitude,longitude,speed,course,flags,altitude,battery,satellites in use,in view,hdop` of `!B` and `!D`. */
function readFull(sink: Sink, fields: readonly string[], seen: number): number {
  const [flagText = '', altitude, battery, satellites] = fields.slice(6);
  const flags = FLAGS.test(flagText.trim()) ? Number.parseInt(flagText, 16) : undefined;
  if (flags === undefined) discard(sink, 'flags', 'none');
  else putFlags(sink, flags, seen);
  const percent = numberFrom(battery);
  if (percent !== undefined) putNumber(sink, 'battery', percent);
  const isFixed = flags !== undefined && (isSet(flags, BIT.gps) || isSet(flags, BIT.wifi));
  if (!isFixed) {
    discard(sink, 'location', 'no fix, or an old one');
    return seen | (flags ?? 0);
  }
  const source = isSet(flags, BIT.gps) ? 'gps' : 'wifi';
  putLocation(sink, fields, { source, altitude: numberFrom(altitude), satellites: numberFrom(satellites) });
  return seen | flags;
}

/** `date,time,latitude,longitude,speed,…,fix` of `!A` and of short `!C`, undocumented: the last field tells whether there is a fix. */
function readShort(sink: Sink, fields: readonly string[]): void {
  const fix = numberFrom(fields.at(-1)) ?? 0;
  if (fields.length < 7 || fix === 0) discard(sink, 'location', 'no fix, or an old one');
  else putLocation(sink, fields, { source: 'gps' });
}

const FULL_FIELDS = 9;

/** What a record says; `kind` is its letter, `seen` the flags that this device was seen to set. */
export function readRecord(
  kind: string,
  fields: readonly string[],
  seen: number,
): { sink: Sink; seen: number } {
  const sink = newSink(timeOf(fields[0], fields[1]));
  if (sink.observedAt === undefined) discard(sink, 'time', 'none, or not a moment');
  if (kind !== 'A' && (kind !== 'C' || fields.length >= FULL_FIELDS))
    return { sink, seen: readFull(sink, fields, seen) };
  readShort(sink, fields);
  return { sink, seen };
}
