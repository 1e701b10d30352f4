/** Reads the value of a field whose meaning is known into a reading, or says why it is none. */
import { definitionOf, isLifeSignal, isPlausible, type Signal } from '../src/model/signals.ts';
import type { Datum } from './datum.ts';
import type { NamedField } from './field-match.ts';
import type { Purpose } from './field-names.ts';
import { toNumber } from './place-fields.ts';
import { add, clean, discard, isObject, refuse, type Sink } from './sink.ts';
import { conversionOf } from './units.ts';
import { meaningOf, truthOf } from './words.ts';

export interface FieldOptions {
  /** What the device is, where that is known otherwise; else told from the fields. */
  purpose?: Purpose | undefined;
  /** Unit of a signal's numbers that come without one, before the customary one. */
  usual?: Partial<Record<Signal, string>>;
  /** Datum of positions that name none; WGS-84 where absent. */
  datum?: Datum;
  /** Reads what the vendor means otherwise; true where it did. */
  own?: (sink: Sink, name: string, value: unknown) => boolean;
}

export interface Reader extends FieldOptions {
  sink: Sink;
  channel?: string;
  depth: number;
  /** Fields that may still be read: a message is bounded, whatever it nests. */
  budget: { left: number };
}

/** What a register holds that was never written. */
const UNSET: ReadonlySet<number> = new Set([
  65_535, 32_767, -32_768, 4_294_967_295, 2_147_483_647, -2_147_483_648,
]);
const COUNTERS: ReadonlySet<Signal> = new Set(['steps', 'energy_import', 'energy_export', 'water_volume']);
/** Here 0 says that nothing was measured. */
const ZERO_IS_NONE: ReadonlySet<Signal> = new Set([
  'battery',
  'battery_voltage',
  'level_distance',
  'rssi',
  'frequency',
]);
function scaled(signal: Signal, value: number): number {
  const digits = (factor: number) => Number((value * factor).toPrecision(12));
  if (signal === 'body_temperature' && value >= 300) return value > 440 ? digits(0.01) : digits(0.1);
  if (signal === 'rssi' && value < -200) return digits(0.1);
  if (signal === 'power_factor') {
    const size = Math.abs(value);
    return size <= 1 ? size : Math.abs(digits(size > 100 ? 0.001 : 0.01));
  }
  if (signal === 'frequency' && value >= 4500) return digits(0.01);
  if (signal === 'frequency' && value >= 450) return digits(0.1);
  return signal === 'voltage' && Number.isInteger(value) && value > 1000 && value < 10_000
    ? digits(0.1)
    : value;
}

/** The unit of a number that comes without: pressures and levels are told by their size. */
function usualUnit({ signal, unit }: NamedField, value: number, { usual }: FieldOptions): string | undefined {
  const told = usual?.[signal] ?? unit;
  if (told !== undefined) return told;
  if (signal === 'water_pressure') return Math.abs(value) < 10 ? 'MPa' : 'kPa';
  if (signal === 'level_depth') return Math.abs(value) < 20 ? 'm' : 'mm';
  return undefined;
}

/** A battery is told in percent or volts, whatever it is called; a voltage is the mains' on a circuit and a battery's elsewhere. */
function settled(field: NamedField, value: number, purpose: Purpose | undefined): NamedField {
  const { signal, unitTold } = field;
  if (signal === 'battery' && unitTold === undefined) {
    if (value > 1000 && value < 5000) return { ...field, signal: 'battery_voltage', unitTold: 'mV' };
    if (!Number.isInteger(value) && value > 1 && value < 5)
      return { ...field, signal: 'battery_voltage', unitTold: 'V' };
  }
  if (signal === 'battery' && /^m?v$/i.test(unitTold ?? '')) return { ...field, signal: 'battery_voltage' };
  if (signal === 'battery_voltage' && unitTold === undefined && value > 60)
    return { ...field, unitTold: 'mV' };
  if (signal !== 'voltage' || !field.vague || purpose === 'circuit') return field;
  const volts = unitTold?.toLowerCase() === 'mv' ? value / 1000 : value;
  if (volts > 60 && volts <= 1000) return field;
  const { channel: _point, ...rest } = field;
  return { ...rest, signal: 'battery_voltage', ...(volts > 1000 ? { unitTold: 'mV' } : {}) };
}

function place({ channel }: NamedField, reader: Reader): { channel?: string } {
  const found = channel ?? reader.channel;
  return found === undefined ? {} : { channel: found };
}

/** Two names of one point are one reading: the first, save that trouble outweighs its absence. */
function put(sink: Sink, reading: Parameters<typeof add>[1]): void {
  const { signal, channel, value } = reading;
  const at = sink.readings.findIndex(
    (other) =>
      other.signal === signal &&
      other.channel === channel &&
      other.observedAt === sink.observedAt &&
      other.origin === sink.origin,
  );
  const before = sink.readings[at];
  if (!before) add(sink, reading);
  else if (value === true && before.value === false) sink.readings[at] = { ...before, ...reading };
}

function readNumber(
  reader: Reader,
  field: NamedField,
  { name, value }: { name: string; value: number },
): undefined {
  const { sink, purpose } = reader;
  const told = settled(field, value, purpose);
  const { signal } = told;
  if (UNSET.has(value) && !COUNTERS.has(signal)) return discard(sink, name, `${value} means not measured`);
  const unit = told.unitTold ?? usualUnit(told, value, reader);
  if (signal === 'water_pressure' && told.vague && told.unitTold === undefined && value > 850 && value < 1100)
    return discard(sink, name, 'may be the pressure of the air');
  const conversion = unit === undefined ? { factor: 1, offset: 0 } : conversionOf(signal, unit);
  if (!conversion) return discard(sink, name, `${clean(unit ?? '', 12)} is no unit of ${signal}`);
  const plain = Number((value * conversion.factor + conversion.offset).toPrecision(12));
  const found = told.unitTold === undefined ? scaled(signal, plain) : plain;
  if (found === 0 && ZERO_IS_NONE.has(signal)) return discard(sink, name, '0 means not measured');
  if (signal === 'rssi' && found > 0) return discard(sink, name, `${found} is no dBm`);
  if (!isPlausible(signal, found)) return discard(sink, name, `${signal}: ${found} is not plausible`);
  put(sink, { signal, ...place(told, reader), value: found });
}

const MEASURED = /^\s*([-+]?\d+(?:\.\d+)?)\s*([^\d\s,;/][^\d,;]{0,8})?\s*$/;

function readQuantity(
  reader: Reader,
  field: NamedField,
  { name, value }: { name: string; value: unknown },
): undefined {
  const number = toNumber(value);
  if (number !== undefined) return readNumber(reader, field, { name, value: number });
  const [, digits, unit] = typeof value === 'string' ? (MEASURED.exec(value.slice(0, 64)) ?? []) : [];
  if (digits !== undefined && unit !== undefined)
    return readNumber(reader, { ...field, unitTold: unit }, { name, value: Number(digits) });
  if (field.signal === 'battery' && typeof value === 'string')
    return readState(reader, { ...field, signal: 'battery_low' }, { name, value });
  return value === '' ? undefined : refuse(reader.sink, name, 'a number', value);
}

function readPair(reader: Reader, { name, value }: { name: string; value: unknown }): undefined {
  const [, high, low] = /^\s*(\d{2,3})\s*[/,|-]\s*(\d{2,3})(?:\s*[/,|-].*)?$/.exec(String(value)) ?? [];
  if (high === undefined || low === undefined)
    return refuse(reader.sink, name, 'two pressures, 120/80', value);
  const [top, bottom] = Number(high) >= Number(low) ? [high, low] : [low, high];
  readQuantity(reader, { signal: 'systolic' }, { name, value: top });
  readQuantity(reader, { signal: 'diastolic' }, { name, value: bottom });
}

function readState(
  reader: Reader,
  field: NamedField,
  { name, value }: { name: string; value: unknown },
): undefined {
  const { signal, unlike } = field;
  const plain = typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
  if (!plain || value === '') return;
  const coded = signal === 'sensor_fault' && typeof value === 'number' && value > 1;
  if (coded) {
    put(reader.sink, { signal, ...place(field, reader), value: true, code: String(value) });
    return;
  }
  const meaning = meaningOf(signal, value);
  if (meaning === undefined) return refuse(reader.sink, name, `a state of ${signal}`, value);
  const number = definitionOf(signal).kind === 'boolean' && typeof meaning !== 'boolean';
  if (!number)
    put(reader.sink, { signal, ...place(field, reader), value: unlike ? meaning !== true : meaning });
}

const NO = /^(?:|false|0|no|off|none|null|normal|clear|ok|idle|正常|无|否|未.*)$/i;

/** A call for help in words that nobody knows is one all the same; a telephone number is none. */
function readEvent(
  reader: Reader,
  { signal }: NamedField,
  { name, value }: { name: string; value: unknown },
): undefined {
  const text = isObject(value) ? 'true' : String(value).trim();
  const told = signal === 'sos' || signal === 'fall' ? meaningOf(signal, text) : truthOf(text);
  if (told === false && NO.test(text)) return;
  const yes = told === true || (Number(text) > 0 && Number(text) < 100);
  if (!yes && (!isLifeSignal(signal) || NO.test(text) || /\d{5}/.test(text))) {
    if (!NO.test(text)) refuse(reader.sink, name, 'true or false', value);
    return;
  }
  put(reader.sink, { signal, value: true, ...(/^(?:true|1)$/i.test(text) ? {} : { code: clean(text) }) });
}

/** One value of one field, by the kind of its signal. */
export function readNamed(
  reader: Reader,
  field: NamedField,
  said: { name: string; value: unknown },
): undefined {
  if (field.pair) return readPair(reader, said);
  const { kind } = definitionOf(field.signal);
  if (kind === 'event') return readEvent(reader, field, said);
  return kind === 'number' ? readQuantity(reader, field, said) : readState(reader, field, said);
}
