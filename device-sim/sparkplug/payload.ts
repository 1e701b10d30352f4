/** Payloads of Sparkplug B as an edge node writes them, and the one command that it reads: protobuf by hand, no more than is needed. */

export type Value = number | boolean | string | null;

/** Numbers of the datatypes in the specification. */
export const datatypes = {
  int32: 3,
  int64: 4,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
} as const;
export type Datatype = (typeof datatypes)[keyof typeof datatypes];

export interface Metric {
  /** Left out in data, where the alias stands for it. */
  name?: string;
  alias?: number;
  timestamp: number;
  datatype?: Datatype;
  value: Value;
  unit?: string;
  historical?: boolean;
}

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

const WIRE = { varint: 0, bits64: 1, bytes: 2, bits32: 5 } as const;

const tag = (field: number, type: number) => varint((field << 3) | type);
const number = (field: number, value: number | bigint) => [...tag(field, WIRE.varint), ...varint(value)];
const bytes = (field: number, content: Iterable<number>) => {
  const list = [...content];
  return [...tag(field, WIRE.bytes), ...varint(list.length), ...list];
};
const text = (field: number, value: string) => bytes(field, Buffer.from(value));

function float(field: number, value: number): number[] {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return [...tag(field, WIRE.bits32), ...buffer];
}

function double(field: number, value: number): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...tag(field, WIRE.bits64), ...buffer];
}

/** Negative whole numbers are the two's complement of their width. */
function encodedValue(value: Value, datatype: Datatype): number[] {
  if (value === null) return number(7, 1);
  if (typeof value === 'boolean') return number(14, value ? 1 : 0);
  if (typeof value === 'string') return text(15, value);
  if (datatype === datatypes.float) return float(12, value);
  if (datatype === datatypes.double) return double(13, value);
  if (datatype === datatypes.int64 || datatype === datatypes.uint64) return number(11, BigInt(value));
  return number(10, value >>> 0);
}

/** A property set with the one property that tells the engineering unit. */
const unitOf = (unit: string) =>
  bytes(9, [...text(1, 'engUnit'), ...bytes(2, [...number(1, 12), ...text(8, unit)])]);

function metricOf({ name, alias, timestamp, datatype, value, unit, historical }: Metric): number[] {
  return [
    ...(name === undefined ? [] : text(1, name)),
    ...(alias === undefined ? [] : number(2, alias)),
    ...number(3, timestamp),
    ...(datatype === undefined ? [] : number(4, datatype)),
    ...(historical ? number(5, 1) : []),
    ...(unit === undefined ? [] : unitOf(unit)),
    ...encodedValue(value, datatype ?? guess(value)),
  ];
}

const guess = (value: Value): Datatype => (typeof value === 'number' ? datatypes.double : datatypes.boolean);

/** `seq` is absent in a last will. */
export function encodePayload({
  timestamp,
  seq,
  metrics,
}: {
  timestamp?: number;
  seq?: number;
  metrics: readonly Metric[];
}): Buffer {
  return Buffer.from([
    ...(timestamp === undefined ? [] : number(1, timestamp)),
    ...metrics.flatMap((metric) => bytes(2, metricOf(metric))),
    ...(seq === undefined ? [] : number(3, seq)),
  ]);
}

interface Field {
  field: number;
  content: Buffer;
  value: number;
}

/** The fields of a message, as far as it goes. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const next = () => {
    let value = 0;
    for (let shift = 1; at < message.length; shift *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const key = next();
    const type = key & 7;
    const value = type === WIRE.varint ? next() : 0;
    const length = type === WIRE.bytes ? next() : ({ [WIRE.bits64]: 8, [WIRE.bits32]: 4 }[type] ?? 0);
    fields.push({ field: key >> 3, content: message.subarray(at, at + length), value });
    at += length;
  }
  return fields;
}

/** The metrics of a command by name, as far as they are yes or no or a whole number. */
export function decodeCommand(payload: Buffer): { name: string; on: boolean }[] {
  return fieldsOf(payload)
    .filter(({ field }) => field === 2)
    .map(({ content }) => {
      const metric = fieldsOf(content);
      const name = metric.find(({ field }) => field === 1)?.content.toString() ?? '';
      const on = metric.some(({ field, value }) => (field === 14 || field === 10) && value !== 0);
      return { name, on };
    });
}
