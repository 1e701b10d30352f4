/**
 * Eelink packages: `67 67` type, length of two bytes, sequence, content. In a datagram one or several follow `EL`, length, checksum and
 * IMEI. Source: the vendor's device protocol 2.0.
 */
import { type Cut, splitScanned } from '../byte-frames.ts';
import { ByteReader, packedImei, salvage } from '../bytes.ts';

export const MAX_FRAME_BYTES = 4_096;
const MARK = 0x6767;
const DATAGRAM_MARK = 0x454c;
const PACKAGE_HEAD = 5;
const DATAGRAM_HEAD = 14;
const MAX_PACKAGES = 256;

export interface Package {
  type: number;
  sequence?: number;
  content: Uint8Array;
}

export interface Frame {
  packages: Package[];
  /** From the head of a datagram. */
  id?: string;
  isDatagram: boolean;
  reason?: string;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** The checksum of a datagram, from the IMEI to the end: turned left by a bit before each byte is added. */
function rotatingSum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = ((((sum << 1) | (sum >>> 15)) & 0xffff) + byte) & 0xffff;
  return sum;
}

function isDatagram(bytes: Uint8Array): boolean {
  return u16(bytes, 0) === DATAGRAM_MARK;
}

/** Whether a datagram is whole and its checksum right. */
export function isProven(bytes: Uint8Array): boolean {
  const end = 4 + u16(bytes, 2);
  return (
    isDatagram(bytes) &&
    end >= DATAGRAM_HEAD &&
    end <= Math.min(bytes.length, MAX_FRAME_BYTES) &&
    rotatingSum(bytes.subarray(6, end)) === u16(bytes, 4)
  );
}

/** A datagram whose mark was taken off. */
function isBareDatagram(bytes: Uint8Array): boolean {
  const fits = u16(bytes, 0) === bytes.length - 2 && bytes.length <= MAX_FRAME_BYTES;
  return fits && isProven(Uint8Array.of(DATAGRAM_MARK >> 8, DATAGRAM_MARK & 0xff, ...bytes));
}

/** Types that devices send, and the two of the server that they answer. */
export function isKnownType(type: number | undefined): boolean {
  return (
    type !== undefined && ((type >= 0x01 && type <= 0x1f) || type === 0x80 || type === 0x81 || type === 0x91)
  );
}

function readPackage(reader: ByteReader, { marked }: { marked: boolean }): Package {
  if (marked) reader.skip(2);
  const type = reader.u8();
  const size = reader.u16();
  const body = reader.take(Math.min(size, reader.left));
  if (body.length < 2) return { type, content: body };
  return { type, sequence: u16(body, 0), content: body.subarray(2) };
}

/** Package after package; where a length led astray, from the next mark on. */
function readPackages(bytes: Uint8Array): { packages: Package[]; rest: number } {
  const packages: Package[] = [];
  let lost = 0;
  let at = 0;
  while (packages.length < MAX_PACKAGES && bytes.length - at >= PACKAGE_HEAD) {
    const start = startOf(bytes, at);
    lost += start - at;
    at = start;
    const reader = new ByteReader(bytes.subarray(at));
    if (reader.left < PACKAGE_HEAD) break;
    packages.push(readPackage(reader, { marked: true }));
    at = bytes.length - reader.left;
  }
  return { packages, rest: lost + bytes.length - at };
}

function startOf(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 2 < bytes.length; at += 1) {
    if (u16(bytes, at) === MARK && isKnownType(bytes[at + 2])) return at;
  }
  return bytes.length;
}

/** A package, a datagram of packages, or either without its mark; cut ones as far as they go. Undefined where there is none. */
export function parseFrame(given: Uint8Array): Frame | undefined {
  const bytes = given.subarray(0, MAX_FRAME_BYTES);
  const datagram = isBareDatagram(bytes)
    ? Uint8Array.of(DATAGRAM_MARK >> 8, DATAGRAM_MARK & 0xff, ...bytes)
    : isDatagram(bytes)
      ? bytes
      : undefined;
  if (datagram) {
    const id = packedImei(datagram.subarray(6, DATAGRAM_HEAD));
    const { packages, rest } = readPackages(datagram.subarray(DATAGRAM_HEAD));
    const reasons = [
      ...(isProven(datagram) ? [] : ['the checksum is wrong']),
      ...(rest > 0 ? [`${rest} bytes left over`] : []),
    ];
    return {
      packages,
      ...(id === undefined ? {} : { id }),
      isDatagram: true,
      ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    };
  }
  if (u16(bytes, 0) === MARK) return { packages: readPackages(bytes).packages, isDatagram: false };
  return isKnownType(bytes[0]) && u16(bytes, 1) === bytes.length - 3 ? bareFrame(bytes) : undefined;
}

function bareFrame(bytes: Uint8Array): Frame | undefined {
  const packages: Package[] = [];
  salvage(() => packages.push(readPackage(new ByteReader(bytes), { marked: false })));
  return { packages, isDatagram: false };
}

/** Writes a package to a device. */
export function formatPackage(
  type: number,
  sequence: number,
  content: Uint8Array = new Uint8Array(),
): Uint8Array {
  const size = content.length + 2;
  return Uint8Array.of(0x67, 0x67, type, size >> 8, size & 0xff, sequence >> 8, sequence & 0xff, ...content);
}

/** Puts packages behind the head of a datagram. */
export function formatDatagram(id: string, packages: readonly Uint8Array[]): Uint8Array {
  const covered = Buffer.concat([Buffer.from(id.padStart(16, '0'), 'hex'), ...packages]);
  const size = covered.length + 2;
  const sum = rotatingSum(covered);
  return Uint8Array.of(0x45, 0x4c, size >> 8, size & 0xff, sum >> 8, sum & 0xff, ...covered);
}

/** Where the frame at `at` ends; undefined where too little of it has arrived to tell. */
function endOf(bytes: Uint8Array, at: number): number | 'junk' | undefined {
  const mark = u16(bytes, at);
  if (mark === DATAGRAM_MARK) {
    if (bytes.length - at < 4) return undefined;
    const size = u16(bytes, at + 2);
    return size < 10 || size > MAX_FRAME_BYTES - 4 ? 'junk' : at + 4 + size;
  }
  if (bytes.length - at >= 3 && !isKnownType(bytes[at + 2])) return 'junk';
  if (bytes.length - at < PACKAGE_HEAD) return undefined;
  const size = u16(bytes, at + 3);
  return size < 2 || size > MAX_FRAME_BYTES - PACKAGE_HEAD ? 'junk' : at + PACKAGE_HEAD + size;
}

function markAt(bytes: Uint8Array, at: number): boolean {
  const mark = u16(bytes, at);
  return at + 1 < bytes.length && (mark === MARK || mark === DATAGRAM_MARK);
}

/** Whether a frame that ends here may: another begins, a line ends, or nothing follows. */
function isBoundary(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at];
  return next === undefined || next === 0x67 || next === 0x45 || next === 0x0d || next === 0x0a || next === 0;
}

/** A later frame that is whole and ends where one may, inside what an untrue length claims. */
function wholeBehind(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at < bytes.length; at += 1) {
    if (!markAt(bytes, at)) continue;
    const end = endOf(bytes, at);
    if (typeof end === 'number' && end <= bytes.length && isBoundary(bytes, end)) return at;
  }
  return undefined;
}

function nextMark(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const last = at === bytes.length - 1 && (bytes[at] === 0x67 || bytes[at] === 0x45);
    if (last || markAt(bytes, at)) return at;
  }
  return bytes.length;
}

/** Behind a length that is untrue another frame may stand whole; packages inside a datagram that still arrives are its own. */
function frameAt(bytes: Uint8Array, at: number): { start?: number; end: number } | 'junk' | undefined {
  const end = at + 1 < bytes.length ? endOf(bytes, at) : undefined;
  if (end === undefined || end === 'junk') return end;
  if (end <= bytes.length) return { end };
  const behind = u16(bytes, at) === DATAGRAM_MARK ? undefined : wholeBehind(bytes, at + 2);
  return behind === undefined ? undefined : { start: behind, end: behind };
}

/** Cuts a stream or a datagram into frames; `discarded` counts bytes that belong to none. */
export function splitFrames(bytes: Uint8Array): Cut {
  if (isBareDatagram(bytes)) return { frames: [bytes], rest: bytes.subarray(bytes.length), discarded: 0 };
  return splitScanned(bytes, { nextMark, frameAt });
}
