import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { isSignal, type Signal } from '../../model/signals.ts';
import { AppError } from '../../platform/errors.ts';
import { bytesPerNumber, type Packed, type Packing, pack, unpack } from './packed.ts';

/**
 * A day of readings in columns. Beginning with the magic, for each series (a signal of a device, by channel) three packed columns follow each other:
 * the time of observation in milliseconds of the day, how much later it was received, and the value (booleans are 0 and 1, words their place
 * among the values of the signal, all else an index into the JSON texts behind the columns). Then the directory with `FIELDS` doubles
 * for each series, ordered by device, a JSON footer, and its length in four bytes.
 */
const MAGIC = Buffer.from('GGDAY1\n\0');
const FIELDS = 14;
const packings: readonly Packing[] = ['constant', 'int8', 'int16', 'int32', 'float64'];
const WRITE_BYTES = 4 * 1024 * 1024;

/** A series as it is written; arrays of equal length, in order of observation. */
export interface SeriesColumns {
  deviceId: number;
  signal: Signal;
  channel: string;
  /** Milliseconds of the day. */
  observed: Float64Array;
  delays: Float64Array;
  values: Float64Array;
  /** What `values` are indices into. */
  texts?: readonly string[];
}

interface Footer {
  day: number;
  series: number;
  readings: number;
  /** Rows of that day in the store when it was written, whether they are of use here or not. */
  storedRows: number;
  writtenAt: number;
  /** Names of signals and channels. */
  names: string[];
}

/** What workers share of a day: small, and the directory in memory that all of them see. */
export interface DayFile extends Footer {
  path: string;
  directory: Float64Array;
}

/** Writes a file beside and renames it in the end, so that a file that is there is whole. Series must come in order of their devices. */
export class DayFileWriter {
  #path: string;
  #file: number;
  #day: number;
  #offset = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #directory: number[] = [];
  #names = new Map<string, number>();
  #readings = 0;

  constructor(path: string, day: number) {
    this.#path = path;
    this.#day = day;
    this.#file = openSync(`${path}.part`, 'w', 0o600);
    this.#append(MAGIC);
  }

  get readings(): number {
    return this.#readings;
  }

  add(series: SeriesColumns): void {
    const offset = this.#offset;
    const columns = [series.observed, series.delays, series.values].map(pack);
    for (const { bytes } of columns) this.#append(bytes);
    const texts = series.texts ? Buffer.from(JSON.stringify(series.texts)) : undefined;
    if (texts) this.#append(texts);
    this.#readings += series.observed.length;
    this.#directory.push(
      series.deviceId,
      this.#nameOf(series.signal),
      this.#nameOf(series.channel),
      series.observed.length,
      offset,
      texts?.length ?? 0,
      ...columns.flatMap(({ packing, scale }) => [packings.indexOf(packing), scale]),
      ...rangeOf(series.delays),
    );
  }

  close({ storedRows, now }: { storedRows: number; now: number }): void {
    const footer: Footer = {
      day: this.#day,
      series: this.#directory.length / FIELDS,
      readings: this.#readings,
      storedRows,
      writtenAt: now,
      names: [...this.#names.keys()],
    };
    this.#append(new Uint8Array(Float64Array.from(this.#directory).buffer));
    const text = Buffer.from(JSON.stringify(footer));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    this.#append(text);
    this.#append(length);
    this.#flush();
    closeSync(this.#file);
    renameSync(`${this.#path}.part`, this.#path);
  }

  #nameOf(name: string): number {
    const known = this.#names.get(name) ?? this.#names.size;
    this.#names.set(name, known);
    return known;
  }

  #append(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#offset += bytes.length;
    if (this.#pendingBytes >= WRITE_BYTES) this.#flush();
  }

  #flush(): void {
    const all = Buffer.concat(this.#pending);
    for (let done = 0; done < all.length; ) done += writeSync(this.#file, all, done);
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

function rangeOf(numbers: Float64Array): [least: number, greatest: number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return [least, greatest];
}

/** The footer and the directory. Throws RULES_DAY_FILE where it is no such file. */
export function openDay(path: string): DayFile {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = readAt(file, Math.max(0, size - 4), 4);
    const length = tail.readUInt32LE();
    if (size < MAGIC.length + 4 + length || !readAt(file, 0, MAGIC.length).equals(MAGIC))
      throw new AppError('RULES_DAY_FILE', `${path} is no day of readings: remove it`);
    const footer = JSON.parse(readAt(file, size - 4 - length, length).toString()) as Footer;
    const bytes = footer.series * FIELDS * 8;
    const shared = new Uint8Array(new SharedArrayBuffer(bytes));
    shared.set(readAt(file, size - 4 - length - bytes, bytes));
    return { ...footer, path, directory: new Float64Array(shared.buffer) };
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const read = readSync(file, bytes, done, length - done, position + done);
    if (read === 0) return bytes;
    done += read;
  }
  return bytes;
}

/** A series as it is read. The arrays are only valid until the next is read into the same place, and may be longer than `count`. */
export interface ReadSeries {
  deviceId: number;
  signal: Signal;
  channel: string;
  count: number;
  observed: Float64Array;
  delays: Float64Array;
  values: Float64Array;
  texts: readonly string[] | undefined;
}

/** Reads the series of a day, device by device. */
export class DayReader {
  readonly day: DayFile;
  #file: number;
  #buffer = Buffer.alloc(64 * 1024);

  constructor(day: DayFile) {
    this.day = day;
    this.#file = openSync(day.path, 'r');
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The place of the first series of a device in the directory, -1 where there is none, and how many there are. */
  seriesOf(deviceId: number): { first: number; count: number } {
    const { directory, series } = this.day;
    let [low, high] = [0, series];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((directory[middle * FIELDS] as number) < deviceId) low = middle + 1;
      else high = middle;
    }
    let count = 0;
    while (low + count < series && directory[(low + count) * FIELDS] === deviceId) count++;
    return { first: count > 0 ? low : -1, count };
  }

  /** The least and the greatest delay of a series, in milliseconds. */
  delaysOf(index: number): { least: number; greatest: number } {
    const field = (offset: number): number => this.day.directory[index * FIELDS + offset] as number;
    return { least: field(12), greatest: field(13) };
  }

  /** Undefined where the signal is not known any more. `scratch` gives three arrays of at least so many numbers. */
  read(
    index: number,
    scratch: (count: number) => readonly [Float64Array, Float64Array, Float64Array],
  ): ReadSeries | undefined {
    const field = (offset: number): number => this.day.directory[index * FIELDS + offset] as number;
    const signal = this.day.names[field(1)] ?? '';
    if (!isSignal(signal)) return undefined;
    const count = field(3);
    const columns = [6, 8, 10].map((at) => ({
      packing: packings[field(at)] ?? 'constant',
      scale: field(at + 1),
    }));
    const sizes = columns.map(({ packing }) => bytesPerNumber[packing] * count);
    const total = sizes.reduce((sum, size) => sum + size, field(5));
    const bytes = this.#bytes(field(4), total);
    const into = scratch(count);
    let start = 0;
    for (const [column, { packing, scale }] of columns.entries()) {
      const end = start + (sizes[column] as number);
      unpack(
        { packing, scale, bytes: bytes.subarray(start, end) } satisfies Packed,
        into[column] as Float64Array,
        count,
      );
      start = end;
    }
    const texts = field(5) > 0 ? (JSON.parse(bytes.toString('utf8', start, total)) as string[]) : undefined;
    const [observed, delays, values] = into;
    const channel = this.day.names[field(2)] ?? '';
    return { deviceId: field(0), signal, channel, count, observed, delays, values, texts };
  }

  #bytes(position: number, length: number): Buffer {
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(length * 2);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, this.#buffer, done, length - done, position + done);
      if (read === 0) throw new AppError('RULES_DAY_FILE', `${this.day.path} ends too soon: remove it`);
      done += read;
    }
    return this.#buffer.subarray(0, length);
  }
}
