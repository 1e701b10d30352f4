/** Thrown by a reader that is asked for more than there is; `salvage` catches it. */
class CutShort extends Error {}

/** Reads numbers one after another from bytes that may end anywhere. */
export class ByteReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, { littleEndian = false } = {}) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = littleEndian;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), this.#little);
  }

  i16(): number {
    return this.#view.getInt16(this.#advance(2), this.#little);
  }

  u24(): number {
    const [a = 0, b = 0, c = 0] = this.take(3);
    return this.#little ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), this.#little);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), this.#little);
  }

  /** The next bytes, not copied. */
  take(count: number): Uint8Array {
    const from = this.#advance(count);
    return this.#bytes.subarray(from, from + count);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  skip(count: number): void {
    this.#advance(count);
  }

  #advance(count: number): number {
    if (count < 0 || count > this.left) throw new CutShort();
    const from = this.#at;
    this.#at += count;
    return from;
  }
}

/** Reads as far as the bytes go: what was read before they end stays. Returns whether they sufficed. */
export function salvage(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof CutShort) return false;
    throw error;
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Two digits a byte, as hex shows them: also how packed decimals read. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function fromHex(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex');
}

/** An IMEI in eight bytes of packed decimal, which have a digit too many in front. */
export function packedImei(bytes: Uint8Array): string | undefined {
  const digits = hex(bytes);
  return /^\d{16}$/.test(digits) ? digits.slice(1) : undefined;
}

export function isSet(word: number, bit: number): boolean {
  return ((word >>> bit) & 1) === 1;
}
