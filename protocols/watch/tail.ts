import type { NetworkScan } from '../../src/model/signals.ts';
import { numberFrom } from '../measure.ts';
import { type AccessPoint, type Cell, networkName } from '../network.ts';
import { unescapeContent } from './frame.ts';

/** What follows the status word: what a positioning service needs, and the accuracy of the fix. */
export interface NetworkTail {
  scan: NetworkScan;
  accuracyM?: number;
}

const MAC = /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;
const MAC_LENGTH = 17;
const HEX = /^[0-9a-f]{1,10}$/i;
const MAX_CELLS = 32;

/** Area and cell number are decimal, on some SG firmware hex: one letter among them tells for the whole list. */
function parseCells(fields: readonly string[], count: number): { cells: Cell[]; used: number } {
  const mcc = numberFrom(fields[1]);
  const mnc = numberFrom(fields[2]);
  const triples: [string, string, string][] = [];
  let used = Math.min(3, fields.length);
  while (triples.length < count && used + 2 < fields.length) {
    const [lac = '', cid = '', rssi = ''] = fields.slice(used, used + 3);
    if (!HEX.test(lac) || !HEX.test(cid) || (rssi !== '' && numberFrom(rssi) === undefined)) break;
    triples.push([lac, cid, rssi]);
    used += 3;
  }
  const radix = triples.some(([lac, cid]) => /[a-f]/i.test(lac + cid)) ? 16 : 10;
  const cells = triples.map(([lac, cid, rssi]): Cell => {
    const strength = numberFrom(rssi);
    return {
      ...(mcc === undefined ? {} : { mcc }),
      ...(mnc === undefined ? {} : { mnc }),
      lac: Number.parseInt(lac, radix),
      cid: Number.parseInt(cid, radix),
      ...(strength === undefined ? {} : { rssi: strength }),
    };
  });
  return { cells, used };
}

/** The count in front is unreliable and names hold commas and brackets, so the hardware addresses are the anchors. */
function parseWifi(fields: readonly string[]): AccessPoint[] {
  const points: AccessPoint[] = [];
  let from = 0;
  for (const [at, field] of fields.entries()) {
    if (field.length !== MAC_LENGTH || !MAC.test(field)) continue;
    const pieces = fields.slice(from, at);
    while (points.length === 0 && pieces.length > 1 && /^\d{0,2}$/.test(pieces[0] ?? '')) pieces.shift();
    const name = networkName(unescapeContent(pieces.join(',')));
    const rssi = numberFrom(fields[at + 1]);
    points.push({
      ...(name === '' ? {} : { name }),
      mac: field.toLowerCase().replaceAll('-', ':'),
      ...(rssi === undefined ? {} : { rssi }),
    });
    from = at + (rssi === undefined && !/^\s*$/.test(fields[at + 1] ?? ' ') ? 1 : 2);
  }
  return points;
}

/**
 * Reads `cellCount, [timing advance, mcc, mnc, (lac, cid, rssi) × n], wifiCount, (name, mac, rssi) × m, accuracy`, or as
 * much of it as is there. Without cells the next field is already the number of access points.
 */
export function parseTail(fields: readonly string[]): NetworkTail {
  const count = Math.min(numberFrom(fields[0]) ?? 0, MAX_CELLS);
  const { cells, used } = count > 0 ? parseCells(fields.slice(1), count) : { cells: [], used: 0 };
  const wifi = parseWifi(fields.slice(1 + used));
  const last = fields.length > 1 ? fields.at(-1) : undefined;
  const accuracyM = last?.includes('.') ? numberFrom(last) : undefined;
  return { scan: { cells, wifi }, ...(accuracyM && accuracyM > 0 ? { accuracyM } : {}) };
}
