import { type AccessPoint, type Cell, hardwareAddress, networkName } from '../network.ts';

/** `name|address|strength`, joined by `&`. Names hold any character, so the addresses are the anchors. */
const POINT = /([^|]*)\|((?:[0-9a-f]{2}[-:]){5}[0-9a-f]{2}|[0-9a-f]{12})(?:\|\s*(-?\d{1,3}))?/gi;
const CELL = /^\s*([0-9a-f]{1,8})\|([0-9a-f]{1,9})\|(-?\d{0,3})\s*$/i;

export function parseWifi(text: string): AccessPoint[] {
  return [...text.slice(0, 8_192).matchAll(POINT)].flatMap(([, before = '', address = '', strength]) => {
    const mac = hardwareAddress(address);
    if (mac === undefined) return [];
    const name = networkName(before.replace(/^&/, ''));
    return [
      {
        ...(name === '' ? {} : { name }),
        mac,
        ...(strength === undefined ? {} : { rssi: Number(strength) }),
      },
    ];
  });
}

const numeric = (text = ''): number | undefined => (/^\s*\d{1,3}\s*$/.test(text) ? Number(text) : undefined);
/** Decimal, but for firmware that writes hex, which a letter betrays. */
const radixOf = (numbers: readonly string[]) => (numbers.some((one) => /[a-f]/i.test(one)) ? 16 : 10);

/** The serving cell as four fields. */
export function parseCell([mcc, mnc, lac = '', cid = '']: readonly string[]): Cell[] {
  if (!/^\s*[0-9a-f]{1,8}\s*$/i.test(lac) || !/^\s*[0-9a-f]{1,9}\s*$/i.test(cid)) return [];
  const radix = radixOf([lac, cid]);
  return [{ ...network(mcc, mnc), lac: Number.parseInt(lac, radix), cid: Number.parseInt(cid, radix) }];
}

function network(mcc: string | undefined, mnc: string | undefined): Pick<Cell, 'mcc' | 'mnc'> {
  const country = numeric(mcc);
  const operator = numeric(mnc);
  return {
    ...(country === undefined ? {} : { mcc: country }),
    ...(operator === undefined ? {} : { mnc: operator }),
  };
}

/**
 * `count, mcc, mnc, lac|cid|strength …, count, name|address|strength & …`: the counts are not needed. Where there are no cells, some firmware leaves
 * the network out as well.
 */
export function parseNetworks([, ...fields]: readonly string[]): {
  cells: Cell[];
  wifi: AccessPoint[];
} {
  const named = /^\s*\d{3}\s*$/.test(fields[0] ?? '');
  const [mcc, mnc] = named ? fields : [];
  const rest = named ? fields.slice(2) : fields;
  const triples: string[][] = [];
  for (const field of rest) {
    const found = CELL.exec(field);
    if (!found) break;
    triples.push(found.slice(1));
  }
  const radix = radixOf(triples.flatMap(([lac = '', cid = '']) => [lac, cid]));
  const cells = triples.map(([lac = '', cid = '', strength = '']) => ({
    ...network(mcc, mnc),
    lac: Number.parseInt(lac, radix),
    cid: Number.parseInt(cid, radix),
    ...(strength === '' || strength === '-' ? {} : { rssi: Number(strength) }),
  }));
  const behind = rest.slice(triples.length);
  const counts = behind.findIndex((field) => !/^\s*\d{1,2}\s*$/.test(field));
  return { cells, wifi: parseWifi(behind.slice(Math.max(0, counts)).join(',')) };
}
