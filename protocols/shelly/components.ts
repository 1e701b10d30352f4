/** The components of a Gen2+ status, one by one. https://shelly-api-docs.shelly.cloud/gen2/ */
import { isPlausible, type Signal } from '../../src/model/signals.ts';
import { add, clean, discard, isObject, type JsonObject, refuse, type Sink } from '../sink.ts';
import { type Talk, teach } from './session.ts';
import { errorsOf, isElectric, readFaults, readOutput } from './switches.ts';

const METERED = /^(?:switch|cover|light|rgbw?|cct|pm1|em|em1|emdata|em1data)$/;
const QUANTITY =
  /^(?:([abcn])_)?(voltage|current|apower|act_power|aprt_power|aprtpower|freq|pf|total_act_energy|total_act_ret_energy|total_act|total_act_ret|total_act_power|total_aprt_power)$/;
const SIGNALS: Readonly<Record<string, Signal>> = {
  voltage: 'voltage',
  current: 'current',
  apower: 'power',
  act_power: 'power',
  total_act_power: 'power',
  aprt_power: 'apparent_power',
  aprtpower: 'apparent_power',
  total_aprt_power: 'apparent_power',
  freq: 'frequency',
  pf: 'power_factor',
  total_act_energy: 'energy_import',
  total_act: 'energy_import',
  total_act_ret_energy: 'energy_export',
  total_act_ret: 'energy_export',
};
/** Models with several circuits, of which the first is number 0. */
const SEVERAL = /^shelly(?:plus|pro)?(?:[234](?!em)|uni|rgbw|pstrip)/i;
const THOUSANDTHS = 1000;

type Channel = { channel?: string };

/** The point of a component: none where the device has but one such. */
export function pointOf(id: string, index: number): Channel {
  return index > 0 || SEVERAL.test(id) ? { channel: String(index) } : {};
}

/** Phases name themselves; meters of a single phase are numbered, but for the device that has one. */
function meterPoint(id: string, type: string, index: number): Channel {
  if (type === 'em' || type === 'emdata') return {};
  const numbered = /^em1/.test(type) && !/mini/i.test(id);
  return numbered ? { channel: String(index) } : pointOf(id, index);
}

/** A number of ours; what is none, or no plausible one, is told. Absent and `null` are neither. */
export function put(sink: Sink, signal: Signal, value: unknown, place: Channel = {}): undefined {
  if (value === null || value === undefined) return;
  if (typeof value !== 'number') return refuse(sink, signal, 'a number', value);
  const rounded = Math.round(value * THOUSANDTHS) / THOUSANDTHS;
  if (!isPlausible(signal, rounded)) return discard(sink, signal, `${value} is not plausible`);
  add(sink, { signal, ...place, value: rounded });
}

function readQuantities({ sink }: Talk, status: JsonObject, point: Channel): undefined {
  for (const [key, value] of Object.entries(status).slice(0, 100)) {
    const [, phase, name = ''] = QUANTITY.exec(key) ?? [];
    const signal = SIGNALS[name];
    if (!signal) continue;
    const place = phase === undefined ? point : { channel: phase };
    put(
      sink,
      signal,
      signal === 'power_factor' && typeof value === 'number' ? Math.abs(value) : value,
      place,
    );
  }
  for (const [key, signal] of [
    ['aenergy', 'energy_import'],
    ['ret_aenergy', 'energy_export'],
  ] as const) {
    const counter = status[key];
    if (isObject(counter)) put(sink, signal, counter.total, point);
  }
  if (isObject(status.temperature)) put(sink, 'breaker_temperature', status.temperature.tC, point);
}

/** What meters say is wrong, phase by phase. */
function readMeterErrors(
  talk: Talk,
  component: string,
  { status, point }: { status: JsonObject; point: Channel },
): undefined {
  for (const [key, phase] of [
    ['errors', undefined],
    ['a_errors', 'a'],
    ['b_errors', 'b'],
    ['c_errors', 'c'],
    ['n_errors', 'n'],
  ] as const) {
    const errors = errorsOf({ errors: status[key] }, talk.full);
    if (errors === undefined) continue;
    const channel = phase === undefined ? point : { channel: phase };
    const electric = errors.filter(isElectric);
    readFaults(talk, { component: `${component}.${key}`, channel, errors: electric, meter: true });
    const own = errors.filter((error) => !isElectric(error));
    if (own.length > 0)
      add(talk.sink, { signal: 'sensor_fault', ...channel, value: true, code: own.join(' ') });
  }
}

function readMetered(talk: Talk, component: string, status: JsonObject): undefined {
  const [type = '', index = 0] = split(component);
  const point = meterPoint(talk.id, type, index);
  if (type === 'switch' || type === 'cover' || type === 'light') {
    const errors = errorsOf(status, talk.full);
    const on = type === 'switch' && typeof status.output === 'boolean' ? { on: status.output } : {};
    const told = { ...on, source: status.source, ...(errors ? { errors } : {}) };
    readOutput(talk, { component, channel: point, ...told });
  } else readMeterErrors(talk, component, { status, point });
  readQuantities(talk, status, point);
}

/** A probe whose cable is off sees no water: its silence is no all-clear. */
function readDetector(talk: Talk, component: string, status: JsonObject): undefined {
  const { sink } = talk;
  const [type, index = 0] = split(component);
  const point = index > 0 ? { channel: String(index) } : {};
  const errors = errorsOf(status, talk.full);
  const failed = errors !== undefined && errors.length > 0;
  const { alarm } = status;
  if (typeof alarm === 'boolean' && (alarm || !failed))
    add(sink, { signal: type === 'smoke' ? 'smoke' : 'water_leak', ...point, value: alarm });
  else if (alarm !== undefined && alarm !== null && typeof alarm !== 'boolean')
    refuse(sink, component, 'true or false', alarm);
  if (errors)
    add(sink, {
      signal: 'sensor_fault',
      ...point,
      value: failed,
      ...(failed ? { code: errors.join(' ') } : {}),
    });
}

function readPower({ sink }: Talk, { battery }: JsonObject): undefined {
  if (!isObject(battery)) return;
  const { V: volts, percent } = battery;
  const measured = typeof volts === 'number' && volts >= 1;
  if (measured) put(sink, 'battery_voltage', volts);
  if (percent === 0 && !measured) return discard(sink, 'battery', '0 without a voltage means not measured');
  put(sink, 'battery', percent);
}

function readSystem(talk: Talk, { wakeup_period: period }: JsonObject): undefined {
  if (typeof period === 'number' && period > 0) teach(talk, { sleeps: true });
}

/** `switch:2` is a switch, number 2. */
function split(component: string): [string, number] {
  const [type = '', index = '0'] = component.split(':');
  return [type, /^\d{1,3}$/.test(index) ? Number(index) : 0];
}

/** One component of a status; what says nothing to us is passed over. */
export function readComponent(talk: Talk, component: string, status: unknown): undefined {
  if (!isObject(status)) return;
  const [type] = split(component);
  if (METERED.test(type)) return readMetered(talk, clean(component, 32), status);
  if (type === 'flood' || type === 'smoke') return readDetector(talk, component, status);
  if (type === 'devicepower') return readPower(talk, status);
  if (type === 'sys') return readSystem(talk, status);
  if (type === 'wifi') put(talk.sink, 'rssi', status.rssi === 0 ? null : status.rssi);
}
