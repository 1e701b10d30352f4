import { crcModbus } from '../checksums.ts';

/** Frames of Modbus over a serial line: address, function, data, CRC with the low byte first. */

/** A frame has at most 256 bytes. */
const MAX_ADU = 256;
/** What a terminal may put into one message. */
export const MAX_MESSAGE_BYTES = 1024;
const SHORTEST = 4;

export interface Frame {
  slave: number;
  /** Without the bit that marks an exception. */
  fc: number;
  /** Why a request was refused. */
  exception?: number;
  /** Between the function and the CRC. */
  data: Uint8Array;
}

function withCrc(body: Uint8Array): Uint8Array {
  const crc = crcModbus(body);
  return Buffer.concat([body, Buffer.of(crc & 0xff, crc >> 8)]);
}

const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

/** Functions 1 to 4: so many coils or registers from an address on. */
export function readRequest({
  slave,
  fc,
  addr,
  count,
}: {
  slave: number;
  fc: number;
  addr: number;
  count: number;
}) {
  return withCrc(Buffer.from([slave, fc, ...word(addr), ...word(count)]));
}

/** Functions 5 and 6: one coil or register. */
export function writeRequest({
  slave,
  fc,
  addr,
  value,
}: {
  slave: number;
  fc: number;
  addr: number;
  value: number;
}) {
  return withCrc(Buffer.from([slave, fc, ...word(addr), ...word(value)]));
}

/** Function 16 with one register. */
export function writeManyRequest({ slave, addr, value }: { slave: number; addr: number; value: number }) {
  return withCrc(Buffer.from([slave, 16, ...word(addr), 0, 1, 2, ...word(value)]));
}

const READS = new Set([1, 2, 3, 4]);

/** The lengths that the frame which begins here may have, answers first; none where nobody speaks so. */
function lengthsAt(bytes: Uint8Array, at: number): number[] {
  const fc = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  if (fc > 0x80) return READS.has(fc & 0x7f) || [5, 6, 15, 16].includes(fc & 0x7f) ? [5] : [];
  if (READS.has(fc)) return [5 + third, 8];
  if (fc === 5 || fc === 6) return [8];
  return fc === 15 || fc === 16 ? [8, 9 + (bytes[at + 6] ?? 0)] : [];
}

function isSound(bytes: Uint8Array, at: number, length: number): boolean {
  const end = at + length;
  if (length < SHORTEST || length > MAX_ADU || end > bytes.length) return false;
  return crcModbus(bytes.subarray(at, end - 2)) === ((bytes[end - 2] ?? 0) | ((bytes[end - 1] ?? 0) << 8));
}

/** Cuts bytes into frames at which the CRC holds; `rest` may become one with more bytes. */
export function splitFrames(bytes: Uint8Array): { frames: Uint8Array[]; rest: Uint8Array } {
  const frames: Uint8Array[] = [];
  let begun: number | undefined;
  let at = 0;
  while (at < bytes.length) {
    const lengths = lengthsAt(bytes, at);
    const length = lengths.find((one) => isSound(bytes, at, one));
    if (length === undefined) {
      const may = bytes.length - at < 3 || lengths.some((one) => at + one > bytes.length && one <= MAX_ADU);
      if (may) begun ??= at;
      at += 1;
    } else {
      frames.push(bytes.subarray(at, at + length));
      at += length;
      begun = undefined;
    }
  }
  return {
    frames,
    rest: bytes.subarray(begun === undefined ? bytes.length : Math.max(begun, bytes.length - MAX_ADU)),
  };
}

/** Reads one frame whose CRC holds; undefined for anything else. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  if (!lengthsAt(bytes, 0).includes(bytes.length) || !isSound(bytes, 0, bytes.length)) return undefined;
  const [slave = 0, fc = 0] = bytes;
  const data = bytes.subarray(2, -2);
  return fc > 0x80 ? { slave, fc: fc & 0x7f, exception: data[0] ?? 0, data } : { slave, fc, data };
}

/** A question as the master sends it: where the number of bytes does not make an answer of it. */
export function isReadRequest({ fc, data, exception }: Frame): boolean {
  return exception === undefined && READS.has(fc) && data.length === 4 && data[0] !== 3;
}

/** How surely bytes are such a frame: the CRC is 16 bits, and short frames hit it by chance. */
export function looksLikeFrame(bytes: Uint8Array): 0 | 1 | 2 | 3 {
  const frame = bytes.length <= MAX_ADU ? parseFrame(bytes) : undefined;
  if (!frame || frame.slave === 0 || frame.slave > 247) return 0;
  return 3;
}
