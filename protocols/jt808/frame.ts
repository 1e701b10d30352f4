/**
 * The frame of JT/T 808: mark, header, body, XOR of both, mark. In between the mark is escaped. Frames are taken with or without their marks
 * and with or without their escapes: the checksum tells which form it is.
 */

import { type Cut, splitMarked } from '../byte-frames.ts';
import { hex } from '../bytes.ts';
import { xor8 } from '../checksums.ts';

const MARK = 0x7e;
/** Some vendors mark with this byte instead, so that nothing of the standard's traffic has to be escaped twice. */
const OTHER_MARK = 0xe7;
export type Mark = typeof MARK | typeof OTHER_MARK;

/** A body has at most 1,023 bytes; header and checksum add 22, and every byte may be escaped. */
export const MAX_FRAME_BYTES = 2 * (1_023 + 22) + 2;
const SHORTEST = 13;

/** What the second byte of an escape stands for, by the first. */
const ESCAPES: Readonly<Record<Mark, ReadonlyMap<number, readonly [number, number]>>> = {
  [MARK]: new Map([[0x7d, [0x7d, 0x7e]]]),
  [OTHER_MARK]: new Map([
    [0xe6, [0xe6, 0xe7]],
    [0x3e, [0x3e, 0x3d]],
  ]),
};

/** Who speaks, and in which edition of the standard. */
export interface Terminal {
  /** Twelve digits, in the edition of 2019 twenty. */
  phone: string;
  /** Version of the protocol, in the edition of 2019. */
  version?: number;
  mark: Mark;
}

export interface Frame extends Terminal {
  id: number;
  serial: number;
  encrypted: boolean;
  part?: { total: number; index: number };
  body: Uint8Array;
  checksum: 'right' | 'wrong' | 'missing';
}

interface Header extends Omit<Frame, 'body' | 'checksum' | 'mark'> {
  bodyAt: number;
  bodyLength: number;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function readHeader(bytes: Uint8Array): Header | undefined {
  const attributes = u16(bytes, 2);
  const is2019 = (attributes & 0x4000) !== 0;
  const phoneAt = is2019 ? 5 : 4;
  const serialAt = phoneAt + (is2019 ? 10 : 6);
  const isPart = (attributes & 0x2000) !== 0;
  const bodyAt = serialAt + (isPart ? 6 : 2);
  if (bytes.length < bodyAt) return undefined;
  return {
    id: u16(bytes, 0),
    phone: hex(bytes.subarray(phoneAt, serialAt)),
    ...(is2019 ? { version: bytes[4] ?? 0 } : {}),
    serial: u16(bytes, serialAt),
    encrypted: (attributes & 0x1c00) !== 0,
    ...(isPart ? { part: { total: u16(bytes, serialAt + 2), index: u16(bytes, serialAt + 4) } } : {}),
    bodyAt,
    bodyLength: attributes & 0x3ff,
  };
}

function withoutEscapes(bytes: Uint8Array, mark: Mark): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const meaning = ESCAPES[mark].get(byte)?.[(bytes[at + 1] ?? 0) - 1];
    out.push(meaning ?? byte);
    if (meaning !== undefined) at += 1;
  }
  return Uint8Array.from(out);
}

/** The escape of every byte that needs one. */
function codesOf(mark: Mark): ReadonlyMap<number, readonly [number, number]> {
  const codes = new Map<number, readonly [number, number]>();
  for (const [first, [one, two]] of ESCAPES[mark]) codes.set(one, [first, 1]).set(two, [first, 2]);
  return codes;
}

const CODES = { [MARK]: codesOf(MARK), [OTHER_MARK]: codesOf(OTHER_MARK) };

function withEscapes(bytes: Uint8Array, mark: Mark): number[] {
  return [...bytes].flatMap((byte) => CODES[mark].get(byte) ?? [byte]);
}

/** Header, body and checksum belong together: the XOR is right and the length too. */
function isSound(plain: Uint8Array): boolean {
  const header = plain.length >= SHORTEST ? readHeader(plain) : undefined;
  return header !== undefined && header.bodyAt + header.bodyLength + 1 === plain.length && xor8(plain) === 0;
}

function isProvenBy(mark: Mark): (inner: Uint8Array) => boolean {
  return (inner) => inner.length <= MAX_FRAME_BYTES && isSound(withoutEscapes(inner, mark));
}

function markOf(bytes: Uint8Array): Mark {
  return bytes[0] === OTHER_MARK ? OTHER_MARK : MARK;
}

interface Form {
  plain: Uint8Array;
  mark: Mark;
}

/** What may stand between the marks, the likeliest first: the last byte may be the mark or a checksum that happens to equal it. */
function* formsOf(bytes: Uint8Array, mark: Mark): Generator<Form> {
  const start = bytes[0] === mark ? 1 : 0;
  const isClosed = bytes.length > start && bytes[bytes.length - 1] === mark;
  const whole = bytes.subarray(start);
  for (const inner of isClosed ? [whole.subarray(0, -1), whole] : [whole]) {
    yield { plain: withoutEscapes(inner, mark), mark };
    yield { plain: inner, mark };
  }
}

/** The form in which checksum and length are right. */
function soundForm(bytes: Uint8Array): Form | undefined {
  const likely = markOf(bytes);
  for (const mark of [likely, likely === MARK ? OTHER_MARK : MARK] as const)
    for (const form of formsOf(bytes, mark)) if (isSound(form.plain)) return form;
  return undefined;
}

/** Whether bytes are a frame by their checksum. */
export function isProven(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_FRAME_BYTES && soundForm(bytes) !== undefined;
}

/** Reads one frame, also one that was cut or whose length or checksum is wrong; undefined where there is no header. */
export function parseFrame(given: Uint8Array): Frame | undefined {
  const bytes = given.subarray(0, MAX_FRAME_BYTES);
  const [likeliest] = formsOf(bytes, markOf(bytes));
  const { plain, mark } = soundForm(bytes) ?? likeliest ?? { plain: bytes, mark: MARK };
  const header = readHeader(plain);
  if (!header) return undefined;
  const { bodyAt, bodyLength, ...facts } = header;
  const end = bodyAt + bodyLength;
  const isCut = plain.length <= end;
  const checksum = isCut ? 'missing' : xor8(plain) === 0 ? 'right' : 'wrong';
  const isLonger = plain.length > end + 1;
  const body = plain.subarray(bodyAt, isLonger ? plain.length - 1 : end);
  return { ...facts, mark, body, checksum };
}

/** Writes a frame to a terminal. */
export function formatFrame(
  to: Terminal,
  { id, serial }: { id: number; serial: number },
  body: Uint8Array,
): Uint8Array {
  const { phone, version, mark } = to;
  const attributes = body.length | (version === undefined ? 0 : 0x4000);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(attributes, 2);
  const plain = Buffer.concat([
    head,
    version === undefined ? Buffer.alloc(0) : Buffer.of(version),
    Buffer.from(phone, 'hex'),
    Buffer.of((serial >> 8) & 0xff, serial & 0xff),
    body,
  ]);
  return Uint8Array.of(mark, ...withEscapes(Uint8Array.of(...plain, xor8(plain)), mark), mark);
}

export function splitFrames(buffer: Uint8Array): Cut {
  const mark = markOf(buffer);
  return splitMarked(buffer, {
    mark: Uint8Array.of(mark),
    maxFrameBytes: MAX_FRAME_BYTES,
    isProven: isProvenBy(mark),
  });
}
