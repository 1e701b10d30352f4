import { hex } from '../bytes.ts';
import { sum8 } from '../checksums.ts';

/**
 * Frame of DL/T 645 (1997 and 2007): `68`, six bytes of address with the lowest first, `68`, control, length, data of which each byte is sent
 * 33H higher, sum from the first 68 on, `16`. `FE` may stand before it.
 */

const START = 0x68;
const END = 0x16;
const PREAMBLE = 0xfe;
/** The address and the second start mark. */
const HEAD = 8;
/** Head, control, length, sum and end. */
const AROUND = HEAD + 4;
/** The length is one byte; the standard allows 200. */
export const MAX_FRAME_BYTES = AROUND + 255 + 4;
const SHIFT = 0x33;

export interface Frame {
  /** Twelve digits as they stand on the meter; `A` is a wildcard. */
  address: string;
  control: number;
  /** As meant, not as sent. */
  data: Uint8Array;
  faults: string[];
}

const shifted = (data: Uint8Array, by: number) => Uint8Array.from(data, (byte) => byte + by);

function addressOf(bytes: Uint8Array): string {
  return hex(Uint8Array.from(bytes).reverse()).toUpperCase();
}

/** Where the second 68 stands at its place behind a first one; the preamble is skipped. */
function findStart(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(START, from); at >= 0; at = bytes.indexOf(START, at + 1))
    if (bytes[at + 7] === START) return at;
  return -1;
}

/** What the sum shows of the data: sent as it should be, with the 33H taken off by somebody on the way, or wrong. */
function sumShows(head: Uint8Array, data: Uint8Array, sum: number | undefined): 'sent' | 'plain' | 'wrong' {
  const all = (sum8(head) + sum8(data)) & 0xff;
  if (all === sum) return 'sent';
  return ((all + SHIFT * data.length) & 0xff) === sum && data.length > 0 ? 'plain' : 'wrong';
}

/** `bytes` begins at the first 68. */
function readAt(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < HEAD + 1) return undefined;
  const length = bytes[HEAD + 1] ?? 0;
  const end = HEAD + 2 + length;
  const sent = bytes.subarray(HEAD + 2, Math.min(end, bytes.length));
  const shows = sumShows(bytes.subarray(0, HEAD + 2), sent, bytes[end]);
  const faults: string[] = [];
  if (bytes.length < end) faults.push(`the frame was cut: ${sent.length} of ${length} bytes of data`);
  else if (end < bytes.length && shows === 'wrong') faults.push('the checksum is wrong');
  return {
    address: addressOf(bytes.subarray(1, 7)),
    control: bytes[HEAD] ?? 0,
    data: shows === 'plain' ? sent : shifted(sent, -SHIFT),
    faults,
  };
}

/** Reads one frame, with its start and end marks or without; undefined where there is none. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const start = findStart(bytes, 0);
  if (start >= 0) return readAt(bytes.subarray(start));
  const bare = bytes[6] === START && bytes.length > HEAD;
  return bare ? readAt(Buffer.concat([Buffer.of(START), bytes])) : undefined;
}

/** Writes a frame to a meter; `A` in the address stands for any digit. */
export function formatFrame({
  address,
  control,
  data,
}: Pick<Frame, 'address' | 'control' | 'data'>): Uint8Array {
  const digits = Buffer.from(address, 'hex').reverse();
  const body = Buffer.concat([
    Buffer.of(START),
    digits,
    Buffer.of(START, control, data.length),
    shifted(data, SHIFT),
  ]);
  return Buffer.concat([Buffer.of(PREAMBLE, PREAMBLE, PREAMBLE, PREAMBLE), body, Buffer.of(sum8(body), END)]);
}

/** Cuts bytes into frames; `rest` is a frame that is not complete. What stands between frames belongs to none. */
export function splitFrames(bytes: Uint8Array): { frames: Uint8Array[]; rest: Uint8Array } {
  const frames: Uint8Array[] = [];
  let begun: number | undefined;
  let last = 0;
  for (let at = findStart(bytes, 0), from = 0; at >= 0; at = findStart(bytes, from)) {
    const end = at + AROUND + (bytes[at + HEAD + 1] ?? 0);
    from = at + 1;
    if (bytes[end - 1] === END) {
      frames.push(bytes.subarray(at, end));
      begun = undefined;
      from = end;
      last = end;
    } else if (end > bytes.length) begun ??= at;
  }
  const first = bytes.indexOf(START, Math.max(last, bytes.length - HEAD + 1));
  return { frames, rest: bytes.subarray(begun ?? (first < 0 ? bytes.length : first)) };
}

/** How surely bytes are such a frame: 3 where the sum holds. */
export function looksLikeFrame(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  const start = findStart(bytes.subarray(0, 64), 0);
  if (start < 0) return 0;
  const length = bytes[start + HEAD + 1] ?? 0;
  const end = start + HEAD + 2 + length;
  if (end >= bytes.length) return start === 0 ? 1 : 0;
  const sound = sum8(bytes.subarray(start, end)) === bytes[end] && bytes[end + 1] === END;
  return sound ? 3 : bytes[end + 1] === END ? 2 : 1;
}
