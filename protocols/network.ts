import type { NetworkScan } from '../src/model/signals.ts';
import { hex } from './bytes.ts';
import { clean } from './sink.ts';

export type Cell = NetworkScan['cells'][number];
export type AccessPoint = NetworkScan['wifi'][number];

const MAC = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^[0-9a-f]{12}$/i;
const NO_CELL: ReadonlySet<number> = new Set([0, 0xffff, 0xfffffff, 0xffffffff]);
const MOST = 64;

/** A hardware address as `a0:c5:f2:b0:7a:d0`, whichever its separators; undefined for anything else. */
export function hardwareAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (!MAC.test(trimmed)) return undefined;
  return trimmed.replaceAll(/[:-]/g, '').toLowerCase().match(/../g)?.join(':');
}

/**
 * An access point by the six bytes of its address; none for placeholders. Strengths from 1 to 127 are dBm that lost their sign, those above are
 * signed bytes.
 */
export function accessPoint(address: Uint8Array, strength: number): AccessPoint[] {
  const digits = hex(address);
  const mac = /^(?:0{12}|f{12})$/.test(digits) ? undefined : hardwareAddress(digits);
  return mac === undefined ? [] : [{ mac, rssi: strength > 127 ? strength - 256 : -strength }];
}

/** A name of a network, which may be any bytes (given as latin1), as text that a database can hold. */
export function networkName(bytes: string): string {
  return clean(/^[ -~]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8'));
}

function distinct<T>(list: readonly T[], keyOf: (one: T) => string): T[] {
  if (list.length < 2) return [...list];
  const seen = new Set<string>();
  return list.filter((one) => {
    const key = keyOf(one);
    return seen.size < MOST && !seen.has(key) && seen.add(key);
  });
}

/** What was heard of the networks around: placeholders left out, the same one heard equally loud told once; undefined where nothing. */
export function networkScan(
  cells: readonly Cell[],
  wifi: readonly AccessPoint[] = [],
): NetworkScan | undefined {
  const real = cells.filter(
    ({ lac, cid }) => Number.isFinite(lac) && Number.isFinite(cid) && !(NO_CELL.has(lac) && NO_CELL.has(cid)),
  );
  const scan = {
    cells: distinct(real, ({ mcc, mnc, lac, cid, rssi }) => [mcc, mnc, lac, cid, rssi].join()),
    wifi: distinct(wifi, ({ mac, rssi }) => `${mac} ${rssi}`),
  };
  return scan.cells.length + scan.wifi.length > 0 ? scan : undefined;
}
