/** The alarm word (item 02) of Eview's binary language. */
import type { Signal } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { put } from '../put.ts';
import { discard, type Sink } from '../sink.ts';

/** Bits with a meaning for a wearer's platform. */
const ALARMS: Readonly<Record<number, { signal: Signal; code: string }>> = {
  0: { signal: 'battery_low', code: 'low battery' },
  2: { signal: 'fall', code: 'fall' },
  3: { signal: 'general_alarm', code: 'tilt' },
  8: { signal: 'power_off', code: 'power off' },
  9: { signal: 'power_on', code: 'power on' },
  10: { signal: 'moving', code: 'motion' },
  11: { signal: 'no_motion', code: 'no motion' },
  12: { signal: 'sos', code: 'SOS' },
  13: { signal: 'service_call', code: 'side button 1' },
  14: { signal: 'service_call', code: 'side button 2' },
};
const FENCES = [0, 1, 2, 3] as const;
const FIRST_FENCE_BIT = 4;
const FIRST_DIRECTION_BIT = 26;
const DIRECTIONS = (1 << 26) | (1 << 27) | (1 << 28) | (1 << 29);
const FENCE_BITS = 0b1111 << FIRST_FENCE_BIT;
const OVERSPEED = 1 << 1;

const known = Object.keys(ALARMS).reduce(
  (mask, bit) => mask | (1 << Number(bit)),
  FENCE_BITS | DIRECTIONS | OVERSPEED,
);

/** Every alarm that is set. A fence has a bit beside its own that tells the direction. */
export function putAlarms(sink: Sink, word: number): void {
  for (const [bit, { signal, code }] of Object.entries(ALARMS))
    if (isSet(word, Number(bit))) put(sink, { signal, value: true, code: `bit ${bit}, ${code}` });
  for (const fence of FENCES) {
    if (!isSet(word, FIRST_FENCE_BIT + fence)) continue;
    const signal = isSet(word, FIRST_DIRECTION_BIT + fence) ? 'fence_enter' : 'fence_exit';
    put(sink, { signal, value: true, code: `fence ${fence + 1}` });
  }
  const others = Array.from({ length: 32 }, (_, bit) => bit).filter(
    (bit) => isSet(word, bit) && !isSet(known, bit),
  );
  if (others.length > 0) discard(sink, 'alarm', `bits ${others.join(', ')} have no meaning here`);
}
