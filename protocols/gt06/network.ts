/** Cells and Wi-Fi networks of the GT06 family. */
import type { NetworkScan } from '../../src/model/signals.ts';
import { ByteReader, salvage } from '../bytes.ts';
import { type AccessPoint, accessPoint, type Cell } from '../network.ts';

/** Area and cell number have 2 and 3 bytes, on 4G devices 4 and 8. */
export type Width = 'narrow' | 'wide';

interface Operator {
  mcc: number;
  mnc: number;
}

/** The first bit of the country code tells that the network code has two bytes. */
export function readOperator(reader: ByteReader): Operator {
  const mcc = reader.u16();
  return { mcc: mcc & 0x7fff, mnc: mcc >= 0x8000 ? reader.u16() : reader.u8() };
}

function readNumbers(reader: ByteReader, width: Width): { lac: number; cid: number } {
  if (width === 'narrow') return { lac: reader.u16(), cid: reader.u24() };
  return { lac: reader.u32(), cid: reader.u32() * 2 ** 32 + reader.u32() };
}

const BLANK_LAC = new Set([0xffff, 0xffffffff]);

/** Zeros and ones stand for "none"; so does a cell number beyond what a network can have. */
function isReal({ lac, cid }: { lac: number; cid: number }): boolean {
  return (lac !== 0 || cid !== 0) && !BLANK_LAC.has(lac) && cid <= 0xf_ffff_ffff;
}

/** One cell with its operator, nothing of its strength. */
export function readCell(reader: ByteReader, width: Width): Cell[] {
  const operator = readOperator(reader);
  const numbers = readNumbers(reader, width);
  return isReal(numbers) ? [{ ...operator, ...numbers }] : [];
}

function readNeighbours(
  reader: ByteReader,
  operator: Operator,
  shape: { count: number; width: Width },
): Cell[] {
  const cells: Cell[] = [];
  salvage(() => {
    for (let i = 0; i < shape.count; i += 1) {
      const numbers = readNumbers(reader, shape.width);
      const rssi = reader.u8();
      if (isReal(numbers)) cells.push({ ...operator, ...numbers, rssi });
    }
  });
  return cells;
}

function readWifi(reader: ByteReader, count: number): AccessPoint[] {
  const wifi: AccessPoint[] = [];
  salvage(() => {
    for (let i = 0; i < count; i += 1) {
      wifi.push(...accessPoint(reader.take(6), reader.u8()));
    }
  });
  return wifi;
}

/** Bytes of a cell with its strength. */
const UNIT = { narrow: 6, wide: 13 } as const;
const AFTER_CELLS = [3, 1, 0, 2];
const MOST_CELLS = 7;

/** How many cells stand in front: as many as make the rest come out even. */
function shapeOf(bytes: Uint8Array, unit: number): { cells: number; wifi: number } {
  for (let cells = MOST_CELLS; cells >= 0; cells -= 1) {
    const wifi = bytes[cells * unit + 1];
    const over = bytes.length - (cells * unit + 2 + 7 * (wifi ?? 0));
    if (wifi !== undefined && wifi > 0 && (over === 0 || over === 2)) return { cells, wifi };
  }
  const after = AFTER_CELLS.find((size) => size <= bytes.length && (bytes.length - size) % unit === 0);
  const cells = Math.floor((bytes.length - (after ?? 0)) / unit);
  return { cells: Math.min(cells, 32), wifi: 0 };
}

/** Operator, cells with their strength, timing advance; then, where there is room for it, a number of networks and these. */
export function readScan(reader: ByteReader, width: Width): NetworkScan {
  const operator = readOperator(reader);
  const bytes = reader.rest();
  const unit = UNIT[width];
  if (bytes.length === unit - 1) {
    const numbers = readNumbers(new ByteReader(bytes), width);
    return { cells: isReal(numbers) ? [{ ...operator, ...numbers }] : [], wifi: [] };
  }
  const shape = shapeOf(bytes, unit);
  const inside = new ByteReader(bytes);
  const cells = readNeighbours(inside, operator, { count: shape.cells, width });
  if (shape.wifi === 0) return { cells, wifi: [] };
  inside.skip(2);
  return { cells, wifi: readWifi(inside, shape.wifi) };
}

/** The same, where the number of bytes is exactly that of such a list. */
export function readEvenScan(reader: ByteReader, width: Width): NetworkScan | undefined {
  let scan: NetworkScan | undefined;
  salvage(() => {
    const bytes = reader.take(reader.left);
    const operatorBytes = (bytes[0] ?? 0) >= 0x80 ? 4 : 3;
    const { cells, wifi } = shapeOf(bytes.subarray(operatorBytes), UNIT[width]);
    const over = bytes.length - operatorBytes - cells * UNIT[width] - (wifi > 0 ? 2 + 7 * wifi : 0);
    if (cells > 0 && AFTER_CELLS.includes(over)) scan = readScan(new ByteReader(bytes), width);
  });
  return scan;
}
