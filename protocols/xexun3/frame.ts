/**
 * The frame of Xexun's third language: `FC`, length, version, message, sequence, a zero and the IMEI, items, CRC-16/CCITT-FALSE, `CF`; big-endian.
 * The length counts from the version to the last item, which is also what the CRC covers (source: xexun API, 2026-06).
 */
import { type Cut, splitMeasured } from '../byte-frames.ts';
import { hex } from '../bytes.ts';
import { crcCcittFalse } from '../checksums.ts';

const START = 0xfc;
const END = 0xcf;
/** Start and length. */
const LEAD_BYTES = 3;
/** Version, message, sequence, identity. */
const HEAD_BYTES = 11;
/** CRC and end. */
const TAIL_BYTES = 3;
export const MAX_FRAME_BYTES = 4_096;

export interface Item {
  type: number;
  data: Uint8Array;
}

export interface Frame {
  message: number;
  sequence: number;
  imei: string;
  /** Version to identity, as an answer repeats them. */
  head: Uint8Array;
  items: Item[];
  checksum: 'right' | 'wrong' | 'missing';
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function isSound(bytes: Uint8Array): boolean {
  const length = u16(bytes, 1);
  if (bytes[0] !== START || length < HEAD_BYTES || bytes.length !== LEAD_BYTES + length + TAIL_BYTES)
    return false;
  const crcAt = LEAD_BYTES + length;
  return (
    bytes[bytes.length - 1] === END && crcCcittFalse(bytes.subarray(LEAD_BYTES, crcAt)) === u16(bytes, crcAt)
  );
}

/** The frame as it is, then with the marks that a splitter may have taken off. */
function formsOf(given: Uint8Array): Uint8Array[] {
  const bytes = given.subarray(0, MAX_FRAME_BYTES);
  const started = Uint8Array.of(START, ...bytes);
  return [bytes, started, Uint8Array.of(...bytes, END), Uint8Array.of(...started, END)];
}

/** Whether bytes are a frame by their checksum. */
export function isProven(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_FRAME_BYTES && formsOf(bytes).some(isSound);
}

export function isWellFormed(bytes: Uint8Array): boolean {
  return (
    bytes[0] === START &&
    bytes[bytes.length - 1] === END &&
    bytes.length === LEAD_BYTES + u16(bytes, 1) + TAIL_BYTES
  );
}

function readItems(bytes: Uint8Array): Item[] {
  const items: Item[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    items.push({ type: bytes[at] ?? 0, data: bytes.subarray(at + 2, end) });
    at = end;
  }
  return items;
}

/** Reads one frame, also one that was cut or whose length or checksum is wrong; undefined where there is no head. */
export function parseFrame(given: Uint8Array): Frame | undefined {
  const forms = formsOf(given);
  const sound = forms.find(isSound);
  const bytes = sound ?? (given[0] === START ? forms[0] : forms[1]) ?? given;
  if (bytes.length < LEAD_BYTES + HEAD_BYTES) return undefined;
  const end = LEAD_BYTES + u16(bytes, 1);
  const head = bytes.subarray(LEAD_BYTES, LEAD_BYTES + HEAD_BYTES);
  return {
    message: head[1] ?? 0,
    sequence: head[2] ?? 0,
    imei: hex(head.subarray(3)),
    head,
    items: readItems(bytes.subarray(LEAD_BYTES + HEAD_BYTES, Math.max(end, LEAD_BYTES + HEAD_BYTES))),
    checksum: sound ? 'right' : bytes.length < end ? 'missing' : 'wrong',
  };
}

/** Writes the answer to a frame. */
export function formatAnswer({ head }: Frame, body: Uint8Array): Uint8Array {
  const covered = Uint8Array.of(...head, ...body);
  const crc = crcCcittFalse(covered);
  const { length } = covered;
  return Uint8Array.of(START, length >> 8, length & 0xff, ...covered, crc >> 8, crc & 0xff, END);
}

export function splitFrames(buffer: Uint8Array): Cut {
  return splitMeasured(buffer, {
    headBytes: LEAD_BYTES,
    maxFrameBytes: MAX_FRAME_BYTES,
    begins: (bytes, at) => bytes[at] === START,
    sizeAt: (bytes, at) => {
      const length = u16(bytes, at + 1);
      const size = LEAD_BYTES + length + TAIL_BYTES;
      return length >= HEAD_BYTES && size <= MAX_FRAME_BYTES ? size : undefined;
    },
    isProven: isSound,
  });
}
