/**
 * The Topin (ZhongXun) frame: `78 78` length, type, content, `0D 0A`; no checksum. The length is a length only in some types: in others it
 * counts networks, or nothing. So the end is told by what the type must hold.
 */
import { type Cut, splitScanned } from '../byte-frames.ts';

export const MAX_FRAME_BYTES = 1_024;

export interface Frame {
  /** The byte where other families have the length. */
  head: number;
  type: number;
  content: Uint8Array;
}

const LINE_END = 2;

function markAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x78 && bytes[at + 1] === 0x78;
}

function endsLine(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 2] === 0x0d && bytes[end - 1] === 0x0a;
}

/** Reads one frame, with or without its marks; undefined where there is no type. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const from = markAt(bytes, 0) ? 2 : 0;
  const end = endsLine(bytes, bytes.length) ? bytes.length - LINE_END : bytes.length;
  const [head, type] = bytes.subarray(from, Math.max(end, from));
  if (head === undefined || type === undefined || bytes.length > MAX_FRAME_BYTES) return undefined;
  return { head, type, content: bytes.subarray(from + 2, end) };
}

/** Writes a frame to a device; `head` is the length where nothing else is asked for. */
export function formatFrame(type: number, content: readonly number[], head = content.length + 1): Uint8Array {
  return Uint8Array.of(0x78, 0x78, head & 0xff, type, ...content, 0x0d, 0x0a);
}

/** The least that a type holds from its mark to its line end, as far as its own counts tell. */
function leastEnd(bytes: Uint8Array, at: number): number | undefined {
  const head = bytes[at + 2];
  const type = bytes[at + 3];
  if (head === undefined || type === undefined) return undefined;
  const contentAt = at + 4;
  if (type === 0x17 || type === 0x69) {
    const countAt = contentAt + 6 + 7 * head;
    const cells = bytes[countAt];
    if (cells === undefined) return undefined;
    return countAt + 1 + (cells > 0 ? 3 + 5 * cells : 0) + LINE_END;
  }
  return contentAt + LINE_END + (type === 0x01 ? 8 : Math.max(Math.min(head - 1, MAX_FRAME_BYTES), 0));
}

function isBoundary(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at];
  return next === undefined || next === 0x0d || next === 0x0a || next === 0 || markAt(bytes, at);
}

/** Index after the first line end between the two, both with it, behind which stands what is asked for. */
function lineEnd(
  bytes: Uint8Array,
  [first, last]: readonly [first: number, last: number],
  isFollowed: (bytes: Uint8Array, at: number) => boolean,
): number | undefined {
  const from = first - LINE_END;
  const range = bytes.subarray(from, last);
  const text = Buffer.from(range.buffer, range.byteOffset, range.byteLength);
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 1)) {
    const end = from + at + LINE_END;
    if (isFollowed(bytes, end)) return end;
  }
  return undefined;
}

/** The line end where the type's own counts say, or the first behind it that a mark or nothing follows. */
function endOf(bytes: Uint8Array, at: number): number | undefined {
  const least = leastEnd(bytes, at);
  if (least === undefined) return undefined;
  if (least <= bytes.length && endsLine(bytes, least)) return least;
  return lineEnd(bytes, [least + 1, at + MAX_FRAME_BYTES], isBoundary);
}

/** Where counts led nowhere: a line end that a mark follows. */
function earlyEnd(bytes: Uint8Array, at: number): number | undefined {
  return lineEnd(bytes, [at + 6, at + MAX_FRAME_BYTES - 1], markAt);
}

/** Another frame that begins inside and ends exactly by its own counts at the same place: what is in front of it is junk. */
function innerStart(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (leastEnd(bytes, start) === end) return undefined;
  for (let at = start + 2; at < end - 4; at += 1) {
    if (markAt(bytes, at) && leastEnd(bytes, at) === end) return at;
  }
  return undefined;
}

function nextMark(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (markAt(bytes, at) || (at === bytes.length - 1 && bytes[at] === 0x78)) return at;
  }
  return bytes.length;
}

function frameAt(bytes: Uint8Array, at: number): { start: number; end: number } | 'junk' | undefined {
  const end = endOf(bytes, at) ?? earlyEnd(bytes, at);
  if (end !== undefined) return { start: innerStart(bytes, at, end) ?? at, end };
  return bytes.length - at < MAX_FRAME_BYTES ? undefined : 'junk';
}

/** Cuts a TCP stream into frames; `discarded` counts bytes that belong to none. */
export function splitFrames(bytes: Uint8Array): Cut {
  return splitScanned(bytes, { nextMark, frameAt });
}
