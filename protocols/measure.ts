import type { DecodedReading } from '../src/model/readings.ts';
import { isPlausible, type Signal } from '../src/model/signals.ts';

const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** A decimal number, spaces around it allowed; undefined for a blank or for anything else. */
export function numberFrom(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return DECIMAL.test(trimmed) ? Number(trimmed) : undefined;
}

/** Foreign bytes as text that any page and database can hold. */
export function printable(text: string, length = 32): string {
  return text.slice(0, length).replace(/[^ -~]/g, '?');
}

/** What a measurement became: a reading, or the reason why it is none. */
export interface Measured {
  readings: DecodedReading[];
  reasons: string[];
}

/** A field as a reading. Zero is "not measured" on these devices; only a count (`steps`) may be zero. */
export function measure(
  signal: Signal,
  text: string | undefined,
  base: Omit<DecodedReading, 'signal' | 'value'>,
): Measured {
  if (text === undefined || text.trim() === '') return { readings: [], reasons: [] };
  const value = numberFrom(text);
  if (value === undefined) return { readings: [], reasons: [`${signal}: not a number`] };
  if (value === 0 && signal !== 'steps')
    return { readings: [], reasons: [`${signal}: 0 means not measured`] };
  if (!isPlausible(signal, value)) return { readings: [], reasons: [`${signal}: ${value} is not plausible`] };
  return { readings: [{ signal, value, ...base }], reasons: [] };
}
