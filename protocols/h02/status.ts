/** The status word and the battery byte of H02 devices. */
import type { DecodedReading } from '../../src/model/readings.ts';
import { isSet } from '../bytes.ts';

export type Fact = Omit<DecodedReading, 'origin' | 'observedAt'>;

/** Bits are active low. */
const SOS_BITS: readonly number[] = [1, 18];
const VIBRATION_BIT = 0;
const POWER_CUT_BIT = 19;

/** Alarms of a status word of eight hex digits; a word of zeros alone is that of firmware which fills none in. */
export function statusFacts(word: number): Fact[] {
  if (word === 0) return [];
  const facts: Fact[] = [];
  const isActive = (bit: number) => !isSet(word, bit);
  const sos = SOS_BITS.filter(isActive);
  if (sos.length > 0) facts.push({ signal: 'sos', value: true, code: `bit ${sos.join(', ')}` });
  if (isActive(VIBRATION_BIT)) facts.push({ signal: 'vibration', value: true, code: 'bit 0' });
  if (isActive(POWER_CUT_BIT)) facts.push({ signal: 'charging', value: false, code: 'bit 19' });
  return facts;
}

const LEVELS = [undefined, 0, 10, 20, 60, 80, 100] as const;

/** Levels 1 to 6, with F in front while charging; otherwise percent. */
export function batteryFacts(value: number): Fact[] {
  const level = value >= 0xf1 && value <= 0xf6 ? value - 0xf0 : value;
  const percent = level <= 6 ? LEVELS[level] : level;
  return percent === undefined || percent > 100 ? [] : [{ signal: 'battery', value: percent }];
}
