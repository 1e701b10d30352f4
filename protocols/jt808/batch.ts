/** Batches of position reports: 0704 of the standard, 0210 of some vendors, each report behind its length. */
import { ByteReader, fromHex, hex, salvage } from '../bytes.ts';
import type { Jt808Session } from './session.ts';

export interface Batch {
  reports: Uint8Array[];
  /** Reported after a time without network. */
  isLate: boolean;
  begun?: NonNullable<Jt808Session['begun']>;
  reason?: string;
}

const SHORTEST_REPORT = 28;
const BLIND_ZONE = 1;
const LONGEST_REPORT = 1_023;

interface Records {
  reports: Uint8Array[];
  rest: Uint8Array;
  /** All lengths led to the end of the bytes. */
  isWhole: boolean;
}

function readRecords(bytes: Uint8Array, lengthBytes: 1 | 2): Records {
  const reports: Uint8Array[] = [];
  const reader = new ByteReader(bytes);
  let used = 0;
  const isWhole = salvage(() => {
    while (reader.left > 0) {
      reports.push(reader.take(lengthBytes === 1 ? reader.u8() : reader.u16()));
      used = bytes.length - reader.left;
    }
  });
  return { reports, rest: bytes.subarray(used), isWhole };
}

/** What was cut keeps its alarm and position where it got so far. */
function withCutOne({ reports, rest }: Records): Uint8Array[] {
  return rest.length >= SHORTEST_REPORT + 2 ? [...reports, rest.subarray(2)] : reports;
}

function asBatch(records: Records, type: number, part: { total: number; index: number } | undefined): Batch {
  const isLate = type === BLIND_ZONE;
  const isLast = !part || part.index >= part.total;
  if (isLast || records.rest.length > LONGEST_REPORT) return { reports: withCutOne(records), isLate };
  return {
    reports: records.reports,
    isLate,
    begun: { next: part.index + 1, type, hex: hex(records.rest) },
  };
}

/** The reports of message 0704, also of one that comes in parts: what a part begins, the next one ends. */
export function readBatch(
  body: Uint8Array,
  part: { total: number; index: number } | undefined,
  before: Jt808Session['begun'],
): Batch {
  if (!part || part.index <= 1) return asBatch(readRecords(body.subarray(3), 2), body[2] ?? 0, part);
  if (before?.next !== part.index)
    return { reports: [], isLate: true, reason: `part ${part.index} without the part before it` };
  const joined = Uint8Array.of(...fromHex(before.hex), ...body);
  return asBatch(readRecords(joined, 2), before.type, part);
}

/** The private batch has lengths of one byte and nothing in front, on some terminals the form of the standard. */
export function readPrivateBatch(body: Uint8Array): Batch {
  const forms = [
    { records: readRecords(body, 1), type: 0 },
    { records: readRecords(body, 2), type: 0 },
    { records: readRecords(body.subarray(3), 2), type: body[2] ?? 0 },
  ];
  const fits = ({ records }: (typeof forms)[number]) =>
    records.isWhole && records.reports.every(({ length }) => length >= SHORTEST_REPORT);
  const form = forms.find(fits) ?? forms[0];
  return form ? asBatch(form.records, form.type, undefined) : { reports: [], isLate: false };
}
