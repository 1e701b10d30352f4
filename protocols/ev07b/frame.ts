/**
 * The frame of Eview's binary language: `AB`, flags, length of the body, CRC-16/XMODEM of the body, sequence, body; little-endian. The body is a
 * message type and items, each a length (that counts the key), a key and a value.
 */
import { type Cut, splitMeasured } from '../byte-frames.ts';
import { ByteReader, salvage } from '../bytes.ts';
import { crcXmodem } from '../checksums.ts';

const START = 0xab;
const HEAD_BYTES = 8;
const WANTS_ANSWER = 1 << 4;
/** Pendants send a kilobyte at most. */
export const MAX_FRAME_BYTES = 4_096;

export const TYPES = { data: 0x01, config: 0x02, services: 0x03, response: 0x7f } as const;

export interface Item {
  key: number;
  value: Uint8Array;
}

export interface Frame {
  wantsAnswer: boolean;
  sequence: number;
  type: number;
  items: Item[];
  checksum: 'right' | 'wrong' | 'missing';
}

interface Head {
  flags: number;
  length: number;
  crc: number;
  sequence: number;
}

function readHead(bytes: Uint8Array): Head | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const reader = new ByteReader(bytes, { littleEndian: true });
  reader.skip(1);
  return { flags: reader.u8(), length: reader.u16(), crc: reader.u16(), sequence: reader.u16() };
}

function isSound(bytes: Uint8Array): boolean {
  const head = readHead(bytes);
  if (!head || head.length === 0 || bytes.length !== HEAD_BYTES + head.length) return false;
  return crcXmodem(bytes.subarray(HEAD_BYTES)) === head.crc;
}

/** A frame whose start mark was taken off gets it back. */
function withStart(bytes: Uint8Array): Uint8Array {
  const begins = bytes[0] === START;
  if (begins && isSound(bytes)) return bytes;
  const completed = Uint8Array.of(START, ...bytes.subarray(0, MAX_FRAME_BYTES));
  return begins && !isSound(completed) ? bytes : completed;
}

/** Whether bytes are a frame by their checksum. */
export function isProven(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_FRAME_BYTES && isSound(withStart(bytes));
}

/** Whether bytes begin as a frame does and have the length that it declares. */
export function isWellFormed(bytes: Uint8Array): boolean {
  const head = bytes[0] === START ? readHead(bytes) : undefined;
  return head !== undefined && bytes.length === HEAD_BYTES + head.length;
}

function readItems(bytes: Uint8Array): Item[] {
  const items: Item[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = bytes[at] ?? 0;
    items.push({ key: bytes[at + 1] ?? 0, value: bytes.subarray(at + 2, at + 1 + Math.max(1, length)) });
    at += 1 + Math.max(1, length);
  }
  return items;
}

/** Reads one frame, also one that was cut or whose length or checksum is wrong; undefined where there is no head and type. */
export function parseFrame(given: Uint8Array): Frame | undefined {
  const bytes = withStart(given.subarray(0, MAX_FRAME_BYTES));
  const head = readHead(bytes);
  const type = bytes[HEAD_BYTES];
  if (!head || type === undefined) return undefined;
  const isCut = bytes.length < HEAD_BYTES + head.length;
  return {
    wantsAnswer: (head.flags & WANTS_ANSWER) !== 0,
    sequence: head.sequence,
    type,
    items: readItems(bytes.subarray(HEAD_BYTES + 1)),
    checksum: isSound(bytes) ? 'right' : isCut ? 'missing' : 'wrong',
  };
}

/** Writes a frame to a device; `wantsAnswer` asks it to acknowledge. */
export function formatFrame(
  { type, sequence, wantsAnswer = false }: { type: number; sequence: number; wantsAnswer?: boolean },
  items: readonly Item[],
): Uint8Array {
  const body = Uint8Array.of(type, ...items.flatMap(({ key, value }) => [value.length + 1, key, ...value]));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(START, 0);
  head.writeUInt8(wantsAnswer ? WANTS_ANSWER : 0, 1);
  head.writeUInt16LE(body.length, 2);
  head.writeUInt16LE(crcXmodem(body), 4);
  head.writeUInt16LE(sequence & 0xffff, 6);
  return Uint8Array.of(...head, ...body);
}

export function splitFrames(buffer: Uint8Array): Cut {
  return splitMeasured(buffer, {
    headBytes: 4,
    maxFrameBytes: MAX_FRAME_BYTES,
    begins: (bytes, at) => bytes[at] === START,
    sizeAt: (bytes, at) => {
      const length = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
      return length > 0 && HEAD_BYTES + length <= MAX_FRAME_BYTES ? HEAD_BYTES + length : undefined;
    },
    isProven: isSound,
  });
}

/** Reads numbers of a value as far as it goes. */
export function reading(value: Uint8Array, read: (reader: ByteReader) => void): boolean {
  return salvage(() => read(new ByteReader(value, { littleEndian: true })));
}
