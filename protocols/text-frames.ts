/** Text languages whose frames begin and end with marks: how a stream of them is cut. */
import { latin1 } from './bytes.ts';

export interface TextFrames {
  /** How a frame begins; must have the flags `gi` or `g`. */
  begins: RegExp;
  /** A beginning that is still arriving, anchored at the end of the text. */
  begun: RegExp;
  /** How a frame ends; must have the flag `g`. */
  ends: RegExp;
  maxFrameBytes: number;
  /** Where the end mark stands by a length that the frame declares; undefined where it declares none. */
  declaredEnd?(text: string, start: number): number | undefined;
}

/** What is kept of a frame that is longer than it may be: identity and alarm stand in front. */
const KEPT_OF_OVERSIZED = 1_024;

interface Place {
  index: number;
}

/** The first of something from a place on. What was found is remembered, so that a text of many beginnings is looked through once. */
export function finder<T extends Place>(
  find: (from: number) => T | undefined,
): (from: number) => T | undefined {
  let asked = Number.POSITIVE_INFINITY;
  let found: T | undefined;
  return (from) => {
    if (from >= asked && (found === undefined || from <= found.index)) return found;
    asked = from;
    found = find(from);
    return found;
  };
}

function finderOf(pattern: RegExp, text: string): (from: number) => RegExpExecArray | undefined {
  return finder((from) => {
    pattern.lastIndex = from;
    return pattern.exec(text) ?? undefined;
  });
}

interface Stream {
  rules: TextFrames;
  text: string;
  nextBegin: ReturnType<typeof finderOf>;
  nextEnd: ReturnType<typeof finderOf>;
}

/** Index after the frame that begins at `start`; undefined while it has not arrived. */
function endOf(
  { rules, text, nextBegin, nextEnd }: Stream,
  start: number,
  after: number,
): number | undefined {
  const next = nextBegin(after)?.index;
  const declared = rules.declaredEnd?.(text, start);
  const from = declared !== undefined && (next === undefined || declared <= next) ? declared : after;
  const end = nextEnd(from);
  if (end && (next === undefined || end.index <= next)) return end.index + end[0].length;
  return next;
}

/**
 * Cuts a stream into frames. What stands between two frames is counted as discarded, line ends aside; a frame that lost its end ends
 * where the next begins.
 */
export function splitText(
  rules: TextFrames,
  buffer: Uint8Array,
): { frames: Uint8Array[]; rest: Uint8Array; discarded: number } {
  const text = latin1(buffer);
  const nextBegin = finderOf(rules.begins, text);
  const stream: Stream = { rules, text, nextBegin, nextEnd: finderOf(rules.ends, text) };
  const frames: Uint8Array[] = [];
  let discarded = 0;
  let from = 0;
  const skip = (to: number) => {
    discarded += text.slice(from, to).replace(/[\r\n\0 ]/g, '').length;
    from = to;
  };
  for (;;) {
    const begin = nextBegin(from);
    if (!begin) {
      skip(from + (rules.begun.exec(text.slice(from))?.index ?? text.length - from));
      return { frames, rest: buffer.subarray(from), discarded };
    }
    skip(begin.index);
    const end = endOf(stream, from, from + begin[0].length);
    if (end === undefined && text.length - from <= rules.maxFrameBytes)
      return { frames, rest: buffer.subarray(from), discarded };
    const stop = Math.min(end ?? text.length, from + rules.maxFrameBytes);
    const kept = end === undefined ? from + KEPT_OF_OVERSIZED : stop;
    frames.push(buffer.subarray(from, kept));
    from = kept;
    skip(end ?? text.length);
  }
}

/** Text as four hex digits for each of its UTF-16 units, as bands take messages to their screen. */
export function utf16Hex(text: string): string {
  return Array.from({ length: text.length }, (_, at) =>
    text.charCodeAt(at).toString(16).padStart(4, '0'),
  ).join('');
}
