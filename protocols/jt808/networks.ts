/**
 * Cells and Wi-Fi networks in private items. Vendors differ in the width of the numbers, in whether a count stands in front and whether each cell
 * names its operator; the length of the item tells which it is, and the country code proves it.
 */
import { ByteReader, hex, latin1 } from '../bytes.ts';
import { type AccessPoint, type Cell, hardwareAddress } from '../network.ts';

interface Layout {
  counted: boolean;
  /** Country and network once for all cells, or in each. */
  operator: 'once' | 'each';
  cidBytes: 2 | 3 | 4;
}

/** The commonest first. */
const LAYOUTS: readonly Layout[] = [false, true].flatMap((counted) =>
  (['once', 'each'] as const).flatMap((operator) =>
    ([2, 4, 3] as const).map((cidBytes): Layout => ({ counted, operator, cidBytes })),
  ),
);

const OPERATOR_BYTES = 3;
const isCountry = (mcc: number | undefined) => mcc !== undefined && mcc >= 200 && mcc <= 799;

function readCid(reader: ByteReader, bytes: number): number {
  if (bytes === 2) return reader.u16();
  return bytes === 3 ? reader.u24() : reader.u32();
}

function readAs(data: Uint8Array, { counted, operator, cidBytes }: Layout): Cell[] | undefined {
  const shared = (counted ? 1 : 0) + (operator === 'once' ? OPERATOR_BYTES : 0);
  const each = (operator === 'each' ? OPERATOR_BYTES : 0) + 2 + cidBytes + 1;
  const count = (data.length - shared) / each;
  if (!Number.isInteger(count) || count < 1 || (counted && data[0] !== count)) return undefined;
  const reader = new ByteReader(data);
  if (counted) reader.skip(1);
  const readOperator = () => ({ mcc: reader.u16(), mnc: reader.u8() });
  const once = operator === 'once' ? readOperator() : undefined;
  const cells = Array.from({ length: count }, (): Cell => {
    const by = once ?? readOperator();
    return { ...by, lac: reader.u16(), cid: readCid(reader, cidBytes), rssi: reader.u8() };
  });
  return cells.every(({ mcc }) => isCountry(mcc)) ? cells : undefined;
}

/** Neighbouring cells mostly share their area: a layout under which they do is likelier. */
function agreement(cells: readonly Cell[]): number {
  return cells.filter(({ lac }) => lac === cells[0]?.lac).length / cells.length;
}

/** The cells of an item; undefined where it is no list of cells. */
export function readCells(data: Uint8Array): Cell[] | undefined {
  const readings = LAYOUTS.flatMap((layout) => {
    const cells = readAs(data, layout);
    return cells ? [cells] : [];
  });
  return readings.toSorted((a, b) => agreement(b) - agreement(a))[0];
}

const POINT_BYTES = 7;
const BLANK = new Set(['000000000000', 'ffffffffffff']);

/** Addresses of six bytes with the signal strength behind each, a count in front or not. */
export function readWifi(data: Uint8Array): AccessPoint[] {
  const start = data.length % POINT_BYTES === 1 ? 1 : 0;
  const points: AccessPoint[] = [];
  for (let at = start; at + POINT_BYTES <= data.length; at += POINT_BYTES) {
    const address = hex(data.subarray(at, at + 6));
    const mac = BLANK.has(address) ? undefined : hardwareAddress(address);
    if (mac !== undefined) points.push({ mac, rssi: ((data[at + 6] ?? 0) << 24) >> 24 });
  }
  return points;
}

const POINT_AS_TEXT = /((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})[^0-9a-f-]{0,3}(-?\d{1,3})?/gi;

/** The same as text: address, separator, strength. */
export function readWifiText(data: Uint8Array): AccessPoint[] {
  return [...latin1(data).matchAll(POINT_AS_TEXT)].flatMap(([, address = '', strength]) => {
    const mac = hardwareAddress(address.replaceAll(/[:-]/g, ''));
    if (mac === undefined) return [];
    return [{ mac, ...(strength === undefined ? {} : { rssi: Number(strength) }) }];
  });
}
