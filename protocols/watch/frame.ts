/**
 * The bracket frame of the watch family: `[` maker `*` id `*` (index `*`) length `*` content `]`.
 * The declared length is wrong on a third of real devices, so it is a hint: what counts is where the next frame begins.
 */

import { latin1 } from '../bytes.ts';
import { finder } from '../text-frames.ts';

/** Longest frame: a length of four hex digits and its header. */
export const MAX_FRAME_BYTES = 65_535 + 64;
/** What is kept of a frame that is longer than that: the position record stands in front. */
const KEPT_OF_OVERSIZED = 2_048;

export interface Frame {
  /** Two characters, or the product name of the signed variant without the signature. */
  maker: string;
  id: string;
  /** Message serial of ZJ devices, four hex digits. */
  index?: string;
  /** Content as latin1: one character is one byte. */
  content: string;
  /** Whether the closing bracket was there. */
  closed: boolean;
}

/** Two characters; in the signed variant the signature (32 hex digits) and a product name of up to sixteen. */
const MAKER = '(?:[0-9A-Za-z]{2}|[0-9a-f]{32}[0-9A-Za-z]{1,16})';
const SIGNATURE = /^[0-9a-f]{32}(?=.)/;
const HEADER = new RegExp(
  String.raw`\[?(${MAKER})\*([0-9A-Za-z_-]{1,32})\*(?:([0-9A-Fa-f]{4})\*(?=[0-9A-Fa-f]{4}\*))?(?:([0-9A-Za-z]{0,8})\*)?`,
  'y',
);
/** A header that is still arriving. */
const HEADER_BEGUN = new RegExp(
  String.raw`\[(?:[0-9A-Za-z]|[0-9a-f]{3,32}|${MAKER}(?:\*[0-9A-Za-z_-]{0,32})?)?$`,
  'y',
);
const HEADER_LIKE = new RegExp(String.raw`\[${MAKER}\*`, 'y');
const WHOLE_HEADER = new RegExp(String.raw`\[${MAKER}\*[0-9]{5,20}\*[0-9A-Fa-f]{4}\*`, 'y');
/** After a closing bracket: nothing, a line end, or another frame, as far as it has arrived. */
const BOUNDARY =
  /(?:[\r\n\0]*$|[\r\n\0]|\[(?:$|[0-9A-Za-z](?:$|[0-9A-Za-z](?:$|\*|[0-9a-f]{1,30}$|[0-9a-f]{30}))))/y;
/** A last field that is no piece of a Wi-Fi name. */
const NUMERIC = /^[-+.0-9 ]*$/;
/** Commands whose content may hold a bracket that ends nothing: names of networks, and voice or pictures of firmware that does not escape. */
const BRACKETS_INSIDE = /^(?:UD|AL|WT|CR|TK|JXTK|IMG|WIFIINFOUP)/i;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A stream as far as it has arrived, and where in it frames begin and end. */
interface Stream {
  text: string;
  /** Where another frame begins: after a closing bracket its first bytes are enough, else it takes a whole header. */
  nextHeader(from: number): { index: number } | undefined;
  nextClose(from: number): { index: number } | undefined;
}

function streamOf(text: string): Stream {
  return {
    text,
    nextHeader: finder((from) => {
      for (let at = text.indexOf('[', from); at >= 0; at = text.indexOf('[', at + 1))
        if (matchAt(text[at - 1] === ']' ? HEADER_LIKE : WHOLE_HEADER, text, at)) return { index: at };
      return undefined;
    }),
    nextClose: finder((from) => {
      const index = text.indexOf(']', from);
      return index < 0 ? undefined : { index };
    }),
  };
}

/**
 * Reads one frame, also one whose end or length is damaged, or whose brackets a splitter took off; undefined where there is no header. A
 * frame is whole where its bracket is there, where both are gone, and where its length says so.
 */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  const text = latin1(bytes).trim();
  const [whole, maker, id, index, length = ''] = matchAt(HEADER, text, 0) ?? [];
  if (whole === undefined || maker === undefined || id === undefined) return undefined;
  const ended = text.endsWith(']');
  const content = text.slice(whole.length, ended ? -1 : undefined);
  const closed = ended || !text.startsWith('[') || Number.parseInt(length, 16) === content.length;
  return {
    maker: maker.replace(SIGNATURE, ''),
    id,
    ...(index === undefined ? {} : { index }),
    content,
    closed,
  };
}

/** How surely bytes are of this family, by their header. */
export function looksLikeFrame(bytes: Uint8Array): 0 | 2 {
  const text = latin1(bytes.subarray(0, 120)).trimStart();
  const [whole, , id = '', , length = ''] = matchAt(HEADER, text, 0) ?? [];
  return whole !== undefined && id.length >= 5 && (text.startsWith('[') || /^[0-9A-Fa-f]{4}$/.test(length))
    ? 2
    : 0;
}

/** Writes a frame to a device; content is ASCII. The length counts bytes, in lower case as devices expect it. */
export function formatFrame(to: { maker: string; id: string; index?: string }, content: string): Uint8Array {
  const length = content.length.toString(16).padStart(4, '0');
  const index = to.index === undefined ? '' : `${to.index}*`;
  return Buffer.from(`[${to.maker}*${to.id}*${index}${length}*${content}]`, 'latin1');
}

const ESCAPED = '}[],*';

/** Undoes the escapes of binary content: `7D 01` to `7D 05` stand for the five bytes that structure a frame. */
export function unescapeContent(content: string): string {
  return content.replace(/\}([^ -~])/g, (pair, code: string) => ESCAPED[code.charCodeAt(0) - 1] ?? pair);
}

interface Extent {
  /** Index after the last byte of the frame. */
  end: number;
}

/** Whether the content before a bracket reads as if it ended there. */
function looksEnded(text: string, start: number, bracket: number): boolean {
  const comma = text.lastIndexOf(',', bracket - 1);
  if (comma < start) return /^\w+$/.test(text.slice(start, bracket));
  return NUMERIC.test(text.slice(comma + 1, bracket));
}

/** The declared end has not arrived, and no other frame either: is the last bracket the end all the same? */
function endedEarly(text: string, start: number): Extent | undefined {
  const bracket = text.trimEnd().length - 1;
  if (bracket < start || text[bracket] !== ']') return undefined;
  const bracketsInside = BRACKETS_INSIDE.test(text.slice(start, start + 12));
  return bracketsInside && !looksEnded(text, start, bracket) ? undefined : { end: bracket + 1 };
}

/** The declared length does not lead to a bracket: look for one that ends a frame. */
function scanForEnd(text: string, start: number, next: number | undefined): Extent | undefined {
  const limit = next ?? text.length;
  if (next !== undefined && text[next - 1] === ']' && next > start) return { end: next };
  let last = -1;
  for (let at = text.indexOf(']', start); at >= 0 && at < limit; at = text.indexOf(']', at + 1)) {
    if (matchAt(BOUNDARY, text, at + 1) || looksEnded(text, start, at)) return { end: at + 1 };
    last = at;
  }
  if (next === undefined) return undefined;
  return { end: last >= 0 ? last + 1 : next };
}

function findEnd({ text, nextHeader }: Stream, start: number, declared: number): Extent | undefined {
  const next = nextHeader(start)?.index;
  const at = start + declared;
  if (at < (next ?? text.length) && text[at] === ']') return { end: at + 1 };
  if (next === undefined && at >= text.length) return endedEarly(text, start);
  return scanForEnd(text, start, next);
}

/** Extent of the frame or the broken frame at `from`; `junk` where no frame begins, undefined where more must arrive. */
function frameAt(stream: Stream, from: number): Extent | 'junk' | undefined {
  const { text } = stream;
  const header = matchAt(HEADER, text, from);
  if (header) {
    const declared = /^[0-9A-Fa-f]{1,4}$/.test(header[4] ?? '') ? Number.parseInt(header[4] ?? '', 16) : -1;
    return findEnd(stream, from + header[0].length, declared);
  }
  if (matchAt(HEADER_BEGUN, text, from)) return undefined;
  return matchAt(HEADER_LIKE, text, from) ? brokenAt(stream, from) : 'junk';
}

/** A frame with a damaged header: kept whole, so that it is recorded with what is wrong about it. */
function brokenAt({ text, nextHeader, nextClose }: Stream, from: number): Extent | 'junk' | undefined {
  const next = nextHeader(from + 1)?.index;
  const close = nextClose(from)?.index;
  if (close !== undefined && close < (next ?? text.length)) return { end: close + 1 };
  return next === undefined && text.length - from < KEPT_OF_OVERSIZED ? undefined : 'junk';
}

function countJunk(text: string): number {
  return text.replace(/[\r\n\0]/g, '').length;
}

/**
 * Cuts a TCP stream into frames. `rest` is what may become a frame with more bytes; when the connection ends it is worth
 * decoding as it is. `discarded` counts bytes that belong to no frame, line ends aside.
 */
export function splitFrames(buffer: Uint8Array): {
  frames: Uint8Array[];
  rest: Uint8Array;
  discarded: number;
} {
  const text = latin1(buffer);
  const stream = streamOf(text);
  const frames: Uint8Array[] = [];
  let discarded = 0;
  let from = 0;
  for (;;) {
    const open = text.indexOf('[', from);
    discarded += countJunk(text.slice(from, open < 0 ? undefined : open));
    from = open < 0 ? text.length : open;
    const found = open < 0 ? undefined : frameAt(stream, from);
    if (found === undefined) break;
    if (found === 'junk') {
      discarded += 1;
      from += 1;
    } else {
      frames.push(buffer.subarray(from, found.end));
      from = found.end;
    }
  }
  if (text.length - from <= MAX_FRAME_BYTES) return { frames, rest: buffer.subarray(from), discarded };
  frames.push(buffer.subarray(from, from + KEPT_OF_OVERSIZED));
  discarded += text.length - from - KEPT_OF_OVERSIZED;
  return { frames, rest: buffer.subarray(text.length), discarded };
}
