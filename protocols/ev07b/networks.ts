/** Cells and Wi-Fi networks of Eview's binary language. */
import type { ByteReader } from '../bytes.ts';
import { hex, latin1 } from '../bytes.ts';
import { type AccessPoint, type Cell, hardwareAddress, networkName } from '../network.ts';
import { reading } from './frame.ts';

type ReadCell = (reader: ByteReader) => Pick<Cell, 'lac' | 'cid' | 'rssi'>;

/** Strength, area, cell: with two bytes of cell number for 2G, four for 4G. */
const narrow: ReadCell = (r) => ({ rssi: r.u8(), lac: r.u16(), cid: r.u16() });
const wide: ReadCell = (r) => ({ rssi: r.u8(), lac: r.u16(), cid: r.u32() });
const wider: ReadCell = (r) => ({ rssi: r.u8(), lac: r.u32(), cid: r.u32() });

interface CellList {
  read: ReadCell;
  cellBytes: number;
  mncBytes: 1 | 2;
}

const NARROW: CellList = { read: narrow, cellBytes: 5, mncBytes: 1 };
const WIDE: CellList = { read: wide, cellBytes: 7, mncBytes: 1 };
/** Of the third kind of list only the length tells the widths. */
const THIRD: readonly CellList[] = [
  WIDE,
  { ...WIDE, mncBytes: 2 },
  { read: wider, cellBytes: 9, mncBytes: 1 },
  { read: wider, cellBytes: 9, mncBytes: 2 },
];

function readCells(value: Uint8Array, { read, mncBytes }: CellList): Cell[] {
  const cells: Cell[] = [];
  reading(value, (r) => {
    const mcc = r.u16();
    const mnc = mncBytes === 1 ? r.u8() : r.u16();
    while (r.left > 0) cells.push({ mcc, mnc, ...read(r) });
  });
  return cells;
}

function fits(value: Uint8Array, { cellBytes, mncBytes }: CellList): boolean {
  const left = value.length - 2 - mncBytes;
  return left > 0 && left % cellBytes === 0;
}

/** The cells of item 21, 29 or 2B. */
export function cellsOf(key: number, value: Uint8Array): Cell[] {
  if (key === 0x21) return readCells(value, NARROW);
  if (key === 0x29) return readCells(value, WIDE);
  const list = THIRD.find((one) => fits(value, one));
  return list ? readCells(value, list) : [];
}

const MAC_BYTES = 6;

/** The access points of item 22, or of item 19, which adds their names. */
export function wifiOf(key: number, value: Uint8Array): AccessPoint[] {
  const points: AccessPoint[] = [];
  reading(value, (r) => {
    while (r.left > 0) {
      const rssi = r.i8();
      const mac = hardwareAddress(hex(r.take(MAC_BYTES)));
      const name = key === 0x19 ? networkName(latin1(r.take(r.u8()))) : '';
      if (mac !== undefined) points.push({ ...(name === '' ? {} : { name }), mac, rssi });
    }
  });
  return points;
}
