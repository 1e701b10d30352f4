import type { DecodedReading } from '../../src/model/readings.ts';
import { definitionOf, isPlausible } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { type BitMeaning, type Register, type WordOrder, widthOf } from './register-map.ts';

export type Found = Omit<DecodedReading, 'origin' | 'observedAt'>;

/** Coils or registers as an answer holds them, from an address on. */
export interface Block {
  slave: number;
  fc: number;
  addr: number;
  count: number;
  bytes: Uint8Array;
}

export interface Values {
  found: Found[];
  /** What is told once: the bits and numbers that mean an event, by `slave/fc/addr/bit`. */
  events: { key: string; event: Found }[];
  reasons: string[];
}

const place = ({ channel }: { channel?: string }) => (channel === undefined ? {} : { channel });

/** The bytes of a number with the highest first. */
function ordered(bytes: Uint8Array, order: WordOrder): Uint8Array {
  const list = [...bytes];
  const words = list.flatMap((_, i) => (i % 2 === 0 ? [list.slice(i, i + 2)] : []));
  const turned = order === 'CDAB' || order === 'DCBA' ? words.reverse() : words;
  const swapped = order === 'BADC' || order === 'DCBA' ? turned.map((word) => word.reverse()) : turned;
  return Uint8Array.from(swapped.flat());
}

function decimal(bytes: Uint8Array): number {
  const digits = Buffer.from(bytes).toString('hex');
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}

function numberOf(bytes: Uint8Array, { type, order }: Register): number {
  const turned = ordered(bytes, order);
  const view = new DataView(turned.buffer, turned.byteOffset, turned.byteLength);
  switch (type) {
    case 'i16':
      return view.getInt16(0);
    case 'u32':
      return view.getUint32(0);
    case 'i32':
      return view.getInt32(0);
    case 'f32':
      return view.getFloat32(0);
    case 'u64':
      return Number(view.getBigUint64(0));
    case 'bcd16':
    case 'bcd32':
      return decimal(turned);
    default:
      return view.getUint16(0);
  }
}

/** The raw number of a register in a block; undefined where the block does not hold all of it. */
function rawOf(register: Register, { addr, count, bytes }: Block): number | undefined {
  const at = register.addr - addr;
  if (register.type === 'bit') {
    if (at < 0 || at >= count || at >= bytes.length * 8) return undefined;
    return isSet(bytes[at >> 3] ?? 0, at & 7) ? 1 : 0;
  }
  const width = widthOf(register.type);
  if (at < 0 || at + width > count || 2 * (at + width) > bytes.length) return undefined;
  return numberOf(bytes.subarray(2 * at, 2 * (at + width)), register);
}

/** `what` is the bit, or `value`. */
function tellEvent(
  into: Values,
  { register, what }: { register: Register; what: string },
  event: Found,
): void {
  const { slave, fc, addr } = register;
  const code = `register ${addr}${what === 'value' ? '' : ` bit ${what}`}`;
  into.events.push({ key: `${slave}/${fc}/${addr}/${what}`, event: { ...event, ...place(register), code } });
}

function tellNumber(into: Values, register: Register, raw: number): void {
  const { signal, scale, offset, values } = register;
  if (signal === undefined) return;
  const where = `register ${register.addr}`;
  const { kind } = definitionOf(signal);
  if (values || kind !== 'number') {
    const value = values ? (Object.hasOwn(values, String(raw)) ? values[String(raw)] : undefined) : raw === 1;
    if (value === undefined) into.reasons.push(`${where}: ${raw} is no known ${signal}`);
    else if (kind !== 'event') into.found.push({ signal, ...place(register), value });
    else if (value === true) tellEvent(into, { register, what: 'value' }, { signal, value });
    return;
  }
  const scaled = Number((raw * scale + offset).toPrecision(9));
  const value = signal === 'power_factor' ? Math.abs(scaled) : scaled;
  if (isPlausible(signal, value)) into.found.push({ signal, ...place(register), value });
  else into.reasons.push(`${where}: ${value} is not plausible as ${signal}`);
}

function tellBit(
  into: Values,
  { register, bit, meaning, set }: { register: Register; bit: string; meaning: BitMeaning; set: boolean },
): void {
  if ('cause' in meaning) {
    const { cause, stage } = meaning;
    const fault = { signal: 'breaker_fault', value: true, cause, ...(stage ? { stage } : {}) } as const;
    if (set) tellEvent(into, { register, what: bit }, fault);
    return;
  }
  const { signal, set: whenSet, clear } = meaning;
  const { kind } = definitionOf(signal);
  const value = set ? whenSet : (clear ?? (kind === 'boolean' ? !whenSet : undefined));
  if (value === undefined) return;
  if (kind !== 'event') into.found.push({ signal, ...place(register), value });
  else if (value === true) tellEvent(into, { register, what: bit }, { signal, value });
}

/** Everything that the map reads out of one answer. */
export function readBlock(registers: readonly Register[], block: Block): Values {
  const into: Values = { found: [], events: [], reasons: [] };
  for (const register of registers) {
    if (register.slave !== block.slave || register.fc !== block.fc) continue;
    const raw = rawOf(register, block);
    if (raw === undefined) continue;
    if (!Number.isFinite(raw) || register.none.includes(raw)) {
      into.reasons.push(`register ${register.addr}: no value`);
      continue;
    }
    tellNumber(into, register, raw);
    for (const [bit, meaning] of Object.entries(register.bits ?? {}))
      tellBit(into, { register, bit, meaning, set: Math.floor(raw / 2 ** Number(bit)) % 2 === 1 });
  }
  return into;
}
