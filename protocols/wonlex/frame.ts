/** Wonlex messages: `FC AF`, length of two bytes, JSON; as a message of a WebSocket the JSON alone, or the frame all the same. */
import { type Cut, splitMeasured } from '../byte-frames.ts';
import { readBody } from '../json-frame.ts';
import { isObject, type JsonObject } from '../sink.ts';

const HEAD_BYTES = 4;
/** Uploads of an ECG are the longest. */
export const MAX_FRAME_BYTES = 0xffff + HEAD_BYTES;
const BRACE = 0x7b;

function markAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfc && (at === bytes.length - 1 || bytes[at + 1] === 0xaf);
}

export interface Frame {
  message: JsonObject;
  /** Behind a binary head. */
  isFramed: boolean;
  reason?: string;
}

/** The JSON of a frame with or without its mark and length, or what can be saved of it; undefined where there is none. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const brace = bytes.subarray(0, HEAD_BYTES + 1).indexOf(BRACE);
  if (brace < 0) return undefined;
  const { value, reason } = readBody(bytes.subarray(brace), MAX_FRAME_BYTES);
  return isObject(value) ? { message: value, isFramed: brace > 0, ...(reason ? { reason } : {}) } : undefined;
}

/** Writes a message the way the device speaks. */
export function formatFrame(message: JsonObject, isFramed: boolean): Uint8Array {
  const json = Buffer.from(JSON.stringify(message));
  return isFramed ? Uint8Array.of(0xfc, 0xaf, json.length >> 8, json.length & 0xff, ...json) : json;
}

/** Cuts a TCP stream into frames; `discarded` counts bytes that belong to none. The mark is no text in UTF-8, so no JSON holds it. */
export function splitFrames(bytes: Uint8Array): Cut {
  return splitMeasured(bytes, {
    headBytes: HEAD_BYTES,
    maxFrameBytes: MAX_FRAME_BYTES,
    begins: markAt,
    sizeAt(buffer, at) {
      const first = buffer[at + HEAD_BYTES];
      if (!markAt(buffer, at) || (first !== undefined && first !== BRACE)) return undefined;
      return HEAD_BYTES + (((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0));
    },
    isProven: (frame) => frame[HEAD_BYTES] === BRACE && frame.at(-1) === 0x7d,
  });
}
