/** What Tuya's own codes mean where the name alone would mislead: data points of breakers (category "dlq") and scaled numbers. */

import { isPlausible, type Signal } from '../../src/model/signals.ts';
import { hex } from '../bytes.ts';
import { toNumber } from '../place-fields.ts';
import { add, type JsonObject, type Sink } from '../sink.ts';
import { unwrapped } from '../units.ts';

/** Data points by number, as raw bridges tell them. */
const NUMBERED: Readonly<Record<string, string>> = {
  1: 'total_forward_energy',
  6: 'phase_a',
  7: 'phase_b',
  8: 'phase_c',
  9: 'fault',
  15: 'leakage_current',
  16: 'switch',
  103: 'temp_current',
};
/** Whole numbers in parts of the unit: factor into the unit of the signal. */
const SCALED: Readonly<Record<string, readonly [Signal, number]>> = {
  total_forward_energy: ['energy_import', 10],
  forward_energy_total: ['energy_import', 10],
  reverse_energy_total: ['energy_export', 10],
  cur_power: ['power', 0.1],
};
/** Settings and counters that are called like readings. */
const NOT_READ =
  /^(?:add_ele|alarm_set_\w+|switch_prepayment|clear_energy|balance_energy|charge_energy|leakage_current_test|countdown\w*|relay_status|cycle_time|random_time|child_lock|light_mode|breaker_id|breaker_number|test_bit|\w+_coe|leakage_warn_value|\w+_set|\w+_threshold)$/;
const PHASE = /^phase_?([abc])$/i;

/** Names for numbers; everything else as it is. */
export function named(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      Object.hasOwn(NUMBERED, name) ? (NUMBERED[name] ?? name) : name,
      value,
    ]),
  );
}

/** Voltage in 0.1 V, current in mA, power in W, big-endian in 2, 3 and 3 bytes, as base64 or hex. */
function phaseBytes(text: string): Uint8Array | undefined {
  const given = text.trim();
  const bytes = /^(?:[0-9a-f]{2}){8,15}$/i.test(given)
    ? Buffer.from(given, 'hex')
    : Buffer.from(given, 'base64');
  return bytes.length >= 8 && bytes.length <= 32 ? bytes : undefined;
}

function readPhase(sink: Sink, channel: string, text: string): void {
  const bytes = phaseBytes(text);
  if (!bytes) {
    sink.misunderstood = true;
    sink.reasons.push(`phase_${channel}: expected eight bytes`);
    return;
  }
  const part = (from: number, to: number) => Number.parseInt(hex(bytes.subarray(from, to)), 16);
  const found: readonly (readonly [Signal, number])[] = [
    ['voltage', part(0, 2) / 10],
    ['current', part(2, 5) / 1000],
    ['power', unwrapped(part(5, 8))],
  ];
  for (const [signal, value] of found) if (isPlausible(signal, value)) add(sink, { signal, channel, value });
}

/** Reads a code that is Tuya's own; false for all others. */
export function readTuyaCode(sink: Sink, name: string, value: unknown): boolean {
  if (NOT_READ.test(name)) return true;
  const [, phase] = PHASE.exec(name) ?? [];
  if (phase !== undefined && typeof value === 'string') {
    readPhase(sink, phase.toLowerCase(), value);
    return true;
  }
  const scale = Object.hasOwn(SCALED, name) ? SCALED[name] : undefined;
  const number = toNumber(value);
  if (!scale || number === undefined || !Number.isInteger(number)) return false;
  const [signal, factor] = scale;
  const scaled = Number((number * factor).toPrecision(12));
  if (isPlausible(signal, scaled)) add(sink, { signal, value: scaled });
  return true;
}
