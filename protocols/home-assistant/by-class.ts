/** What the device classes of Home Assistant mean here. https://www.home-assistant.io/integrations/sensor/#device-class */
import { definitionOf, type Signal } from '../../src/model/signals.ts';
import { faultOf, isBreakerWord } from '../faults.ts';
import { nameField } from '../field-match.ts';
import { conversionOf } from '../units.ts';
import type { Described, Meaning } from './meaning.ts';

const STATES: Readonly<Record<string, Signal>> = {
  moisture: 'water_leak',
  smoke: 'smoke',
  gas: 'gas',
  carbon_monoxide: 'carbon_monoxide',
  tamper: 'tamper',
  battery: 'battery_low',
  battery_charging: 'charging',
  connectivity: 'online',
  moving: 'moving',
};
/** Classes of sensors with the unit where none is named; `null` where only a name tells that it is one of ours. */
const NUMBERS: Readonly<Record<string, readonly [Signal, string | undefined]>> = {
  apparent_power: ['apparent_power', 'VA'],
  battery: ['battery', '%'],
  current: ['current', 'A'],
  energy: ['energy_import', 'kWh'],
  frequency: ['frequency', 'Hz'],
  power: ['power', 'W'],
  power_factor: ['power_factor', ''],
  pressure: ['water_pressure', undefined],
  reactive_power: ['reactive_power', 'var'],
  signal_strength: ['rssi', 'dBm'],
  voltage: ['voltage', 'V'],
  volume_flow_rate: ['water_flow', undefined],
  water: ['water_volume', undefined],
  distance: ['level_distance', undefined],
};

export const says = ({ names }: Described, pattern: RegExp) => names.some((name) => pattern.test(name));

const LEAKAGE = /leak(?:age)?|residual|earth|漏电|剩余电流/i;
const EXPORT = /export|return|produc|reverse|feed.?in|generat|inject|反向/i;
const BATTERY = /batt|vcc|supply|cell|电池/i;
const WATER = /water|pipe|hydr|inlet|outlet|flow|水|管/i;
const AIR = /^(?:[hk]?pa|mbar|mmhg|inhg)$/i;
const DEPTH = /depth|(?:water|liquid|tank|sewer).?(?:level|height)|液位|水位|水深/i;
const NO_RANGE = /ble|beacon|presence|target|motion|lightning|storm|travel|odometer|track/i;
const CONDUCTOR = /cable|wire|conductor|terminal|busbar|phase|(?:^|[^a-z])line(?:[^a-z]|$)|线/i;
const OWN_WARMTH = /breaker|mcb|rcbo|relay|switch|断路器|空开/i;
const BODY = /body|wrist|skin|体温/i;
const COVER = /manhole|hatch|cover|(?:^|[^a-z])lid(?:[^a-z]|$)|井盖/i;
const FIRE = /fire|heat.?(?:alarm|detect)|火/i;
const HOT = /breaker|cable|wire|terminal|busbar|overheat|over.?temp|conductor/i;

const NUMBERED =
  /(?:[\s_-]|^|leak|flood|water|moisture|zone|rope|probe|ch|channel|relay|switch|out|output|port|valve|sensor|breaker|circuit|line|input)(?:l|ch)?(\d{1,2})$/i;

/** The phase or number that a name ends with: `voltage_l2`, `Leak 3`. */
export function channelOf({ points }: Described): { channel?: string } {
  for (const name of points) {
    const { channel } = nameField(name, undefined) ?? {};
    if (channel !== undefined) return { channel };
    const [, phase] = /(?:^|[\s_-])(?:phase[\s_-]?)?([abc])$/i.exec(name) ?? [];
    if (phase !== undefined) return { channel: phase.toLowerCase() };
    const [, number] = NUMBERED.exec(name) ?? [];
    if (number !== undefined) return { channel: number };
  }
  return {};
}

const PHASED: Readonly<Record<string, string>> = { 1: 'a', 2: 'b', 3: 'c' };

/** `l2` of a quantity of the mains is phase b. */
function phaseOf(described: Described): { channel?: string } {
  const { channel } = channelOf(described);
  if (channel === undefined) return {};
  const lined = described.points.some((name) => /(?:^|[\s_-])(?:l|phase[\s_-]?)[123]$/i.test(name));
  return { channel: lined ? (PHASED[channel] ?? channel) : channel };
}

/** A number in the unit that the description names. */
export function numeric(
  described: Described,
  signal: Signal,
  usual: string | undefined,
): Extract<Meaning, { as: 'number' }> | undefined {
  const unit = described.unit ?? usual;
  const same =
    unit !== undefined && unit === definitionOf(signal).unit ? { factor: 1, offset: 0 } : undefined;
  const conversion = unit === undefined ? undefined : (conversionOf(signal, unit) ?? same);
  if (!conversion) return undefined;
  const { factor, offset } = conversion;
  return {
    as: 'number',
    signal,
    ...phaseOf(described),
    ...(factor === 1 ? {} : { factor }),
    ...(offset === 0 ? {} : { offset }),
  };
}

/** What a trouble without a better name is: a fault of a breaker where a word says so, else of the sensor itself. */
function problem(described: Described): Meaning {
  const named = byStateName(described);
  if (named && named.as === 'state' && named.signal !== 'sensor_fault') return named;
  const fault = described.names.filter(isBreakerWord).flatMap((name) => faultOf(name) ?? [])[0];
  if (fault && fault.cause !== 'unspecified')
    return {
      as: 'fault',
      cause: fault.cause,
      ...(says(described, /trip/i) ? { stage: 'trip' as const } : {}),
    };
  return { as: 'state', signal: 'sensor_fault', ...channelOf(described) };
}

const EVENTS: ReadonlySet<Signal> = new Set([
  'sos',
  'fall',
  'service_call',
  'no_motion',
  'vibration',
  'general_alarm',
]);
const SWITCHED: ReadonlySet<Signal> = new Set([
  'water_leak',
  'smoke',
  'gas',
  'carbon_monoxide',
  'fire',
  'battery_low',
  'tamper',
  'sensor_fault',
  'charging',
  'worn',
  'online',
  'cover_open',
  'moving',
]);
/** Whole words in names that are longer than any table. */
const WORDS: readonly (readonly [Signal, RegExp])[] = [
  ['sos', /(?:^|[^a-z])(?:sos|panic|emergency|help)(?:[^a-z]|$)|求助|求救|呼救|紧急/i],
  ['fall', /(?:^|[^a-z])fall(?:en)?(?:[^a-z]|$)|跌倒|摔倒/i],
  [
    'water_leak',
    /water.?leak|leak.?(?:sensor|detect|alarm|rope|probe)|(?:^|[^a-z])(?:leak(?:age)?|flood(?:ing|ed)?)(?:[^a-z]|$)|漏水|水浸/i,
  ],
  ['smoke', /(?:^|[^a-z])smoke(?:[^a-z]|$)|烟/i],
  ['carbon_monoxide', /carbon.?monoxide|(?:^|[^a-z])co.?(?:alarm|detector)(?:[^a-z]|$)|一氧化碳/i],
  ['gas', /(?:^|[^a-z])gas(?:[^a-z]|$)|燃气/i],
  ['fire', /(?:^|[^a-z])fire(?:[^a-z]|$)|火警/i],
  ['cover_open', COVER],
  ['tamper', /tamper|防拆/i],
  ['battery_low', /batt\w*.?low|low.?batt/i],
];

/** A state of which only its name is known. */
export function byStateName(described: Described): Meaning | undefined {
  for (const name of described.names) {
    const field = nameField(name, undefined);
    if (field && EVENTS.has(field.signal)) return { as: 'event', signal: field.signal };
    if (field && SWITCHED.has(field.signal))
      return {
        as: 'state',
        signal: field.signal,
        ...channelOf(described),
        ...(field.unlike ? { unlike: true } : {}),
      };
  }
  const [signal] = WORDS.find(([, pattern]) => says(described, pattern)) ?? [];
  if (signal === undefined) return undefined;
  return EVENTS.has(signal) ? { as: 'event', signal } : { as: 'state', signal, ...channelOf(described) };
}

/** What an entity with two states means. */
export function binary(described: Described): Meaning | undefined {
  const { deviceClass } = described;
  const signal = Object.hasOwn(STATES, deviceClass) ? STATES[deviceClass] : undefined;
  if (signal) return { as: 'state', signal, ...(signal === 'online' ? {} : channelOf(described)) };
  switch (deviceClass) {
    case 'problem':
      return problem(described);
    case 'safety':
      return byStateName(described) ?? { as: 'event', signal: 'general_alarm' };
    case 'vibration':
      return { as: 'event', signal: 'vibration' };
    case 'power':
      return { as: 'mains' };
    case 'heat':
      if (says(described, FIRE)) return { as: 'state', signal: 'fire' };
      return says(described, HOT) ? { as: 'fault', cause: 'over_temperature', stage: 'warning' } : undefined;
    case 'door':
    case 'garage_door':
    case 'opening':
    case 'window':
      return says(described, COVER)
        ? { as: 'state', signal: 'cover_open', ...channelOf(described) }
        : undefined;
    case '':
    case 'None':
      return byStateName(described) ?? breakerFlag(described);
    default:
      return undefined;
  }
}

function breakerFlag({ names }: Described): Meaning | undefined {
  const fault = names.filter(isBreakerWord).flatMap((name) => faultOf(name) ?? [])[0];
  if (!fault || fault.test || fault.cause === 'unspecified') return undefined;
  return {
    as: 'fault',
    cause: fault.cause,
    ...(names.some((name) => /trip/i.test(name)) ? { stage: 'trip' } : {}),
  };
}

function temperature(described: Described): Meaning | undefined {
  const signal = says(described, /water|liquid|水温/i)
    ? 'water_temperature'
    : says(described, BODY)
      ? 'body_temperature'
      : says(described, CONDUCTOR)
        ? 'conductor_temperature'
        : says(described, OWN_WARMTH) || OWN_WARMTH.test(described.device)
          ? 'breaker_temperature'
          : undefined;
  return signal && numeric(described, signal, '°C');
}

/** What a class of sensor means; undefined for one that is none of ours. */
export function quantity(described: Described): Meaning | undefined {
  const { deviceClass, unit = '' } = described;
  const [signal, usual] = Object.hasOwn(NUMBERS, deviceClass) ? (NUMBERS[deviceClass] ?? []) : [];
  if (deviceClass === 'temperature') return temperature(described);
  if (deviceClass === 'blood_glucose_concentration') return numeric(described, 'blood_glucose', 'mmol/L');
  if (!signal) return undefined;
  if (signal === 'current' && says(described, LEAKAGE)) return numeric(described, 'residual_current', 'mA');
  if (signal === 'energy_import' && says(described, EXPORT))
    return numeric(described, 'energy_export', usual);
  if (
    signal === 'water_pressure' &&
    AIR.test(unit.trim()) &&
    !says(described, WATER) &&
    !WATER.test(described.device)
  )
    return undefined;
  if (signal === 'level_distance') {
    if (says(described, NO_RANGE)) return undefined;
    return numeric(described, says(described, DEPTH) ? 'level_depth' : 'level_distance', usual);
  }
  if (signal !== 'voltage') return numeric(described, signal, usual);
  const own = unit.trim() === 'mV' || says(described, BATTERY);
  const read = numeric(described, own ? 'battery_voltage' : 'voltage', usual);
  return read && (own ? read : { ...read, supply: true });
}
