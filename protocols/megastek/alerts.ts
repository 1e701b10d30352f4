import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { printable } from '../measure.ts';

type Fact = Omit<DecodedReading, 'origin' | 'observedAt'>;

/** Words of the vendor's tables of alert events, in lower case without spaces and punctuation; the first that fits counts. */
const ALERTS: readonly (readonly [RegExp, Signal, boolean])[] = [
  [/sos|help|panic|emergency/, 'sos', true],
  [/fall/, 'fall', true],
  [/belt(?:off|open|remov|loose|cut|disconnect)|takeoff|takenoff|remov/, 'worn', false],
  [/belt(?:on|close|connect|lock)/, 'worn', true],
  [/lowbat|batterylow|batlow|lowpower/, 'battery_low', true],
  [/poweroff|shutdown|switchoff/, 'power_off', true],
  [/poweron|restart|startup|switchon/, 'power_on', true],
  [/(?:out|exit|leav)\w*(?:geo|fence|zone|area)|(?:geo|fence|zone)\w*(?:out|exit|leav)/, 'fence_exit', true],
  [/(?:in|enter)\w*(?:geo|fence|zone|area)|(?:geo|fence|zone)\w*(?:in$|in\d|enter)/, 'fence_enter', true],
  [/nomov|nomotion|motionless|stationary|inactiv/, 'no_motion', true],
  [/vibrat|shock|impact|collision/, 'vibration', true],
  [/alarm|alert|warn/, 'general_alarm', true],
];

/** What the word for the reason of a report says; a report by the clock (`Timer`) says nothing, and an unknown word no alarm. */
export function alertFacts(word: string): Fact[] {
  const plain = word.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [, signal, value] = ALERTS.find(([pattern]) => pattern.test(plain)) ?? [];
  return signal === undefined || value === undefined ? [] : [{ signal, value, code: printable(word.trim()) }];
}
