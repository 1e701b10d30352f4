/** The frames of H02 devices: text `*HQ,id,TYPE,…#`, and packed decimals behind `$` in 32 or 45 bytes, or three more for a long id. */
import { type Cut, splitScanned } from '../byte-frames.ts';
import { latin1 } from '../bytes.ts';

export const MAX_FRAME_BYTES = 1_024;

/** Where the parts of a packed record stand; a long id of eight bytes moves what follows it. */
export const PACKED = { short: 32, long: 45, idBytes: 5, longIdBytes: 8 } as const;
const LONG_ID_SHIFT = PACKED.longIdBytes - PACKED.idBytes;
const BATTERY_AT = 16;

const STAR = 0x2a;
const HASH = 0x23;
const DOLLAR = 0x24;
const CROSS = 0x58;

export function isPackedMark(byte: number | undefined): boolean {
  return byte === DOLLAR || byte === CROSS;
}

function isPair(byte: number): boolean {
  return byte >> 4 <= 9 && (byte & 15) <= 9;
}

/** Hour, minute, second, day, month, year. */
const MOST_OF_CLOCK = [23, 59, 59, 31, 12, 99];

/** Time and date as six packed decimals at a place where such a record has them. */
function hasClock(bytes: Uint8Array, at: number): boolean {
  return MOST_OF_CLOCK.every((most, i) => {
    const byte = bytes[at + i];
    return byte !== undefined && isPair(byte) && (byte >> 4) * 10 + (byte & 15) <= most;
  });
}

/** Length of the id in a packed record; undefined where neither place holds a clock. */
export function idBytesOf(record: Uint8Array): number | undefined {
  return [PACKED.idBytes, PACKED.longIdBytes].find((size) => hasClock(record, 1 + size));
}

/** Whether a text begins: `*`, two letters, a comma, or as much of it as has arrived. */
function textBegins(bytes: Uint8Array, at: number): boolean {
  return /^\*(?:$|[A-Za-z]{1,2}(?:$|,))/.test(latin1(bytes.subarray(at, at + 4)));
}

type Extent = { end: number } | 'junk' | undefined;

function textExtent(bytes: Uint8Array, at: number): Extent {
  if (!textBegins(bytes, at)) return 'junk';
  const text = bytes.subarray(at, at + MAX_FRAME_BYTES);
  const end = text.indexOf(HASH);
  const next = text.indexOf(STAR, 1);
  const follows = next > 0 && textBegins(bytes, at + next) && bytes.length - at - next >= 4;
  if (follows && (end < 0 || next < end)) return { end: at + next };
  if (end >= 0) return { end: at + end + 1 };
  return bytes.length - at >= MAX_FRAME_BYTES ? 'junk' : undefined;
}

function startsFrame(byte: number | undefined): boolean {
  return byte === undefined || byte === STAR || isPackedMark(byte) || byte === 0x0d || byte === 0x0a;
}

/**
 * A record does not tell its length. Another frame, a line end or nothing must follow; and a short one that ends what has arrived must not
 * look like the beginning of a long one, which tells a battery level and then a signal of two bytes.
 */
function packedExtent(bytes: Uint8Array, at: number): Extent {
  const record = bytes.subarray(at, at + PACKED.long + LONG_ID_SHIFT);
  const idBytes = idBytesOf(record);
  if (idBytes === undefined) return record.length > PACKED.longIdBytes + 6 ? 'junk' : undefined;
  const shift = idBytes - PACKED.idBytes;
  const short = PACKED.short + shift;
  const long = PACKED.long + shift;
  if (record.length < short) return undefined;
  if (record.length > short && startsFrame(bytes[at + short])) return { end: at + short };
  if (record.length >= long) return { end: at + (startsFrame(bytes[at + long]) ? long : short) };
  const continues = record[BATTERY_AT + shift] !== 0 && record[short - 2] === 0;
  return record.length === short && !continues ? { end: at + short } : undefined;
}

function nextMark(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === STAR || isPackedMark(bytes[at])) return at;
  }
  return bytes.length;
}

/** Cuts a stream or a datagram into frames; `discarded` counts bytes that belong to none. */
export function splitFrames(bytes: Uint8Array): Cut {
  return splitScanned(bytes, {
    nextMark,
    frameAt: (buffer, at) => (buffer[at] === STAR ? textExtent(buffer, at) : packedExtent(buffer, at)),
  });
}
