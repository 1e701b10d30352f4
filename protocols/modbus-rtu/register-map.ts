/** What the registers of a device mean: the operator's file for one model, checked before it is used. */
import {
  type BreakerFaultCause,
  breakerFaultCauses,
  definitionOf,
  isSignal,
  type Signal,
} from '../../src/model/signals.ts';
import { isObject, type JsonObject, kindOf } from '../sink.ts';
import { conversionOf } from '../units.ts';

const registerTypes = ['bit', 'u16', 'i16', 'u32', 'i32', 'f32', 'u64', 'bcd16', 'bcd32'] as const;
export type RegisterType = (typeof registerTypes)[number];
/** The bytes of a number of 32 bits as they come, `A` the highest. */
const wordOrders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type WordOrder = (typeof wordOrders)[number];

type Plain = boolean | string | number;

/** What a set bit of a register says: a fault of the circuit, or a state with the value for 1 and for 0. */
export type BitMeaning =
  | { cause: BreakerFaultCause; stage?: 'warning' | 'trip' }
  | { signal: Signal; set: Plain; clear?: Plain };

export interface Register {
  slave: number;
  /** 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers. */
  fc: 1 | 2 | 3 | 4;
  /** From 0, as it stands in the request. */
  addr: number;
  type: RegisterType;
  order: WordOrder;
  signal?: Signal;
  channel?: string;
  /** The number becomes the signal's unit as `number * scale + offset`. */
  scale: number;
  offset: number;
  /** Raw numbers that stand for "no value". */
  none: readonly number[];
  /** What raw numbers stand for, where the signal is no number. */
  values?: Readonly<Record<string, Plain>>;
  bits?: Readonly<Record<string, BitMeaning>>;
}

/** How a switch is thrown; what shows its new position is a register with the same signal and channel. */
export interface SwitchWrite {
  slave: number;
  fc: 5 | 6 | 16;
  addr: number;
  on: number;
  off: number;
  signal: 'breaker_position' | 'valve_position';
  channel?: string;
}

export interface RegisterMap {
  everyMs: number;
  registers: readonly Register[];
  switches: readonly SwitchWrite[];
}

export interface MapFault {
  path: readonly (string | number)[];
  message: { zh: string; en: string };
}

const MOST_REGISTERS = 500;
const MOST_SWITCHES = 32;
const EVERY_MS = 30_000;
const COIL_ON = 0xff00;

export const widthOf = (type: RegisterType): number =>
  ({ u32: 2, i32: 2, f32: 2, bcd32: 2, u64: 4 })[type as string] ?? 1;

/** Collects what is wrong, in both languages. */
class Faults {
  readonly list: MapFault[] = [];

  expect(path: MapFault['path'], expected: { zh: string; en: string }, given: unknown): undefined {
    this.list.push({
      path,
      message: {
        zh: `应为${expected.zh}，实为 ${kindOf(given)}`,
        en: `expected ${expected.en}, got ${kindOf(given)}`,
      },
    });
    return undefined;
  }

  whole(path: MapFault['path'], value: unknown, [min, max]: readonly [number, number]): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.expect(path, { zh: `${min} 到 ${max} 的整数`, en: `a whole number from ${min} to ${max}` }, value);
    return min;
  }

  number(path: MapFault['path'], value: unknown, usual: number): number {
    if (value === undefined) return usual;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.expect(path, { zh: '数字', en: 'a number' }, value);
    return usual;
  }

  oneOf<T extends string | number>(
    path: MapFault['path'],
    value: unknown,
    known: readonly T[],
    usual?: T,
  ): T | undefined {
    if (value === undefined && usual !== undefined) return usual;
    const found = known.find((one) => one === value);
    return (
      found ?? this.expect(path, { zh: `${known.join('、')} 之一`, en: `one of ${known.join(', ')}` }, value)
    );
  }

  signal(path: MapFault['path'], value: unknown): Signal | undefined {
    if (typeof value === 'string' && isSignal(value)) return value;
    return this.expect(path, { zh: '信号名', en: 'the name of a signal' }, value);
  }
}

type Path = (string | number)[];

const channelOf = (faults: Faults, path: Path, value: unknown): { channel?: string } => {
  if (value === undefined) return {};
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && /^[\w.-]{1,32}$/.test(text)) return { channel: text };
  faults.expect([...path, 'channel'], { zh: '字母、数字、_ . -', en: 'letters, digits, _ . -' }, value);
  return {};
};

/** Whether a value may be one of this signal. */
function fits(signal: Signal, value: unknown): value is Plain {
  const { kind, values } = definitionOf(signal);
  if (kind === 'boolean' || kind === 'event') return typeof value === 'boolean';
  return kind === 'enum' ? values?.includes(String(value)) === true : typeof value === 'number';
}

function readBit(faults: Faults, path: Path, raw: unknown): BitMeaning | undefined {
  if (!isObject(raw)) return faults.expect(path, { zh: '对象', en: 'an object' }, raw);
  if (raw.cause !== undefined) {
    const cause = faults.oneOf([...path, 'cause'], raw.cause, breakerFaultCauses);
    const stage =
      raw.stage === undefined ? undefined : faults.oneOf([...path, 'stage'], raw.stage, ['warning', 'trip']);
    return cause && { cause, ...(stage ? { stage } : {}) };
  }
  const signal = faults.signal([...path, 'signal'], raw.signal);
  if (!signal) return undefined;
  const { set = true, clear } = raw;
  const state = { zh: `${signal} 的一个值`, en: `a value of ${signal}` };
  if (!fits(signal, set)) return faults.expect([...path, 'set'], state, set);
  if (clear !== undefined && !fits(signal, clear)) return faults.expect([...path, 'clear'], state, clear);
  return { signal, set, ...(clear === undefined ? {} : { clear }) };
}

function readBits(faults: Faults, path: Path, raw: unknown): Pick<Register, 'bits'> {
  if (raw === undefined) return {};
  if (!isObject(raw)) {
    faults.expect(path, { zh: '对象', en: 'an object' }, raw);
    return {};
  }
  const entries = Object.entries(raw).flatMap(([bit, meaning]) => {
    const number = /^\d{1,2}$/.test(bit) && Number(bit) < 32;
    if (!number) faults.expect([...path, bit], { zh: '0 到 31 的位号', en: 'a bit from 0 to 31' }, bit);
    const read = readBit(faults, [...path, bit], meaning);
    return number && read ? [[bit, read] as const] : [];
  });
  return { bits: Object.fromEntries(entries) };
}

function readValues(
  faults: Faults,
  path: Path,
  { raw, signal }: { raw: unknown; signal: Signal | undefined },
) {
  if (raw === undefined || signal === undefined) return {};
  if (!isObject(raw)) {
    faults.expect(path, { zh: '对象', en: 'an object' }, raw);
    return {};
  }
  for (const [number, value] of Object.entries(raw))
    if (!fits(signal, value))
      faults.expect([...path, number], { zh: `${signal} 的一个值`, en: `a value of ${signal}` }, value);
  return { values: raw as Record<string, Plain> };
}

/** The unit of the file into that of the signal. */
function scaleOf(
  faults: Faults,
  path: Path,
  raw: JsonObject,
  signal: Signal | undefined,
): { scale: number; offset: number } {
  const scale = faults.number([...path, 'scale'], raw.scale, 1);
  const offset = faults.number([...path, 'offset'], raw.offset, 0);
  if (raw.unit === undefined || signal === undefined) return { scale, offset };
  const conversion = typeof raw.unit === 'string' ? conversionOf(signal, raw.unit) : undefined;
  if (!conversion) {
    faults.expect([...path, 'unit'], { zh: `${signal} 的单位`, en: `a unit of ${signal}` }, raw.unit);
    return { scale, offset };
  }
  return { scale: scale * conversion.factor, offset: offset * conversion.factor + conversion.offset };
}

function readNone(faults: Faults, path: Path, raw: unknown): number[] {
  if (raw === undefined) return [];
  const list = Array.isArray(raw) ? raw : [raw];
  return list.slice(0, 16).map((value: unknown, i) => faults.number([...path, i], value, 0));
}

function readRegister(faults: Faults, path: Path, raw: unknown): Register | undefined {
  if (!isObject(raw)) return faults.expect(path, { zh: '对象', en: 'an object' }, raw);
  const fc = faults.oneOf([...path, 'fc'], raw.fc, [1, 2, 3, 4] as const);
  const coil = fc === 1 || fc === 2;
  const type = faults.oneOf([...path, 'type'], raw.type, registerTypes, coil ? 'bit' : 'u16');
  const order = faults.oneOf([...path, 'order'], raw.order, wordOrders, 'ABCD');
  const told = raw.signal !== undefined || raw.bits === undefined;
  const signal = told ? faults.signal([...path, 'signal'], raw.signal) : undefined;
  if (fc && type && coil !== (type === 'bit'))
    faults.expect(
      [...path, 'type'],
      coil ? { zh: 'bit', en: 'bit' } : { zh: '寄存器类型', en: 'a type of registers' },
      type,
    );
  const values = readValues(faults, [...path, 'values'], { raw: raw.values, signal });
  const bits = readBits(faults, [...path, 'bits'], raw.bits);
  const kind = signal === undefined ? undefined : definitionOf(signal).kind;
  if (kind !== undefined && kind !== 'number' && !('values' in values) && !(coil && kind === 'boolean'))
    faults.expect(
      [...path, 'values'],
      { zh: `${signal} 各值的对照`, en: `what stands for which ${signal}` },
      raw.values,
    );
  if (!fc || !type || !order) return undefined;
  return {
    slave: faults.whole([...path, 'slave'], raw.slave ?? 1, [1, 247]),
    fc,
    addr: faults.whole([...path, 'addr'], raw.addr, [0, 0xffff]),
    type,
    order,
    ...(signal ? { signal } : {}),
    ...channelOf(faults, path, raw.channel),
    ...scaleOf(faults, path, raw, signal),
    none: readNone(faults, [...path, 'none'], raw.none),
    ...values,
    ...bits,
  };
}

function readSwitch(faults: Faults, path: Path, raw: unknown): SwitchWrite | undefined {
  if (!isObject(raw)) return faults.expect(path, { zh: '对象', en: 'an object' }, raw);
  const fc = faults.oneOf([...path, 'fc'], raw.fc, [5, 6, 16] as const);
  const signal = faults.oneOf(
    [...path, 'signal'],
    raw.signal,
    ['breaker_position', 'valve_position'],
    'breaker_position',
  );
  if (!fc || !signal) return undefined;
  const usual = fc === 5 ? { on: COIL_ON, off: 0 } : { on: 1, off: 0 };
  return {
    slave: faults.whole([...path, 'slave'], raw.slave ?? 1, [1, 247]),
    fc,
    addr: faults.whole([...path, 'addr'], raw.addr, [0, 0xffff]),
    on: faults.whole([...path, 'on'], raw.on ?? usual.on, [0, 0xffff]),
    off: faults.whole([...path, 'off'], raw.off ?? usual.off, [0, 0xffff]),
    signal,
    ...channelOf(faults, path, raw.channel),
  };
}

function listOf(faults: Faults, path: string, { raw, most }: { raw: unknown; most: number }): unknown[] {
  if (Array.isArray(raw) && raw.length <= most) return raw;
  faults.expect([path], { zh: `最多 ${most} 项的列表`, en: `a list of at most ${most}` }, raw);
  return [];
}

/** Reads a map and names every fault in it; `map` is what can be used of it. */
export function readRegisterMap(raw: unknown): { map: RegisterMap; faults: MapFault[] } {
  const faults = new Faults();
  const file: JsonObject = isObject(raw) ? raw : {};
  if (!isObject(raw)) faults.expect([], { zh: '对象', en: 'an object' }, raw);
  const registers = listOf(faults, 'registers', { raw: file.registers, most: MOST_REGISTERS });
  const switches = listOf(faults, 'switches', { raw: file.switches ?? [], most: MOST_SWITCHES });
  const seconds =
    file.everySeconds === undefined
      ? EVERY_MS / 1000
      : faults.whole(['everySeconds'], file.everySeconds, [1, 86_400]);
  const map = {
    everyMs: seconds * 1000,
    registers: registers.flatMap((one, i) => readRegister(faults, ['registers', i], one) ?? []),
    switches: switches.flatMap((one, i) => readSwitch(faults, ['switches', i], one) ?? []),
  };
  return { map, faults: faults.list };
}
