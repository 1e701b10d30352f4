/** How the numbers of a column are laid out in bytes, little-endian as every machine that we run on. */
export type Packing = 'constant' | 'int8' | 'int16' | 'int32' | 'float64';

/** One column of a series: `constant` holds its only number in `scale`; integers are divided by `scale` when read. */
export interface Packed {
  packing: Packing;
  scale: number;
  bytes: Uint8Array;
}

export type Numbers = Int8Array | Int16Array | Int32Array | Float64Array;

const SCALES = [1, 10, 100] as const;
const INTEGERS = [
  ['int8', 0x7f, Int8Array],
  ['int16', 0x7fff, Int16Array],
  ['int32', 0x7fffffff, Int32Array],
] as const;

/** The smallest layout from which every number is read again as it was, to the last bit. */
export function pack(numbers: Float64Array): Packed {
  const [first = 0] = numbers;
  if (numbers.every((n) => n === first))
    return { packing: 'constant', scale: first, bytes: new Uint8Array() };
  for (const scale of SCALES) {
    const most = greatest(numbers, scale);
    for (const [packing, limit, Type] of INTEGERS)
      if (most <= limit)
        return { packing, scale, bytes: bytesOf(scaled(numbers, scale, new Type(numbers.length))) };
  }
  return { packing: 'float64', scale: 1, bytes: bytesOf(numbers) };
}

/** The greatest magnitude of the scaled integers; infinite where one of the numbers is none. */
function greatest(numbers: Float64Array, scale: number): number {
  let most = 0;
  for (const n of numbers) {
    const scaled = Math.round(n * scale);
    if (scaled / scale !== n || Object.is(n, -0)) return Number.POSITIVE_INFINITY;
    const magnitude = Math.abs(scaled);
    if (magnitude > most) most = magnitude;
  }
  return most;
}

function scaled<T extends Numbers>(numbers: Float64Array, scale: number, into: T): T {
  for (let index = 0; index < numbers.length; index++)
    into[index] = Math.round((numbers[index] as number) * scale);
  return into;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const bytesPerNumber: Readonly<Record<Packing, number>> = {
  constant: 0,
  int8: 1,
  int16: 2,
  int32: 4,
  float64: 8,
};

/** Writes `count` numbers of a column into `into`, from its beginning. `bytes` may lie anywhere. */
export function unpack({ packing, scale, bytes }: Packed, into: Float64Array, count: number): void {
  if (packing === 'constant') {
    into.fill(scale, 0, count);
    return;
  }
  const numbers = viewOf(packing, bytes, count);
  if (scale === 1) into.set(numbers);
  else for (let index = 0; index < count; index++) into[index] = (numbers[index] as number) / scale;
}

function viewOf(packing: Exclude<Packing, 'constant'>, bytes: Uint8Array, count: number): Numbers {
  const width = bytesPerNumber[packing];
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  switch (packing) {
    case 'int8':
      return new Int8Array(buffer, byteOffset, count);
    case 'int16':
      return new Int16Array(buffer, byteOffset, count);
    case 'int32':
      return new Int32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
  }
}
