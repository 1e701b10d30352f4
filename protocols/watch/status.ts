import type { DecodedReading } from '../../src/model/readings.ts';
import { printable } from '../measure.ts';

/** The status word of a position record: alarms in the high half, states in the low half. */
export interface Status {
  /** Undefined where the half is not in the frame or not readable. */
  alarms?: number;
  states?: number;
  /** The word as received, or what is left of it. */
  raw: string;
}

type Fact = Omit<DecodedReading, 'origin' | 'observedAt'>;

const STATUS_FIELD = 15;
/** Where the word may have got to when fields in front of it were lost or doubled; cell numbers come later. */
const SHIFTED = [14, 16, 13, 17, 12, 11];

const STATE = { batteryLow: 1 << 0, offWrist: 1 << 3, moving: 1 << 4, unplugged: 1 << 14 } as const;
const ALARM = {
  sos: 1 << 0,
  batteryLow: 1 << 1,
  fenceExit: 1 << 2,
  fenceEnter: 1 << 3,
  takenOff: 1 << 4,
} as const;
const ALARM_BITS = 16;
const FALL_BITS: readonly number[] = [5, 6];

/** Finds and reads the word in the fields of a record. `index` is where it stood. */
export function readStatus(fields: readonly string[]): { status: Status; index: number } {
  const inPlace = readWord(fields[STATUS_FIELD]?.trim(), fields.length > STATUS_FIELD + 1);
  if (inPlace.states !== undefined) return { status: inPlace, index: STATUS_FIELD };
  const shifted = SHIFTED.find((at) => /^[0-9a-f]{8}$/i.test(fields[at]?.trim() ?? ''));
  if (shifted === undefined) return { status: inPlace, index: STATUS_FIELD };
  return { status: readWord(fields[shifted]?.trim(), true), index: shifted };
}

/** Four digits are the states alone on old SG firmware; at the end of a frame they are a word that was cut. */
function readWord(raw = '', followed: boolean): Status {
  if (/^[0-9a-f]{8}$/i.test(raw)) {
    const word = Number.parseInt(raw, 16);
    return { alarms: word >>> ALARM_BITS, states: word & 0xffff, raw };
  }
  return /^[0-9a-f]{4}$/i.test(raw) && followed ? { states: Number.parseInt(raw, 16), raw } : { raw };
}

/** Every alarm bit that is set, each as what it says; bits without a known meaning stay an alarm. */
function alarmFacts(alarms: number): Fact[] {
  if (alarms === 0) return [];
  const facts: Fact[] = [];
  const isSet = (bit: number) => (alarms & bit) !== 0;
  if (isSet(ALARM.sos)) facts.push({ signal: 'sos', value: true });
  for (const bit of FALL_BITS) {
    if (isSet(1 << bit) && !facts.some(({ signal }) => signal === 'fall')) {
      facts.push({ signal: 'fall', value: true, code: `bit ${bit + ALARM_BITS}` });
    }
  }
  if (isSet(ALARM.takenOff)) facts.push({ signal: 'worn', value: false });
  if (isSet(ALARM.batteryLow)) facts.push({ signal: 'battery_low', value: true });
  if (isSet(ALARM.fenceExit)) facts.push({ signal: 'fence_exit', value: true });
  if (isSet(ALARM.fenceEnter)) facts.push({ signal: 'fence_enter', value: true });
  const unknown = Array.from({ length: 9 }, (_, at) => at + 7).filter((bit) => isSet(1 << bit));
  if (unknown.length > 0) {
    const code = unknown.map((bit) => `bit ${bit + ALARM_BITS}`).join(', ');
    facts.push({ signal: 'general_alarm', value: true, code });
  }
  return facts;
}

/**
 * States that are set; and those that are not, where this device was seen to use the bit (`known`). A firmware that has no
 * wear sensor leaves the bit at zero too, and that must not read as "worn".
 */
function stateFacts(states: number, known: number): Fact[] {
  const facts: Fact[] = [];
  const say = (bit: number, set: Fact, clear?: Fact) => {
    if ((states & bit) !== 0) facts.push(set);
    else if (clear && (known & bit) !== 0) facts.push(clear);
  };
  say(STATE.offWrist, { signal: 'worn', value: false }, { signal: 'worn', value: true });
  say(STATE.batteryLow, { signal: 'battery_low', value: true }, { signal: 'battery_low', value: false });
  say(STATE.moving, { signal: 'moving', value: true }, { signal: 'moving', value: false });
  say(STATE.unplugged, { signal: 'charging', value: false });
  return facts;
}

/**
 * What the status word of an alarm (`AL`) or of another record says.
 *
 * An `AL` whose alarm half cannot be read is raised as `sos`: the wearer's band says "alarm", the press of the button is the
 * alarm nobody may miss, and a needless visit is the cheaper mistake. An `AL` whose alarm half is readable and empty is
 * `general_alarm` with the undocumented last field that SG firmware sets (source: issue #5006 of an open tracking server).
 */
export function statusFacts(status: Status, isAlarm: boolean, known: number, lastField = ''): Fact[] {
  const facts = status.alarms === undefined ? [] : alarmFacts(status.alarms);
  if (isAlarm && status.alarms === undefined) {
    facts.push({ signal: 'sos', value: true, code: `status ${printable(status.raw, 16) || 'missing'}` });
  } else if (isAlarm && status.alarms === 0) {
    facts.push({ signal: 'general_alarm', value: true, code: printable(lastField, 16) || status.raw });
  }
  for (const fact of status.states === undefined ? [] : stateFacts(status.states, known)) {
    if (!facts.some(({ signal }) => signal === fact.signal)) facts.push(fact);
  }
  return facts;
}
