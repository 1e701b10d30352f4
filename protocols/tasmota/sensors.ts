/** The keys of `STATE`, `SENSOR`, `RESULT` and their like: what each says of the signals that we know. */
import type { Signal } from '../../src/model/signals.ts';
import { add, clean, discard, isObject, type JsonObject } from '../sink.ts';
import { conversionOf } from '../units.ts';
import { put, readEnergy } from './energy.ts';
import { readInput } from './inputs.ts';
import { isMargin, readMargin, readMargins } from './margins.ts';
import { type Talk, teach } from './session.ts';
import { readTuya } from './tuya.ts';

const MOST_KEYS = 200;
const POWER = /^POWER(\d{1,2})?$/;
/** Rangefinders, and the millimetres of their unit. */
const RANGE: readonly (readonly [RegExp, number])[] = [
  [/^(?:SR04|DYP|TFMINIPLUS|MAX?BOTIX|ME007)(?:-\d)?$/i, 10],
  [/^(?:VL53L[01]X|TOF10120|LOX02)(?:-\d+)?$/i, 1],
];

/** ON is a circuit that is closed. */
export function readPower(talk: Talk, number: string | undefined, word: unknown): undefined {
  const on = word === 'ON' ? true : word === 'OFF' ? false : undefined;
  if (on === undefined) return discard(talk.sink, 'POWER', 'neither ON nor OFF');
  const channel = number === undefined ? {} : { channel: number };
  teach(talk, { relay: true, ...(number === undefined ? {} : { relays: true as const }) });
  add(talk.sink, { signal: 'breaker_position', ...channel, value: on ? 'closed' : 'open' });
}

function readRange({ sink }: Talk, key: string, value: JsonObject): undefined {
  const [, factor = 1] = RANGE.find(([pattern]) => pattern.test(key)) ?? [];
  if (typeof value.Distance === 'number' && value.Distance > 0)
    put(sink, 'level_distance', value.Distance * factor);
}

function converted(talk: Talk, signal: Signal, { value, unit, place }: Quantity): undefined {
  const conversion = typeof unit === 'string' ? conversionOf(signal, unit) : undefined;
  if (conversion && typeof value === 'number')
    put(talk.sink, signal, value * conversion.factor + conversion.offset, place);
}

interface Quantity {
  value: unknown;
  unit: unknown;
  place: { channel?: string };
}

/** Two inputs at most, each with its rate and total, in the units that it names. */
function readFlow(talk: Talk, meter: JsonObject): undefined {
  const { Rate: rates, AmountTotal: totals, Unit: unit, AmountUnit: amountUnit } = meter;
  for (const [list, signal, of] of [
    [rates, 'water_flow', unit],
    [totals, 'water_volume', amountUnit],
  ] as const) {
    const values = Array.isArray(list) ? list.slice(0, 4) : [list];
    values.forEach((value, i) => {
      converted(talk, signal, {
        value,
        unit: of,
        place: values.length > 1 ? { channel: String(i + 1) } : {},
      });
    });
  }
}

function readGroup(talk: Talk, key: string, value: JsonObject): undefined {
  if (key === 'Wifi' || key === 'WiFi') {
    const { Signal: signal } = value;
    put(talk.sink, 'rssi', typeof signal === 'number' && signal < 0 ? signal : undefined);
  } else if (key === 'FLOWRATEMETER') readFlow(talk, value);
  else if (RANGE.some(([pattern]) => pattern.test(key))) readRange(talk, key, value);
  else if (key === 'TuyaReceived') readTuya(talk.sink, value);
  else if (key === 'ZbReceived')
    talk.sink.reasons.push('ZbReceived: Zigbee devices behind Tasmota are not read');
  else if (key === 'MARGINS') readMargins(talk, value);
  else if (key === 'StatusSNS' || key === 'StatusSTS') readKeys(talk, value);
}

function readKey(talk: Talk, key: string, value: unknown): undefined {
  const power = POWER.exec(key);
  if (power) readPower(talk, power[1], value);
  else if (isMargin(key)) readMargin(talk, key, value);
  else if (!readInput(talk, clean(key), value) && isObject(value)) readGroup(talk, key, value);
}

/** Every key of a message. Energy goes first: what meters a circuit has no ropes at its inputs. */
export function readKeys(talk: Talk, message: JsonObject): undefined {
  if (readEnergy(talk.sink, message.ENERGY)) teach(talk, { relay: true });
  const entries = Object.entries(message).slice(0, MOST_KEYS);
  for (const [key, value] of entries.filter(([name]) => POWER.test(name))) readKey(talk, key, value);
  for (const [key, value] of entries.filter(([name]) => !POWER.test(name) && name !== 'ENERGY'))
    readKey(talk, key, value);
}
