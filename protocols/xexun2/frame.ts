/**
 * The frame of Xexun's second language: `FAAF`, message, serial, IMEI, length and checksum of the body, body, `FAAF`; big-endian. In between
 * `FAAF` and `FBBF` are escaped (source: XEXUN Devices and Server Data Protocol, 2021).
 */
import { type Cut, splitMarked } from '../byte-frames.ts';
import { hex } from '../bytes.ts';
import { sum16 } from '../checksums.ts';

const MARK = Uint8Array.of(0xfa, 0xaf);
const ESCAPE = [0xfb, 0xbf] as const;
const HEAD_BYTES = 16;
const LENGTH_MASK = 0x3ff;
/** A body has at most 1,023 bytes, and a pair in two may be escaped. */
export const MAX_FRAME_BYTES = 2 * (LENGTH_MASK + HEAD_BYTES) + 4;

export interface Frame {
  id: number;
  serial: number;
  /** As sent: fifteen digits of the IMEI and a zero. */
  imei: string;
  body: Uint8Array;
  checksum: 'right' | 'wrong' | 'missing';
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function withoutEscapes(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at] === ESCAPE[0] && bytes[at + 1] === ESCAPE[1] ? bytes[at + 2] : undefined;
    if (code === 1) out.push(...ESCAPE);
    else if (code === 2) out.push(...MARK);
    else out.push(bytes[at] ?? 0);
    at += code === 1 || code === 2 ? 3 : 1;
  }
  return Uint8Array.from(out);
}

function withEscapes(bytes: Uint8Array): number[] {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const pair = u16(bytes, at);
    const code = at + 1 >= bytes.length ? 0 : pair === 0xfbbf ? 1 : pair === 0xfaaf ? 2 : 0;
    if (code > 0) out.push(...ESCAPE, code);
    else out.push(bytes[at] ?? 0);
    at += code > 0 ? 2 : 1;
  }
  return out;
}

/** The complement of the sum of all bytes. */
function checksumOf(body: Uint8Array): number {
  return ~sum16(body) & 0xffff;
}

function isSound(plain: Uint8Array): boolean {
  if (plain.length < HEAD_BYTES) return false;
  const body = plain.subarray(HEAD_BYTES);
  return (u16(plain, 12) & LENGTH_MASK) === body.length && u16(plain, 14) === checksumOf(body);
}

function isMark(bytes: Uint8Array, at: number): boolean {
  return at >= 0 && bytes[at] === MARK[0] && bytes[at + 1] === MARK[1];
}

/** What may stand between the marks, with and without escapes. */
function formsOf(bytes: Uint8Array): Uint8Array[] {
  const start = isMark(bytes, 0) ? 2 : 0;
  const end = isMark(bytes, bytes.length - 2) && bytes.length >= start + 2 ? bytes.length - 2 : bytes.length;
  const inner = bytes.subarray(start, end);
  return [withoutEscapes(inner), inner];
}

/** Whether bytes are a frame by their checksum. */
export function isProven(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_FRAME_BYTES && formsOf(bytes).some(isSound);
}

export function isMarked(bytes: Uint8Array): boolean {
  return isMark(bytes, 0) && bytes.length >= HEAD_BYTES;
}

/** Reads one frame, also one that was cut or whose length or checksum is wrong; undefined where there is no head. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const forms = formsOf(bytes.subarray(0, MAX_FRAME_BYTES));
  const plain = forms.find(isSound) ?? forms[0] ?? bytes;
  if (plain.length < HEAD_BYTES) return undefined;
  const length = u16(plain, 12) & LENGTH_MASK;
  const body = plain.subarray(HEAD_BYTES);
  return {
    id: u16(plain, 0),
    serial: u16(plain, 2),
    imei: hex(plain.subarray(4, 12)),
    body,
    checksum: isSound(plain) ? 'right' : body.length < length ? 'missing' : 'wrong',
  };
}

/** Writes a frame to a device. */
export function formatFrame(
  { id, serial, imei }: Pick<Frame, 'id' | 'serial' | 'imei'>,
  body: Uint8Array,
): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(serial & 0xffff, 2);
  head.write(imei, 4, 8, 'hex');
  head.writeUInt16BE(body.length, 12);
  head.writeUInt16BE(checksumOf(body), 14);
  return Uint8Array.of(...MARK, ...withEscapes(Uint8Array.of(...head, ...body)), ...MARK);
}

export function splitFrames(buffer: Uint8Array): Cut {
  return splitMarked(buffer, {
    mark: MARK,
    maxFrameBytes: MAX_FRAME_BYTES,
    isProven: (inner) => isSound(withoutEscapes(inner)),
  });
}
