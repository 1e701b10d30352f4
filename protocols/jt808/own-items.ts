/**
 * An operator's own meanings of private items, for the vendors that put heart rate and blood pressure where only their own paper says:
 * `items: {f1: {fields: [{at: 0, as: u8, signal: heart_rate}]}}` for position reports, `transparent` likewise for the data of message 0900 by
 * its type. `lengths`, `scale`, `none`, `bits`, `clear`, `equals`, `value`, `otherwise` and `onceRaised` mean what they mean in `item-table.ts`.
 */
import { isSignal } from '../../src/model/signals.ts';
import { isObject } from '../sink.ts';
import { type Field, type Item, type ItemTable, items } from './item-table.ts';

const WIDTHS = ['u8', 'i8', 'u16', 'i16', 'u32'] as const;

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((one) => Number.isInteger(one)) ? value : undefined;
}

function asField(given: unknown): Field[] {
  if (!isObject(given)) return [];
  const { at, signal, scale } = given;
  const as = WIDTHS.find((width) => width === given.as);
  if (!as || typeof at !== 'number' || !(at >= 0) || typeof signal !== 'string' || !isSignal(signal))
    return [];
  const none = numbers(given.none);
  const place = { at, as, signal, ...(none ? { none } : {}) };
  const bits = numbers(given.bits);
  const equals = numbers(given.equals);
  if (!bits && !equals) return [{ ...place, ...(typeof scale === 'number' ? { scale } : {}) }];
  return [
    {
      ...place,
      ...(bits ? { bits } : {}),
      ...(given.clear === true ? { clear: true as const } : {}),
      ...(equals ? { equals } : {}),
      ...(typeof given.value === 'boolean' ? { value: given.value } : {}),
      ...(typeof given.otherwise === 'boolean' ? { otherwise: given.otherwise } : {}),
      ...(given.onceRaised === true ? { onceRaised: true as const } : {}),
    },
  ];
}

function asItem(given: unknown): Item[] {
  if (!isObject(given) || !Array.isArray(given.fields)) return [];
  const lengths = numbers(given.lengths);
  return [{ ...(lengths ? { lengths } : {}), fields: given.fields.flatMap(asField) }];
}

/** A table from a file's object; what in it is no item is left out. */
function tableFrom(given: unknown): ItemTable {
  if (!isObject(given)) return {};
  const entries = Object.entries(given).filter(([id]) => /^(?:0x)?[0-9a-f]{1,2}$/i.test(id));
  return Object.fromEntries(
    entries.map(([id, item]) => [
      Number.parseInt(id.replace(/^0x/i, ''), 16),
      (Array.isArray(item) ? item : [item]).flatMap(asItem),
    ]),
  );
}

/** The items of a position report: the operator's before ours. */
export function reportItems(map: unknown): ItemTable {
  if (!isObject(map)) return items;
  const own = tableFrom(map.items);
  const both = Object.entries(own).map(([id, mine]) => [id, [...mine, ...(items[Number(id)] ?? [])]]);
  return { ...items, ...Object.fromEntries(both) };
}

/** The types of transparent data that an operator told of. */
export function transparentItems(map: unknown): ItemTable {
  return isObject(map) ? tableFrom(map.transparent) : {};
}
