/** An operator's own map of one model: which field of the codec's output is which signal. It goes before all that we know ourselves. */
import { definitionOf, isSignal, type Signal } from '../../src/model/signals.ts';
import { clean, isObject } from '../sink.ts';
import { conversionOf } from '../units.ts';
import { meaningOf } from '../words.ts';
import type { Field } from './fields.ts';
import { type Into, put, putEvent } from './rule.ts';
import { flagOf, quantityOf } from './values.ts';

export interface MappedField {
  signal: Signal;
  channel?: string;
  /** Unit in which the codec gives it; the signal's own where absent. */
  unit?: string;
  factor: number;
  offset: number;
  /** What each raw value means. */
  values?: Readonly<Record<string, string | number | boolean>>;
}

export interface SignalMap {
  /** By path (`status.smokeAlarm`) or by name alone; `null` is to be passed over. */
  fields: Readonly<Record<string, MappedField | null>>;
  /** Nothing but what is named here. */
  only: boolean;
}

/** A fault in a map, at its place; the texts are for the operator. */
export interface SignalMapFault {
  path: (string | number)[];
  message: { zh: string; en: string };
}

const faultAt = (path: (string | number)[], en: string, zh: string): SignalMapFault => ({
  path,
  message: { zh, en },
});

function readEntry(given: unknown): MappedField | null | undefined {
  if (given === null || given === false) return null;
  const entry = typeof given === 'string' ? { signal: given } : given;
  if (!isObject(entry) || typeof entry.signal !== 'string' || !isSignal(entry.signal)) return undefined;
  const { signal, channel, unit, factor, offset, values } = entry;
  return {
    signal,
    ...(typeof channel === 'string' || typeof channel === 'number' ? { channel: String(channel) } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
    factor: typeof factor === 'number' ? factor : 1,
    offset: typeof offset === 'number' ? offset : 0,
    ...(isObject(values) ? { values: values as Readonly<Record<string, string | number | boolean>> } : {}),
  };
}

/** A map as the operator wrote it: `{signals: {field: signal | {signal, channel, unit, factor, offset, values} | null}, only}`. */
export function readSignalMap(value: unknown): SignalMap | undefined {
  if (!isObject(value) || !isObject(value.signals)) return undefined;
  const entries = Object.entries(value.signals).slice(0, 500);
  const fields = entries.flatMap(([name, given]) => {
    const field = readEntry(given);
    return field === undefined ? [] : [[name, field] as const];
  });
  return { fields: Object.fromEntries(fields), only: value.only === true };
}

const KEYS = new Set(['signal', 'channel', 'unit', 'factor', 'offset', 'values']);

function entryFaults(name: string, given: unknown): SignalMapFault[] {
  const path = ['signals', name];
  const entry = typeof given === 'string' ? { signal: given } : given;
  if (given === null || given === false) return [];
  if (!isObject(entry)) return [faultAt(path, 'expected a signal or a map', '应为信号名或映射')];
  const { signal, unit } = entry;
  const faults = Object.keys(entry).flatMap((key) =>
    KEYS.has(key) ? [] : [faultAt([...path, key], `unknown key ${clean(key)}`, `不认识的键 ${clean(key)}`)],
  );
  if (typeof signal !== 'string' || !isSignal(signal))
    faults.push(faultAt(path, `${clean(String(signal))} is no signal`, `${clean(String(signal))} 不是信号`));
  else if (typeof unit === 'string' && !conversionOf(signal, unit))
    faults.push(
      faultAt(
        [...path, 'unit'],
        `${clean(unit)} is no unit of ${signal}`,
        `${clean(unit)} 不是 ${signal} 的单位`,
      ),
    );
  for (const key of ['factor', 'offset'] as const)
    if (entry[key] !== undefined && typeof entry[key] !== 'number')
      faults.push(faultAt([...path, key], 'expected a number', '应为数字'));
  return faults;
}

/** Every fault of a map; none where it may be used. Signals that it need not have. */
export function checkSignalMap(value: unknown): SignalMapFault[] {
  if (!isObject(value)) return [faultAt([], 'expected a map', '应为映射')];
  if (value.signals === undefined) return [];
  if (!isObject(value.signals))
    return [faultAt(['signals'], 'expected fields with their signals', '应为“字段: 信号”')];
  return Object.entries(value.signals).flatMap(([name, given]) => entryFaults(name, given));
}

function canonicalOf(
  { signal, unit, factor, offset, values }: MappedField,
  given: Field['value'],
): string | number | boolean | undefined {
  const meant = values && Object.hasOwn(values, String(given)) ? values[String(given)] : undefined;
  const { kind } = definitionOf(signal);
  if (meant !== undefined) return meant;
  if (values) return undefined;
  if (kind === 'number') {
    const quantity = quantityOf(given);
    const told = quantity?.unit ?? unit;
    const conversion = told === undefined ? { factor: 1, offset: 0 } : conversionOf(signal, told);
    if (!quantity || !conversion) return undefined;
    return Number(
      ((quantity.value * factor + offset) * conversion.factor + conversion.offset).toPrecision(12),
    );
  }
  return kind === 'enum' ? meaningOf(signal, given) : flagOf(given);
}

/** Reads a field that the map names; false where it names it not. What the map's values do not list gives nothing. */
export function mapField(into: Into, { field, map }: { field: Field; map: SignalMap }): boolean {
  const key = [field.path, field.path.split('.').at(-1) ?? '', ...field.names].find((name) =>
    Object.hasOwn(map.fields, name),
  );
  if (key === undefined) return false;
  const mapped = map.fields[key];
  if (!mapped) return true;
  const { signal, channel = field.channel } = mapped;
  const place = channel === undefined ? {} : { channel: channel.slice(0, 16) };
  const value = canonicalOf(mapped, field.value);
  if (value === undefined) return true;
  const { kind, values } = definitionOf(signal);
  if (kind === 'event') {
    const cause =
      signal === 'breaker_fault'
        ? { cause: 'unspecified' as const, code: clean(String(field.value), 40) }
        : {};
    return putEvent(
      into,
      { field: { ...field, value }, base: '', point: '' },
      { signal, ...place, value: true, ...cause },
    );
  }
  if (kind === 'number' && typeof value === 'number') return put(into, { signal, ...place, value });
  if (kind === 'boolean' && flagOf(value) !== undefined)
    return put(into, { signal, ...place, value: flagOf(value) === true });
  if (kind === 'enum' && values?.includes(String(value)))
    return put(into, { signal, ...place, value: String(value) });
  return true;
}
