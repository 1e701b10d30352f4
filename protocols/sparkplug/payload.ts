/**
 * Payloads of Sparkplug B 3.0 (chapter 6.4): the protobuf message `org.eclipse.tahu.protobuf.Payload`, of which the parts are read that a host
 * application needs. Data sets, templates, files and arrays are passed over.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The datatypes that hold one value. */
export const datatypes = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
  uuid: 15,
} as const;

export interface Metric {
  /** Absent where the birth gave the metric an alias. */
  name?: string;
  alias?: number;
  /** Milliseconds since 1970. */
  timestamp?: number;
  datatype?: number;
  historical: boolean;
  isNull: boolean;
  /** The engineering unit among its properties. */
  unit?: string;
  /** As it came; `metricValue` reads it by the datatype. */
  raw?: number | bigint | boolean | string;
}

export interface Payload {
  timestamp?: number;
  seq?: number;
  metrics: Metric[];
  /** Not all of the bytes were such a payload. */
  damaged: boolean;
}

const MOST_METRICS = 5000;
const MOST_PROPERTIES = 64;
const UNIT = /^(?:eng(?:ineering)?)?[ _-]*units?$/i;

/** Reads fields until the bytes end; what was read before a fault stays. Returns whether there was none. */
function readFields(
  bytes: Uint8Array,
  read: (field: number, reader: BinaryReader, type: WireType) => boolean,
): boolean {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (!read(field, reader, type)) reader.skip(type, field);
    }
    return true;
  } catch {
    return false;
  }
}

/** A property whose name is that of a unit; the properties are two lists side by side. */
function unitIn(bytes: Uint8Array): string | undefined {
  const keys: string[] = [];
  const values: (string | undefined)[] = [];
  readFields(bytes, (field, reader) => {
    if (keys.length > MOST_PROPERTIES || values.length > MOST_PROPERTIES) return false;
    if (field === 1) keys.push(reader.string());
    else if (field === 2) values.push(textIn(reader.bytes()));
    else return false;
    return true;
  });
  const text = values[keys.findIndex((key) => UNIT.test(key))]?.trim();
  return text === undefined || text === '' ? undefined : text.slice(0, 16);
}

function textIn(bytes: Uint8Array): string | undefined {
  let text: string | undefined;
  readFields(bytes, (field, reader) => {
    if (field !== 8) return false;
    text = reader.string();
    return true;
  });
  return text;
}

/** Fields 10 to 15 are the value in the form that its datatype has on the wire. */
function rawIn(field: number, reader: BinaryReader): Metric['raw'] {
  switch (field) {
    case 10:
      return reader.uint32();
    case 11:
      return BigInt(reader.uint64());
    case 12:
      return reader.float();
    case 13:
      return reader.double();
    case 14:
      return reader.bool();
    default:
      return reader.string();
  }
}

function readMetric(bytes: Uint8Array): Metric & { sound: boolean } {
  const metric: Metric = { historical: false, isNull: false };
  const sound = readFields(bytes, (field, reader, type) => {
    if (field === 1) metric.name = reader.string();
    else if (field === 2) metric.alias = Number(reader.uint64());
    else if (field === 3) metric.timestamp = Number(reader.uint64());
    else if (field === 4) metric.datatype = reader.uint32();
    else if (field === 5) metric.historical = reader.bool();
    else if (field === 7) metric.isNull = reader.bool();
    else if (field === 9 && type === WireType.LengthDelimited) {
      const unit = unitIn(reader.bytes());
      if (unit !== undefined) metric.unit = unit;
    } else if (field >= 10 && field <= 15) {
      const raw = rawIn(field, reader);
      if (raw !== undefined) metric.raw = raw;
    } else return false;
    return true;
  });
  return { ...metric, sound };
}

/** Reads a payload as far as it can be read. */
export function decodePayload(bytes: Uint8Array): Payload {
  const payload: Payload = { metrics: [], damaged: false };
  const sound = readFields(bytes, (field, reader) => {
    if (field === 1) payload.timestamp = Number(reader.uint64());
    else if (field === 2 && payload.metrics.length < MOST_METRICS) {
      const { sound: whole, ...metric } = readMetric(reader.bytes());
      payload.metrics.push(metric);
      if (!whole) payload.damaged = true;
    } else if (field === 3) payload.seq = Number(reader.uint64());
    else return false;
    return true;
  });
  return { ...payload, damaged: payload.damaged || !sound };
}

/** The value of a metric; negative integers come as the two's complement of their width. Undefined for what is no single value. */
export function metricValue(
  { raw }: Metric,
  datatype: number | undefined,
): number | boolean | string | undefined {
  if (typeof raw === 'bigint')
    return Number(datatype === datatypes.int64 ? BigInt.asIntN(64, raw) : BigInt.asUintN(64, raw));
  if (typeof raw !== 'number') return raw;
  if (datatype === datatypes.int8) return (raw << 24) >> 24;
  if (datatype === datatypes.int16) return (raw << 16) >> 16;
  return datatype === datatypes.int32 ? raw | 0 : raw;
}

export interface Command {
  name: string;
  datatype: number;
  value: boolean | number | string;
}

function writeValue(writer: BinaryWriter, { datatype, value }: Command): void {
  if (typeof value === 'boolean') writer.tag(14, WireType.Varint).bool(value);
  else if (typeof value === 'string') writer.tag(15, WireType.LengthDelimited).string(value);
  else if (datatype === datatypes.float) writer.tag(12, WireType.Bit32).float(value);
  else if (datatype === datatypes.double) writer.tag(13, WireType.Bit64).double(value);
  else if (datatype === datatypes.int64 || datatype === datatypes.uint64)
    writer.tag(11, WireType.Varint).uint64(BigInt.asUintN(64, BigInt(Math.trunc(value))));
  else writer.tag(10, WireType.Varint).uint32(value >>> 0);
}

/** A payload with one metric, as NCMD and DCMD carry it; commands have no sequence number. `at` is left out where nobody knows the time. */
export function encodeCommand(command: Command, at: number | undefined): Uint8Array {
  const writer = new BinaryWriter();
  if (at !== undefined) writer.tag(1, WireType.Varint).uint64(at);
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(command.name);
  if (at !== undefined) writer.tag(3, WireType.Varint).uint64(at);
  writer.tag(4, WireType.Varint).uint32(command.datatype);
  writeValue(writer, command);
  return writer.join().finish();
}
