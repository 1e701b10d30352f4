/** Limits that were passed: `MARGINS`, the old `POWER_HIGH` topics, and `WARNING` of the overload protection. */
import type { BreakerFaultCause } from '../../src/model/signals.ts';
import { add, clean, discard, isObject, type JsonObject } from '../sink.ts';
import { truthOf } from '../words.ts';
import type { Talk } from './session.ts';

const MARGINS: Readonly<Record<string, BreakerFaultCause | null>> = {
  powerhigh: 'high_power',
  voltagehigh: 'over_voltage',
  voltagelow: 'under_voltage',
  currenthigh: 'over_current',
  powerlow: null,
  currentlow: null,
};
const DEEPEST = 3;

const plain = (name: string) => name.replaceAll(/[^a-z]/gi, '').toLowerCase();

export function isMargin(name: string): boolean {
  return Object.hasOwn(MARGINS, plain(name));
}

/** One margin that is passed or kept again; a load that is low is no fault. */
export function readMargin({ sink }: Talk, name: string, value: unknown): undefined {
  const cause = MARGINS[plain(name)];
  const passed = truthOf(value);
  if (cause === undefined || passed === undefined) return;
  if (cause === null || !passed) return discard(sink, clean(name), passed ? 'low' : 'kept again');
  add(sink, { signal: 'breaker_fault', value: true, cause, stage: 'warning', code: clean(name) });
}

/** The margins among the keys, however deep. */
export function readMargins(talk: Talk, message: JsonObject, depth = 0): undefined {
  for (const [key, value] of Object.entries(message).slice(0, 50)) {
    if (isObject(value) && depth < DEEPEST) readMargins(talk, value, depth + 1);
    else if (isMargin(key)) readMargin(talk, key, value);
  }
}

const REACHED: readonly (readonly [RegExp, BreakerFaultCause])[] = [
  [/Max(?:Safe)?(?:Pod)?Power(?:Reached|Limit)?(\d*)(?:\s|$)/i, 'high_power'],
  [/MaxEnergyReached(\d*)(?:\s|$)/i, 'unspecified'],
  [/Over(?:Temp|heat)\w*$/i, 'over_temperature'],
];

/** `MaxPowerReached`, with the number of the relay where there are several, comes with the switching off; its retry switches on again. */
export function readWarning({ sink }: Talk, text: string, payload: unknown): undefined {
  const words = isObject(payload)
    ? Object.entries(payload).flatMap(([key, value]) => [key, ...(typeof value === 'string' ? [value] : [])])
    : [text.trim()];
  for (const word of words.slice(0, 50)) {
    const [pattern, cause] = REACHED.find(([one]) => one.test(word)) ?? [];
    if (cause === undefined) continue;
    const relay = pattern?.exec(word)?.[1] ?? '';
    const place = relay === '' ? {} : { channel: relay };
    add(sink, { signal: 'breaker_fault', ...place, value: true, cause, stage: 'trip', code: clean(word) });
    add(sink, { signal: 'breaker_opened_by', ...place, value: 'trip' });
    return;
  }
  discard(sink, 'WARNING', clean(text, 80));
}
