import { ByteReader } from '../bytes.ts';
import { sum8 } from '../checksums.ts';
import { moment } from '../time.ts';

/**
 * Packet of GB/T 26875.3-2011, chapter 6: `40 40`, serial (low byte first), version, time, source, destination, length of the data
 * unit (low byte first), command, data unit, sum of all bytes from the serial on, `23 23`.
 */

/** A data unit has at most 1024 bytes. */
const MAX_DATA = 1024;
const START = 0x40;
const END = 0x23;
/** From the serial to the command. */
const CONTROL = 25;
/** Everything around the data unit. */
const AROUND = 2 + CONTROL + 1 + 2;
export const MAX_FRAME_BYTES = MAX_DATA + AROUND;
/** The standard has no zones: clocks of panels show Chinese time. */
const ZONE_HOURS = 8;

export const commands = ['', 'control', 'send', 'confirm', 'request', 'response', 'deny'] as const;

export interface Frame {
  /** The 25 bytes from the serial to the command, as they came. */
  control: Uint8Array;
  /** Milliseconds since 1970; undefined where the clock shows no moment. */
  time: number | undefined;
  source: Uint8Array;
  command: number;
  data: Uint8Array;
  /** Whatever did not hold: a wrong length, a wrong sum. */
  faults: string[];
}

/** Six bytes: second, minute, hour, day, month, year of the century. */
export function timeOf([second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0]: Uint8Array) {
  return moment([year, month, day, hour, minute, second], ZONE_HOURS);
}

const isMark = (bytes: Uint8Array, at: number, mark: number) => bytes[at] === mark && bytes[at + 1] === mark;

function endOf(bytes: Uint8Array): number {
  return bytes.length >= 2 && isMark(bytes, bytes.length - 2, END) ? bytes.length - 2 : bytes.length;
}

/** The data unit: as long as the length says, or as there are bytes for. `bytes` begins at the serial. */
function dataOf(bytes: Uint8Array, faults: string[]): Uint8Array {
  const declared = (bytes[22] ?? 0) | ((bytes[23] ?? 0) << 8);
  const sumAt = CONTROL + declared;
  if (bytes.length > sumAt) {
    if (sum8(bytes.subarray(0, sumAt)) === bytes[sumAt]) return bytes.subarray(CONTROL, sumAt);
    const end = endOf(bytes);
    if (end === sumAt + 1 || end === bytes.length) {
      faults.push('the checksum is wrong');
      return bytes.subarray(CONTROL, sumAt);
    }
  }
  const end = endOf(bytes);
  const whole = end < bytes.length;
  faults.push(
    whole
      ? `the length says ${declared}, and there are ${Math.max(0, end - CONTROL - 1)}`
      : 'the packet was cut',
  );
  return bytes.subarray(CONTROL, Math.max(CONTROL, whole ? end - 1 : end));
}

/** Reads one packet, with its start and end marks or without; undefined where the header is not whole. */
export function parseFrame(given: Uint8Array): Frame | undefined {
  const start = startOf(given);
  const bytes = given.subarray(start);
  if (bytes.length < CONTROL) return undefined;
  const faults: string[] = [];
  const reader = new ByteReader(bytes.subarray(0, CONTROL), { littleEndian: true });
  reader.skip(4);
  const time = timeOf(reader.take(6));
  const source = reader.take(6);
  return {
    control: bytes.subarray(0, CONTROL),
    time,
    source,
    command: bytes[CONTROL - 1] ?? 0,
    data: dataOf(bytes, faults),
    faults,
  };
}

/** Where the serial stands: behind the start mark, or at once where the marks were taken off. */
function startOf(bytes: Uint8Array): number {
  const at = findStart(bytes, 0);
  if (at === 0) return 2;
  const length = (bytes[22] ?? 0) | ((bytes[23] ?? 0) << 8);
  const bare = CONTROL + length;
  const sound = bare < bytes.length && sum8(bytes.subarray(0, bare)) === bytes[bare];
  return sound || at < 0 ? 0 : at + 2;
}

function findStart(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(START, from); at >= 0; at = bytes.indexOf(START, at + 1))
    if (bytes[at + 1] === START) return at;
  return -1;
}

/** The confirmation of a packet: the same serial, version and time, source and destination exchanged, no data. */
export function confirmationOf({ control }: Frame): Uint8Array {
  const body = Buffer.from(control);
  body.set(control.subarray(16, 22), 10);
  body.set(control.subarray(10, 16), 16);
  body.writeUInt16LE(0, 22);
  body[24] = commands.indexOf('confirm');
  return Buffer.concat([Buffer.of(START, START), body, Buffer.of(sum8(body), END, END)]);
}

/** Length of the packet that begins here; 0 where none can, undefined where its header is still arriving. */
function lengthAt(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < 2 + CONTROL) return undefined;
  const data = (bytes[at + 24] ?? 0) | ((bytes[at + 25] ?? 0) << 8);
  return data > MAX_DATA ? 0 : data + AROUND;
}

function isSound(bytes: Uint8Array, at: number, length: number): boolean {
  const end = at + length;
  if (end > bytes.length || !isMark(bytes, end - 2, END)) return false;
  return sum8(bytes.subarray(at + 2, end - 3)) === bytes[end - 3];
}

/** Where the next packet begins that holds in all its parts. */
function nextSound(bytes: Uint8Array, from: number): number | undefined {
  for (let at = findStart(bytes, from); at >= 0; at = findStart(bytes, at + 1)) {
    const length = lengthAt(bytes, at);
    if (length && isSound(bytes, at, length)) return at;
  }
  return undefined;
}

type Cut = { frame: number } | 'junk' | 'wait';

/** `nextFrom` tells where the next sound packet begins. */
function cutAt(bytes: Uint8Array, at: number, nextFrom: (from: number) => number | undefined): Cut {
  const length = lengthAt(bytes, at);
  if (length === undefined) return 'wait';
  if (length > 0 && at + length <= bytes.length && isMark(bytes, at + length - 2, END))
    return { frame: length };
  const next = nextFrom(at + 2);
  if (next !== undefined && next - at <= MAX_FRAME_BYTES) return { frame: next - at };
  return length > 0 && at + length > bytes.length ? 'wait' : 'junk';
}

/** The same answer is good for every place before it, and "none" for all that follow. */
function searcher(bytes: Uint8Array): (from: number) => number | undefined {
  let asked = false;
  let found: number | undefined;
  return (from) => {
    if (!asked || (found !== undefined && found < from)) {
      found = nextSound(bytes, from);
      asked = true;
    }
    return found;
  };
}

/** Cuts a stream into packets. One whose length is wrong ends where the next sound one begins. */
export function splitFrames(buffer: Uint8Array): {
  frames: Uint8Array[];
  rest: Uint8Array;
  discarded: number;
} {
  const nextFrom = searcher(buffer);
  const frames: Uint8Array[] = [];
  let discarded = 0;
  let from = 0;
  for (let start = findStart(buffer, 0); start >= 0; start = findStart(buffer, from)) {
    discarded += start - from;
    const cut = cutAt(buffer, start, nextFrom);
    if (cut === 'wait') return { frames, rest: buffer.subarray(start), discarded };
    if (cut === 'junk') discarded += 1;
    else frames.push(buffer.subarray(start, start + cut.frame));
    from = start + (cut === 'junk' ? 1 : cut.frame);
  }
  const keep = buffer.length > from && buffer[buffer.length - 1] === START ? 1 : 0;
  return {
    frames,
    rest: buffer.subarray(buffer.length - keep),
    discarded: discarded + buffer.length - from - keep,
  };
}

/** How surely bytes are such a packet: 3 where the sum holds, 2 where it is only framed so. */
export function looksLikeFrame(given: Uint8Array): 0 | 1 | 2 | 3 {
  const frame = parseFrame(given);
  if (!frame || frame.command === 0 || frame.command >= commands.length) return 0;
  const marked = isMark(given, 0, START);
  const sound = frame.faults.length === 0;
  if (marked) return sound ? 3 : 2;
  return sound && frame.time !== undefined ? 2 : 0;
}
