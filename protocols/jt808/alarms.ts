/** The alarm and status words of a position report, as data. */
import type { Signal } from '../../src/model/signals.ts';
import { isSet } from '../bytes.ts';
import { put } from '../put.ts';
import { discard, type Sink } from '../sink.ts';

interface AlarmBit {
  /** Where it has none, it concerns a vehicle and no wearer. */
  signal?: Signal;
  code: string;
  /** A state that the bit's absence ends, where this terminal was seen to set it. */
  isState?: true;
}

/** JT/T 808-2019, table 24, with the private bits 15 to 18. Bit 20 needs the direction from an item. */
const ALARMS: Readonly<Record<number, AlarmBit>> = {
  0: { signal: 'sos', code: 'emergency' },
  1: { code: 'overspeed' },
  2: { code: 'fatigue' },
  3: { signal: 'general_alarm', code: 'danger warning' },
  4: { signal: 'sensor_fault', code: 'GNSS module', isState: true },
  5: { signal: 'sensor_fault', code: 'GNSS antenna cut', isState: true },
  6: { signal: 'sensor_fault', code: 'GNSS antenna shorted', isState: true },
  7: { signal: 'battery_low', code: 'supply undervoltage', isState: true },
  8: { code: 'supply cut' },
  15: { signal: 'vibration', code: 'vibration' },
  16: { signal: 'tamper', code: 'tamper', isState: true },
  17: { signal: 'tamper', code: 'tamper', isState: true },
  18: { signal: 'battery_low', code: 'low battery', isState: true },
  28: { signal: 'moving', code: 'displacement' },
  29: { signal: 'vibration', code: 'collision' },
  30: { signal: 'fall', code: 'rollover' },
};
const AREA_BIT = 20;
const CHARGING_BIT = 26;
/** The bit that asks for a confirmation. */
export const SOS_BIT = 0;

export const STATUS = { located: 1, south: 2, west: 3 } as const;

const STATES: ReadonlySet<Signal> = new Set(
  Object.values(ALARMS).flatMap(({ signal, isState }) => (signal && isState ? [signal] : [])),
);

/** Every alarm that is set; `seen` are the states that this terminal was seen to raise: without a bit they are over. */
export function putAlarms(
  sink: Sink,
  alarms: number,
  { seen, area }: { seen: readonly Signal[]; area: 'entered' | 'left' | undefined },
): void {
  for (const signal of seen) if (STATES.has(signal)) put(sink, { signal, value: false });
  for (const [bit, { signal, code }] of Object.entries(ALARMS)) {
    if (!isSet(alarms, Number(bit))) continue;
    if (signal) put(sink, { signal, value: true, code: `bit ${bit}, ${code}` });
    else discard(sink, `alarm bit ${bit}`, `${code} says nothing of a wearer`);
  }
  if (isSet(alarms, AREA_BIT)) {
    const code = area === undefined ? 'bit 20, direction not told' : 'bit 20';
    put(sink, { signal: area === 'entered' ? 'fence_enter' : 'fence_exit', value: true, code });
  }
}

/** Bit 26 is private: it tells that the terminal is being charged. */
export function putStatus(sink: Sink, status: number): void {
  put(sink, { signal: 'charging', value: isSet(status, CHARGING_BIT) });
}
