/** What the status bytes and alarm codes of the GT06 family say. Source: Concox communication protocol documents. */
import type { DecodedReading } from '../../src/model/readings.ts';
import type { Signal } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';

export type Fact = Omit<DecodedReading, 'origin' | 'observedAt'>;

const on = (signal: Signal, code: string): Fact => ({ signal, value: true, code });

/** Three bits of the terminal information; 5 and 6 are fences whose direction is not told. */
const TERMINAL_ALARMS: Readonly<Record<number, Fact>> = {
  1: on('vibration', 'status 1'),
  2: { signal: 'charging', value: false, code: 'status 2' },
  3: on('battery_low', 'status 3'),
  4: on('sos', 'status 4'),
  7: { signal: 'worn', value: false, code: 'status 7' },
};

const ALARMS: Readonly<Record<number, Fact>> = {
  1: on('sos', '01'),
  2: { signal: 'charging', value: false, code: '02' },
  3: on('vibration', '03'),
  4: on('fence_enter', '04'),
  5: on('fence_exit', '05'),
  9: on('vibration', '09'),
  12: on('power_on', '0c'),
  14: on('battery_low', '0e'),
  15: on('battery_low', '0f'),
  17: on('power_off', '11'),
  19: on('tamper', '13'),
  21: on('power_off', '15'),
  24: { signal: 'worn', value: false, code: '18' },
  25: on('battery_low', '19'),
  35: on('fall', '23'),
};

/** Notices about driving, doors and the network, which are no alarm about a person. */
const NOTICES: ReadonlySet<number> = new Set([
  0x00, 0x06, 0x0a, 0x0b, 0x0d, 0x10, 0x12, 0x14, 0x16, 0x17, 0x20, 0x29, 0x2a, 0x2b, 0x30, 0x32, 0xfe, 0xff,
]);

/** An alarm code. One that no document names stays an alarm where `sound` says that the bytes around it read as they must. */
export function alarmFacts(code: number, sound: boolean): Fact[] {
  const known = ALARMS[code];
  if (known) return [known];
  return sound && !NOTICES.has(code) ? [on('general_alarm', code.toString(16).padStart(2, '0'))] : [];
}

/** The terminal information: bit 2 charging, bits 3 to 5 an alarm. */
export function terminalFacts(info: number): Fact[] {
  const alarm = TERMINAL_ALARMS[(info >> 3) & 7];
  return [
    ...(alarm && alarm.signal !== 'charging' ? [alarm] : []),
    { signal: 'charging', value: isSet(info, 2) },
  ];
}

/** A level from 1 to 6; some firmware says percent. 0 is "no power", from a device that has enough to tell it. */
export function batteryFacts(level: number): Fact[] {
  if (level === 0 || level > 100) return [];
  return [{ signal: 'battery', value: level <= 6 ? Math.floor((level * 100) / 6) : level }];
}

/** Facts of which the earlier win where two speak of the same signal. */
export function merged(...lists: readonly (readonly Fact[])[]): Fact[] {
  const facts: Fact[] = [];
  for (const fact of lists.flat()) if (!facts.some(({ signal }) => signal === fact.signal)) facts.push(fact);
  return facts;
}
