/** How streams of binary frames are cut: those that stand between marks, and those that declare their length. */

export interface Cut {
  frames: Uint8Array[];
  rest: Uint8Array;
  discarded: number;
}

interface Marked {
  /** Begins and ends every frame, and occurs in none. */
  mark: Uint8Array;
  maxFrameBytes: number;
  /** Whether what stands between two marks is a frame by its checksum. */
  isProven(inner: Uint8Array): boolean;
}

function indexOf(bytes: Uint8Array, mark: Uint8Array, from: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(mark, from);
}

/** How much of the end of a buffer may be the beginning of a mark. */
function begunMark(bytes: Uint8Array, mark: Uint8Array): number {
  for (let size = mark.length - 1; size > 0; size -= 1) {
    const end = bytes.subarray(Math.max(0, bytes.length - size));
    if (end.length === size && end.every((byte, at) => byte === mark[at])) return size;
  }
  return 0;
}

/**
 * Cuts a stream of frames between marks. Two frames may share one mark, and a frame that lost its first one is taken where its checksum
 * proves it, so that a stray mark costs one frame at most.
 */
export function splitMarked(buffer: Uint8Array, { mark, maxFrameBytes, isProven }: Marked): Cut {
  const frames: Uint8Array[] = [];
  let discarded = 0;
  let from = 0;
  const done = (at: number): Cut => {
    const rest = buffer.subarray(at);
    if (rest.length <= maxFrameBytes) return { frames, rest, discarded };
    const keep = begunMark(rest, mark);
    return { frames, rest: rest.subarray(rest.length - keep), discarded: discarded + rest.length - keep };
  };
  for (;;) {
    let start = indexOf(buffer, mark, from);
    if (start < 0) return done(from);
    const before = buffer.subarray(from, start);
    if (before.length > 0 && before.length <= maxFrameBytes && isProven(before)) {
      from = start + mark.length;
      frames.push(buffer.subarray(from - before.length - mark.length, from));
      continue;
    }
    discarded += before.length;
    let end = indexOf(buffer, mark, start + mark.length);
    while (end === start + mark.length) {
      start = end;
      end = indexOf(buffer, mark, start + mark.length);
    }
    if (end < 0) return done(start);
    from = end + mark.length;
    if (from - start <= maxFrameBytes) frames.push(buffer.subarray(start, from));
    else discarded += from - start;
  }
}

interface Measured {
  /** Bytes of the head up to and with the length. */
  headBytes: number;
  maxFrameBytes: number;
  begins(bytes: Uint8Array, at: number): boolean;
  /** Size of the whole frame that begins at `at`; undefined where it cannot be one. */
  sizeAt(bytes: Uint8Array, at: number): number | undefined;
  isProven(frame: Uint8Array): boolean;
}

/** Finds whole frames with the right checksum; each place is looked at once, however often it is asked about. */
class Prover {
  readonly #bytes: Uint8Array;
  readonly #rules: Measured;
  #seenTo = 0;
  #found: number | undefined;

  constructor(bytes: Uint8Array, rules: Measured) {
    this.#bytes = bytes;
    this.#rules = rules;
  }

  /** Where the first of them begins between the two; undefined where none does. */
  between(from: number, to: number): number | undefined {
    if (this.#found !== undefined && this.#found < from) this.#found = undefined;
    for (let at = Math.max(from, this.#seenTo); this.#found === undefined && at < to; at += 1) {
      this.#seenTo = at + 1;
      if (this.#isProvenAt(at)) this.#found = at;
    }
    return this.#found !== undefined && this.#found < to ? this.#found : undefined;
  }

  #isProvenAt(at: number): boolean {
    const { begins, headBytes, sizeAt, isProven } = this.#rules;
    if (!begins(this.#bytes, at) || this.#bytes.length - at < headBytes) return false;
    const end = at + (sizeAt(this.#bytes, at) ?? Number.POSITIVE_INFINITY);
    return end <= this.#bytes.length && isProven(this.#bytes.subarray(at, end));
  }
}

interface Extent {
  from: number;
  prover: Prover;
}

/** End of a frame: by its length where that is believed, else where the next one begins; undefined while it may still arrive. */
function endOf(bytes: Uint8Array, rules: Measured, { from, prover }: Extent): number | 'none' | undefined {
  const size = rules.sizeAt(bytes, from);
  if (size === undefined || size > rules.maxFrameBytes) return 'none';
  const end = from + size;
  if (prover.between(from, from + 1) === from) return end;
  const next = prover.between(from + 1, Math.min(end, bytes.length));
  if (next !== undefined) return next;
  if (end > bytes.length) return undefined;
  return end === bytes.length || rules.begins(bytes, end) ? end : 'none';
}

/** Cuts a stream of frames that declare their length. A damaged frame is handed over as far as the next sound one. */
export function splitMeasured(buffer: Uint8Array, rules: Measured): Cut {
  const frames: Uint8Array[] = [];
  const prover = new Prover(buffer, rules);
  let discarded = 0;
  let from = 0;
  while (from < buffer.length) {
    const begins = rules.begins(buffer, from);
    if (begins && buffer.length - from < rules.headBytes) break;
    const end = begins ? endOf(buffer, rules, { from, prover }) : 'none';
    if (end === undefined) break;
    if (end === 'none') {
      discarded += 1;
      from += 1;
    } else {
      frames.push(buffer.subarray(from, end));
      from = end;
    }
  }
  return { frames, rest: buffer.subarray(from), discarded };
}

interface Scanned {
  /** Where the next frame may begin, the end of the bytes where none does. */
  nextMark(bytes: Uint8Array, from: number): number;
  /**
   * The frame that begins at a mark: where it ends, and where it really begins if what stands in front is junk; `junk` where the mark begins
   * none, undefined where more must arrive.
   */
  frameAt(bytes: Uint8Array, at: number): { start?: number; end: number } | 'junk' | undefined;
}

/** Cuts a stream of frames whose end only the protocol can tell. */
export function splitScanned(buffer: Uint8Array, { nextMark, frameAt }: Scanned): Cut {
  const frames: Uint8Array[] = [];
  let discarded = 0;
  let from = 0;
  while (from < buffer.length) {
    const at = nextMark(buffer, from);
    discarded += at - from;
    from = at;
    const found = at < buffer.length ? frameAt(buffer, at) : undefined;
    if (found === undefined) break;
    const { start = at, end } = found === 'junk' ? { start: at + 1, end: at + 1 } : found;
    discarded += start - at;
    if (end > start) frames.push(buffer.subarray(start, end));
    from = end;
  }
  return { frames, rest: buffer.subarray(from), discarded };
}
