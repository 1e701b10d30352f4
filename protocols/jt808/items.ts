/** Reads the additional items of a position report by a table. */
import type { Signal } from '../../src/model/signals.ts';
import { ByteReader, salvage } from '../bytes.ts';
import type { AccessPoint, Cell } from '../network.ts';
import { put, putNumber } from '../put.ts';
import { discard, type Sink } from '../sink.ts';
import type { Field, FlagField, Item, ItemTable, Width } from './item-table.ts';
import { readCells, readWifi, readWifiText } from './networks.ts';

/** What items say that is no reading by itself. */
export interface Collected {
  cells: Cell[];
  wifi: AccessPoint[];
  satellites?: number;
  /** Whether the area that an alarm speaks of was left or entered. */
  area?: 'entered' | 'left';
}

export interface ItemContext {
  table: ItemTable;
  model: string | undefined;
  /** States that this terminal was seen to raise, so that their absence means something. */
  seen: readonly Signal[];
}

interface RawItem {
  id: number;
  data: Uint8Array;
}

const WIDTHS: Readonly<Record<Width, number>> = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4 };

/** A number at its place; undefined where the item ends before it, or where it stands for "not known". */
function numberAt(data: Uint8Array, { at, as, none }: Field): number | undefined {
  if (at + WIDTHS[as] > data.length) return undefined;
  const value = new ByteReader(data.subarray(at))[as]();
  return none?.includes(value) ? undefined : value;
}

function isFlag(field: Field): field is FlagField {
  return 'bits' in field || 'equals' in field;
}

function isRaised({ bits, clear, equals }: FlagField, value: number): boolean {
  if (equals) return equals.includes(value);
  return (bits ?? []).some((bit) => ((value >>> bit) & 1) === (clear ? 0 : 1));
}

function flagValue(field: FlagField, raw: number, seen: readonly Signal[]): boolean | undefined {
  if (isRaised(field, raw)) return field.value ?? true;
  return field.onceRaised && !seen.includes(field.signal) ? undefined : field.otherwise;
}

/** What the fields of one item say. */
export function readFields(
  sink: Sink,
  data: Uint8Array,
  { fields, seen }: { fields: readonly Field[]; seen: readonly Signal[] },
): { satellites?: number } | undefined {
  let satellites: number | undefined;
  for (const field of fields) {
    const raw = numberAt(data, field);
    if (raw === undefined) continue;
    if (isFlag(field)) {
      const value = flagValue(field, raw, seen);
      if (value !== undefined) put(sink, { signal: field.signal, value });
    } else if (field.signal === 'satellites') satellites = raw;
    else putNumber(sink, field.signal, Math.round(raw * (field.scale ?? 1) * 1e6) / 1e6);
  }
  return satellites === undefined ? undefined : { satellites };
}

/** Items with an id and a length of a byte each. */
function outerItems(bytes: Uint8Array, sink: Sink): RawItem[] {
  const found: RawItem[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) discard(sink, 'items', 'the last one was cut');
    else found.push({ id: bytes[at] ?? 0, data: bytes.subarray(at + 2, end) });
    at = end;
  }
  return found;
}

/** Items with a length (which counts the id) and an id of two bytes each; undefined where the bytes are not cut so. */
function innerItems(bytes: Uint8Array): RawItem[] | undefined {
  const found: RawItem[] = [];
  const reader = new ByteReader(bytes);
  const isWhole = salvage(() => {
    while (reader.left > 0) {
      const length = reader.u16();
      found.push({ id: reader.u16(), data: reader.take(length - 2) });
    }
  });
  return isWhole ? found : undefined;
}

function applies({ lengths, models }: Item, data: Uint8Array, model: string | undefined): boolean {
  if (lengths && !lengths.includes(data.length)) return false;
  return !models || (model !== undefined && models.includes(model));
}

/** Whether the item was what the table says. */
function readItem(sink: Sink, { id, data }: RawItem, context: ItemContext, into: Collected): boolean {
  for (const item of context.table[id] ?? []) {
    if (!applies(item, data, context.model)) continue;
    if (item.fields) {
      Object.assign(into, readFields(sink, data, { fields: item.fields, seen: context.seen }));
      return true;
    }
    if (item.networks && readNetworks(item.networks, data, into)) return true;
    const inside = item.inside ? innerItems(data) : undefined;
    if (inside && item.inside) {
      for (const one of inside) readItem(sink, one, { ...context, table: item.inside }, into);
      return true;
    }
  }
  return false;
}

function readNetworks(kind: NonNullable<Item['networks']>, data: Uint8Array, into: Collected): boolean {
  if (kind === 'cells') {
    const cells = readCells(data);
    into.cells.push(...(cells ?? []));
    return cells !== undefined;
  }
  const points = kind === 'wifi' ? readWifi(data) : readWifiText(data);
  into.wifi.push(...points);
  return points.length > 0;
}

const AREA = 0x12;

/** Reads all items: readings into the sink, the rest collected. */
export function readItems(sink: Sink, bytes: Uint8Array, context: ItemContext): Collected {
  const collected: Collected = { cells: [], wifi: [] };
  for (const item of outerItems(bytes, sink)) {
    if (item.id === AREA && item.data.length >= 6) collected.area = item.data[5] === 0 ? 'entered' : 'left';
    else readItem(sink, item, context, collected);
  }
  return collected;
}
