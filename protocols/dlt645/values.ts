import type { DecodedReading } from '../../src/model/readings.ts';
import { type BreakerFaultCause, isPlausible } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { commonFaults, type DecimalField, type Field, type Item, phaseFaults } from './items.ts';

export type Found = Omit<DecodedReading, 'origin' | 'observedAt'>;

export interface Values {
  found: Found[];
  /** Faults of the supply that stand, as `channel/cause`. */
  faults: string[];
  reasons: string[];
}

const MOST_TARIFFS = 63;
const PHASES = ['a', 'b', 'c'];

/** Packed decimal, the lowest byte first; undefined where a digit is none, as in FF for "no value". */
function decimal(bytes: Uint8Array, signed: boolean): number | undefined {
  let value = 0;
  let negative = false;
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    let byte = bytes[at] ?? 0xff;
    if (signed && at === bytes.length - 1 && byte !== 0xff) {
      negative = isSet(byte, 7);
      byte &= 0x7f;
    }
    const high = byte >> 4;
    const low = byte & 15;
    if (high > 9 || low > 9) return undefined;
    value = value * 100 + high * 10 + low;
  }
  return negative ? -value : value;
}

function tellDecimal(
  into: Values,
  { signal, factor, signed, channel }: DecimalField,
  bytes: Uint8Array,
): void {
  const digits = decimal(bytes, signed === true);
  const point = channel === undefined ? signal : `${signal}.${channel}`;
  if (digits === undefined) {
    into.reasons.push(`${point}: no value`);
    return;
  }
  const scaled = Number((digits * factor).toPrecision(12));
  const value = signal === 'power_factor' ? Math.abs(scaled) : scaled;
  if (isPlausible(signal, value))
    into.found.push({ signal, ...(channel === undefined ? {} : { channel }), value });
  else into.reasons.push(`${point}: ${value} is not plausible`);
}

function faultsOf(status: number, table: Readonly<Record<number, BreakerFaultCause>>): BreakerFaultCause[] {
  const causes = Object.entries(table).flatMap(([bit, cause]) => (isSet(status, Number(bit)) ? [cause] : []));
  return [...new Set(causes)];
}

/** Appendix C of the standard: word 1 the meter itself, 3 its relay, 4 to 6 the phases, 7 all of them. */
function tellStatus(into: Values, word: number, status: number): void {
  if (word === 1) into.found.push({ signal: 'battery_low', value: isSet(status, 2) || isSet(status, 3) });
  if (word === 3)
    into.found.push({ signal: 'breaker_position', value: isSet(status, 4) ? 'open' : 'closed' });
  const channel = PHASES[word - 4];
  const table = channel === undefined ? (word === 7 ? commonFaults : {}) : phaseFaults;
  for (const cause of faultsOf(status, table)) {
    const place = channel === undefined ? {} : { channel };
    into.found.push({ signal: 'breaker_fault', ...place, value: true, cause, stage: 'warning' });
  }
  if (channel !== undefined || word === 7)
    into.faults.push(...faultsOf(status, table).map((cause) => `${channel ?? ''}/${cause}`));
}

function tell(into: Values, field: Field, bytes: Uint8Array): void {
  if ('word' in field) tellStatus(into, field.word, (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8));
  else tellDecimal(into, field, bytes);
}

function fieldAt({ fields, repeat }: Item, index: number): Field | undefined {
  if (index < fields.length) return fields[index];
  return index <= MOST_TARIFFS ? repeat?.(index) : undefined;
}

/** The values behind an identifier, as far as the bytes go. */
export function readValues(item: Item, data: Uint8Array): Values {
  const into: Values = { found: [], faults: [], reasons: [] };
  let at = 0;
  for (let index = 0; at < data.length; index += 1) {
    const field = fieldAt(item, index);
    if (!field) break;
    const bytes = data.subarray(at, at + field.bytes);
    if (bytes.length < field.bytes) into.reasons.push('fewer bytes than the value has');
    else tell(into, field, bytes);
    at += field.bytes;
  }
  if (data.length === 0) into.reasons.push('no value');
  return into;
}
