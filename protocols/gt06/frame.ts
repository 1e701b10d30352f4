/**
 * The frame of the GT06 family: `78 78` length, or `79 79` length of two bytes, then type, content, serial, CRC-ITU, `0D 0A`. The length counts
 * from the type to the CRC, the CRC covers from the length to the serial.
 */
import { type Cut, splitMeasured } from '../byte-frames.ts';
import { crcX25 } from '../checksums.ts';

/** Long frames carry text; none of the documents knows one near this. */
export const MAX_FRAME_BYTES = 4_096;

export interface Frame {
  type: number;
  content: Uint8Array;
  /** Absent where the end of the frame is. */
  serial?: number;
  /** With a length of two bytes. */
  extended: boolean;
  checksum: 'right' | 'wrong' | 'missing';
  /** Its length is what it says. */
  measured: boolean;
}

/** What stands in front of the type. */
interface Head {
  extended: boolean;
  /** Where the length begins, and the type. */
  lengthAt: number;
  bodyAt: number;
  declared: number;
}

const SHORTEST_BODY = 5;

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function endsLine(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 2] === 0x0d && bytes[end - 1] === 0x0a;
}

function markAt(bytes: Uint8Array, at: number): number {
  const mark = u16(bytes, at);
  return mark === 0x7878 || mark === 0x7979 ? mark : 0;
}

function headAt(bytes: Uint8Array, at: number): Head | undefined {
  const mark = markAt(bytes, at);
  if (mark === 0x7878) {
    return { extended: false, lengthAt: at + 2, bodyAt: at + 3, declared: bytes[at + 2] ?? 0 };
  }
  return mark === 0
    ? undefined
    : { extended: true, lengthAt: at + 2, bodyAt: at + 4, declared: u16(bytes, at + 2) };
}

/** Heads that a frame without its start mark may have: told by the length, which may have been taken off as well. */
function bareHeads(bytes: Uint8Array): Head[] {
  const sizes = endsLine(bytes, bytes.length) ? [bytes.length - 2, bytes.length] : [bytes.length];
  return sizes.flatMap((size) => [
    ...(bytes[0] === size - 1 ? [{ extended: false, lengthAt: 0, bodyAt: 1, declared: size - 1 }] : []),
    ...(u16(bytes, 0) === size - 2 ? [{ extended: true, lengthAt: 0, bodyAt: 2, declared: size - 2 }] : []),
    { extended: size > 0xff, lengthAt: -1, bodyAt: 0, declared: size },
  ]);
}

/** The CRC over length and body, also of a frame whose length was taken off. */
function checked(bytes: Uint8Array, { extended, bodyAt, declared }: Head): boolean {
  const end = bodyAt + declared;
  if (declared < SHORTEST_BODY || end > bytes.length) return false;
  const length = extended ? [declared >> 8, declared & 0xff] : [declared];
  return crcX25(Uint8Array.of(...length, ...bytes.subarray(bodyAt, end - 2))) === u16(bytes, end - 2);
}

/** The head by which the CRC is right, else the likeliest. */
function headOf(bytes: Uint8Array): Head | undefined {
  const marked = headAt(bytes, 0);
  if (marked) return marked;
  const heads = bareHeads(bytes);
  return heads.find((head) => checked(bytes, head)) ?? heads.find(({ lengthAt }) => lengthAt === 0);
}

/** Whether a frame, with or without its marks, has the right CRC. */
export function isProven(bytes: Uint8Array): boolean {
  const head = bytes.length <= MAX_FRAME_BYTES ? headOf(bytes) : undefined;
  return head !== undefined && checked(bytes, head);
}

/** Reads one frame, also one that was cut or whose length or CRC is wrong; undefined where there is no head. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const head = bytes.length <= MAX_FRAME_BYTES ? headOf(bytes) : undefined;
  const type = head ? bytes[head.bodyAt] : undefined;
  if (!head || type === undefined) return undefined;
  const { extended, bodyAt, declared } = head;
  if (checked(bytes, head)) {
    const end = bodyAt + declared;
    const content = bytes.subarray(bodyAt + 1, end - 4);
    return { type, content, serial: u16(bytes, end - 4), extended, checksum: 'right', measured: true };
  }
  const end = endsLine(bytes, bytes.length) ? bytes.length - 2 : bytes.length;
  const measured = declared >= SHORTEST_BODY && end - bodyAt === declared;
  const isWhole = end - bodyAt >= SHORTEST_BODY && (end < bytes.length || measured);
  if (!isWhole)
    return { type, content: bytes.subarray(bodyAt + 1, end), extended, checksum: 'missing', measured };
  const content = bytes.subarray(bodyAt + 1, end - 4);
  return { type, content, serial: u16(bytes, end - 4), extended, checksum: 'wrong', measured };
}

/** Writes a frame to a device. */
export function formatFrame(
  type: number,
  content: Uint8Array,
  { serial, extended = false }: { serial: number; extended?: boolean },
): Uint8Array {
  const declared = content.length + SHORTEST_BODY;
  const length = extended ? [declared >> 8, declared & 0xff] : [declared];
  const covered = Uint8Array.of(...length, type, ...content, (serial >> 8) & 0xff, serial & 0xff);
  const crc = crcX25(covered);
  const mark = extended ? 0x79 : 0x78;
  return Uint8Array.of(mark, mark, ...covered, crc >> 8, crc & 0xff, 0x0d, 0x0a);
}

/** Cuts a TCP stream into frames; `discarded` counts bytes that belong to none. */
export function splitFrames(bytes: Uint8Array): Cut {
  return splitMeasured(bytes, {
    headBytes: 4,
    maxFrameBytes: MAX_FRAME_BYTES,
    begins: (buffer, at) => couldBegin(buffer, at),
    sizeAt(buffer, at) {
      const head = headAt(buffer, at);
      return head && head.declared >= SHORTEST_BODY ? head.bodyAt - at + head.declared + 2 : undefined;
    },
    isProven: (frame) => endsLine(frame, frame.length) && isProven(frame),
  });
}

/** A mark, or the first half of one that still arrives. */
function couldBegin(bytes: Uint8Array, at: number): boolean {
  if (at === bytes.length - 1) return bytes[at] === 0x78 || bytes[at] === 0x79;
  return markAt(bytes, at) !== 0;
}
