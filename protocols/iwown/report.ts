/** What the blocks of `/pb/upload` and `/alarm/upload` say. */
import { isSignal, type Signal } from '../../src/model/signals.ts';
import { hex } from '../bytes.ts';
import { readFields } from '../generic-map.ts';
import { at } from '../json-frame.ts';
import { add, isObject, type Sink } from '../sink.ts';
import { type Field, type Message, parseMessage, pointsIn, timeIn } from './structure.ts';

export const LIVE = 0x0a;
export const ALARM = 0x12;
export const HISTORY = 0x80;

/** Signals by the path of their field number, which an operator copies from the vendor's `.proto`: `{"0080": {"2.4.3": "heart_rate"}}`. */
export type FieldTable = ReadonlyMap<string, Signal>;

/** The table for one opcode in an operator's map; empty where there is none. */
export function tableOf(map: unknown, opcode: number): FieldTable {
  const key = opcode.toString(16).padStart(4, '0');
  const given = isObject(map) ? (map[key] ?? map[key.replace(/^0+/, '')]) : undefined;
  const entries = isObject(given) ? Object.entries(given).slice(0, 200) : [];
  return new Map(
    entries.flatMap(([path, signal]) =>
      typeof signal === 'string' && isSignal(signal) ? [[path, signal] as const] : [],
    ),
  );
}

/** By paths; a list of moments has the time of the nearest message that has one. */
function readTable(sink: Sink, message: Message, table: FieldTable): void {
  const observedAt = timeIn(message) ?? sink.observedAt;
  const into = at(sink, { observedAt });
  for (const field of message.fields) {
    const signal = table.get(field.path);
    const value = field.number ?? field.real;
    if (signal && field.inner)
      add(at(sink, { observedAt: timeIn(field.inner) ?? observedAt }), { signal, value: true });
    else if (signal && value !== undefined) readFields(into, { [signal]: value }, { purpose: 'person' });
    if (field.inner) readTable(into, field.inner, table);
  }
}

const numbersOf = ({ fields }: Message) =>
  fields.flatMap(({ number }) => (number === undefined ? [] : [number]));
const isPlain = ({ fields }: Message) =>
  fields.length > 0 && fields.every(({ number }) => number !== undefined);

/** Battery: a percentage and whether it charges. */
function isBattery(message: Message): boolean {
  const [level = -1, charging = 0, ...rest] = numbersOf(message);
  return (
    isPlain(message) && level > 0 && level <= 100 && (charging === 0 || charging === 1) && rest.length === 0
  );
}

/** Steps, distance and calories of the day. */
function isActivity(message: Message): boolean {
  const numbers = numbersOf(message);
  return (
    isPlain(message) &&
    numbers.length >= 3 &&
    numbers.length <= 4 &&
    numbers.every((number) => number >= 0 && number < 10_000_000)
  );
}

/** A signed number in 32 bits, which protobuf carries as an unsigned one. */
const signed = (number: number) => (number > 0x7fffffff ? number - 0x100000000 : number);

function readLive(sink: Sink, message: Message): void {
  const observedAt = message.fields.flatMap(({ inner }) =>
    inner && inner.fields.length <= 2 ? (timeIn(inner) ?? []) : [],
  )[0];
  const into = at(sink, { observedAt });
  const inner = message.fields.flatMap((field: Field) => field.inner ?? []);
  const [level, charging] = numbersOf(inner.find(isBattery) ?? { fields: [] });
  if (level !== undefined) add(into, { signal: 'battery', value: level });
  if (charging === 1) add(into, { signal: 'charging', value: true });
  const rssi = message.fields
    .flatMap(({ number }) => (number === undefined ? [] : [signed(number)]))
    .find((number) => number < 0 && number > -150);
  if (rssi !== undefined) add(into, { signal: 'rssi', value: rssi });
  const [steps] = numbersOf(inner.find(isActivity) ?? { fields: [] });
  if (steps !== undefined) add(into, { signal: 'steps', value: steps });
  readTrack(into, message);
}

/** The five latest points come each time: the last of them is where the wearer is. */
function readTrack(sink: Sink, message: Message): void {
  const points = pointsIn(message).sort((a, b) => (a.observedAt ?? 0) - (b.observedAt ?? 0));
  for (const { location, observedAt } of points) {
    const last = location === points.at(-1)?.location;
    add(at(sink, { observedAt: observedAt ?? sink.observedAt, origin: last ? 'live' : 'history' }), {
      signal: 'location',
      value: location,
    });
  }
}

function firstTime(message: Message, depth = 0): number | undefined {
  const own = timeIn(message);
  if (own !== undefined || depth > 4) return own;
  return message.fields.flatMap(({ inner }) => (inner ? (firstTime(inner, depth + 1) ?? []) : []))[0];
}

/** Reads one block into `sink`; `table` tells what the shape does not. */
export function readBlock(
  sink: Sink,
  { opcode, bytes }: { opcode: number; bytes: Uint8Array },
  table: FieldTable,
): void {
  const name = `opcode ${hex(Uint8Array.of(opcode >> 8, opcode & 0xff))}`;
  const message = parseMessage(bytes);
  if (!message) {
    sink.misunderstood = true;
    sink.reasons.push(`${name}: no protobuf message`);
    if (opcode === ALARM) add(sink, { signal: 'general_alarm', value: true, code: name });
    return;
  }
  const before = sink.readings.length;
  const into = at(sink, { origin: opcode === HISTORY ? 'history' : 'live', observedAt: firstTime(message) });
  if (table.size > 0) readTable(into, message, table);
  if (sink.readings.length > before) return;
  if (opcode === LIVE) readLive(into, message);
  else if (opcode === ALARM) {
    add(into, { signal: 'general_alarm', value: true, code: name });
    readTrack(into, message);
  }
  if (opcode !== LIVE)
    sink.reasons.push(`${name}: what its fields mean is the vendor's; enter their numbers to read them`);
}
