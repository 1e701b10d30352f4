/**
 * Protobuf without its schema. iWOWN gives the field numbers of its messages to customers only, so what is read here is what the shape
 * of a message tells beyond doubt; the rest is read by paths of field numbers that an operator enters.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { Location } from '../../src/model/signals.ts';
import { locationAt } from '../position.ts';

export interface Field {
  /** Field numbers from the outermost message, `2.4.1`. */
  path: string;
  /** A varint as unsigned 64 bits would not fit: what is larger than 2^53 is negative. */
  number?: number;
  /** Of 32 or 64 bits: a float, a double. */
  real?: number;
  /** A 32-bit field read as an integer. */
  fixed?: number;
  inner?: Message;
}

export interface Message {
  fields: Field[];
}

const MAX_FIELDS = 2000;
const MAX_DEPTH = 6;

interface Budget {
  left: number;
}

function fieldOf(
  reader: BinaryReader,
  type: WireType,
  { path, depth, budget }: { path: string; depth: number; budget: Budget },
): Field | undefined {
  switch (type) {
    case WireType.Varint:
      return { path, number: Number(reader.int64()) };
    case WireType.Bit32: {
      const start = reader.pos;
      const real = reader.float();
      reader.pos = start;
      return { path, real, fixed: reader.fixed32() };
    }
    case WireType.Bit64:
      return { path, real: reader.double() };
    case WireType.LengthDelimited: {
      const inner = depth < MAX_DEPTH ? parse(reader.bytes(), { path, depth: depth + 1, budget }) : undefined;
      return { path, ...(inner ? { inner } : {}) };
    }
    default:
      return undefined;
  }
}

function parse(bytes: Uint8Array, at: { path: string; depth: number; budget: Budget }): Message | undefined {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) {
      const [no, type] = reader.tag();
      at.budget.left -= 1;
      if (at.budget.left < 0) return undefined;
      const path = at.path === '' ? String(no) : `${at.path}.${no}`;
      const field = fieldOf(reader, type, { ...at, path });
      if (!field) return undefined;
      fields.push(field);
    }
    return { fields };
  } catch {
    return undefined;
  }
}

/** The fields of a message; undefined for bytes that are none. Bounded in fields and depth. */
export function parseMessage(bytes: Uint8Array): Message | undefined {
  return parse(bytes, { path: '', depth: 0, budget: { left: MAX_FIELDS } });
}

/** 2015 and 2100. */
const EARLIEST_S = 1_420_070_400;
const LATEST_S = 4_102_444_800;
/** The clock of the watch is written as if it were UTC: this is China's. */
const ZONE_S = 8 * 3600;

function secondsOf({ number, fixed }: Field): number | undefined {
  const seconds = number ?? fixed;
  return seconds !== undefined && seconds >= EARLIEST_S && seconds < LATEST_S ? seconds : undefined;
}

/** A moment stands alone in a message, which may be wrapped once more, with a time zone beside it. */
export function timeIn({ fields }: Message, depth = 0): number | undefined {
  for (const field of fields) {
    const seconds = secondsOf(field);
    if (seconds !== undefined) return (seconds - ZONE_S) * 1000;
    const small = field.inner && field.inner.fields.length <= 2 && depth < 2;
    const inner = small ? timeIn(field.inner as Message, depth + 1) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** How a point was found: 1 cells, 2 Wi-Fi, 3 satellites. */
const SOURCES: Readonly<Record<number, Location['source']>> = { 1: 'cell', 2: 'wifi', 3: 'gps' };

/** Longitude and latitude as two real numbers, side by side. */
function degreesIn({ fields }: Message): [number, number] | undefined {
  const reals = fields.flatMap(({ real }) =>
    real !== undefined && Math.abs(real) <= 180 && (real === 0 || Math.abs(real) > 1e-3) ? [real] : [],
  );
  const [longitude, latitude] = reals;
  return longitude !== undefined && latitude !== undefined && Math.abs(latitude) <= 90
    ? [longitude, latitude]
    : undefined;
}

export interface Point {
  location: Location;
  observedAt: number | undefined;
}

/** Every point of a track: a message with a time and a place, and how it was found. */
export function pointsIn(message: Message, depth = 0): Point[] {
  const inner = message.fields.flatMap((field) => field.inner ?? []);
  const degrees = [message, ...inner].map(degreesIn).find((one) => one !== undefined);
  const observedAt = timeIn(message);
  if (degrees && (observedAt !== undefined || depth > 0)) {
    const [longitude, latitude] = degrees;
    const kinds = [message, ...inner].flatMap(({ fields }) =>
      fields.flatMap(({ number }) => (number !== undefined && SOURCES[number] ? [number] : [])),
    );
    const location = locationAt(latitude, longitude, { source: SOURCES[kinds.at(-1) ?? 0] ?? 'vendor' });
    return location ? [{ location, observedAt }] : [];
  }
  return depth > 3 ? [] : inner.flatMap((one) => pointsIn(one, depth + 1)).slice(0, 64);
}
