import type { Candidate, Mapping, Rule } from './mapping.ts';
import { channelOf, measured, pointOf, polarity, stated } from './rule-parts.ts';

const LEAK =
  /(?:^|_)(?:water_?)?leak(?:age|ing)?(?:_(?:alarm|state|status|detect(?:ed|ion)?|sensor))?(?=_|$)/;
const NO_LEAK =
  /gas|threshold|breaker|test|reclos|setting|buzzer|control|mode|count|volume|current|switch|delay|time|sound|silence/;
const PLAIN_LEAK = /^(?:water_leak(?:age)?(?:_alarm|_state)?|leak)(?:_l?\d+)?$/;
const WET = /^(?:flood(?:ing|ed)?|flood_alarm|water_(?:detected|presence|alarm)|water)$/;
const CONDITIONS =
  /^(?:current_device_status|device_status|(?:valve_|device_)?abnormal_state|abnormal_status)$/;
const VOLUME =
  /^(?:(?:total_)?water_(?:consumed|consumption|volume|meter)(?:_total)?|total_(?:water|volume|consumption)|volume(?:_total)?|summation_delivered(?:_meter)?|input_\d+_water_meter|cumulative_(?:flow|volume|water)|total_flow|meter_reading)$/;
const BACKWARD = /^(?:reverse|backward|negative)_(?:water_(?:consumed|consumption|volume)|volume)$/;
const FLOW = /^(?:(?:water_|instantaneous_|current_)?flow(?:_rate)?(?:_instantaneous)?|water_current)$/;
const PRESSURE = /^(?:(?:water|pipe|line|inlet|outlet)_)?pressure$/;
const AIR_PRESSURE = /^[km]?pa$|^hpa$|^mbar$/i;
const WARMTH = /^(?:(\w+)_)?water_temp(?:erature)?$/;
const LEVEL_WORD =
  /^(?:liquid_(?:level_)?state|(?:water_|tank_)?level_(?:state|status)|liquid_level|water_level|level)$/;
const LEVEL =
  /^(?:liquid|water|fill|tank|sewage)_?(?:level|depth|height)(?:_percent(?:age)?)?$|^(?:depth|level|fill(?:ing)?(?:_percent(?:age)?)?)$/;
const VALVE_WORD = /^valve(?:_(?:state|status|position|open|switch))?$/;

/** Ropes, zones and sensors of one device are told apart by what stands around the word. */
function leak(candidate: Candidate): Mapping | undefined {
  const { expose, base, suffix, about } = candidate;
  const { property } = expose;
  if (WET.test(base) && expose.type === 'binary' && !about.has('water_leak')) {
    return stated(candidate, 'water_leak', pointOf(suffix));
  }
  const found = LEAK.exec(property);
  if (!found || NO_LEAK.test(property) || (expose.settable && !PLAIN_LEAK.test(property))) return undefined;
  if (about.breaker && !property.includes('water')) return undefined;
  const around = property.replace(LEAK, '').replace(/^_?l(\d+)$/, '$1');
  return stated(
    candidate,
    'water_leak',
    around === '_active' || around === 'active' ? {} : channelOf(around),
  );
}

const conditions: Rule = ({ expose, base, suffix }) =>
  CONDITIONS.test(base) && !expose.settable && (expose.type === 'enum' || expose.type === 'text')
    ? { as: 'conditions', ...pointOf(suffix) }
    : undefined;

const METERED = ['water_consumed', 'flow_rate', 'flow', 'instantaneous_flow_rate'];

/** The text or bits of a water meter; that of another device is only a trouble of its own. */
const meterFaults: Rule = ({ expose, base, about }) => {
  const told = expose.type !== 'binary' && !expose.settable && !about.breaker;
  const metered = base === 'faults' ? about.water : base === 'fault' && METERED.some(about.has);
  return told && metered ? { as: 'meter' } : undefined;
};

const consumption: Rule = (candidate) => {
  const { base, suffix, expose } = candidate;
  if (BACKWARD.test(base)) return measured(candidate, 'water_volume', { channel: 'reverse' });
  const [, input] = /^input_(\d+)_/.exec(base) ?? [];
  if (!VOLUME.test(base) || /_last$/.test(expose.property)) return undefined;
  return measured(candidate, 'water_volume', input === undefined ? pointOf(suffix) : { channel: input });
};

const flow: Rule = (candidate) => {
  if (!FLOW.test(candidate.base) || candidate.expose.settable) return undefined;
  const guesses: Record<string, string> = { flow: 'm³/h', water_current: 'gal/min' };
  const guess = guesses[candidate.base];
  return measured(candidate, 'water_flow', { ...pointOf(candidate.suffix), ...(guess ? { guess } : {}) });
};

/** The pressure of the air is in hPa or kPa too: a pressure without water in its name must be on a pipe or in bar. */
const pressure: Rule = (candidate) => {
  const { base, suffix, expose, about } = candidate;
  if (!PRESSURE.test(base) || expose.settable) return undefined;
  const piped = base !== 'pressure' || (about.water && !about.has('humidity'));
  if (!piped && (expose.unit === undefined || AIR_PRESSURE.test(expose.unit))) return undefined;
  return measured(candidate, 'water_pressure', pointOf(suffix));
};

const warmth: Rule = (candidate) => {
  const { base, suffix, expose, about } = candidate;
  if (expose.settable) return undefined;
  const [, where = suffix] = WARMTH.exec(base) ?? [];
  if (WARMTH.test(base))
    return measured(candidate, 'water_temperature', { usual: '°C', ...channelOf(where) });
  const metered = about.water && !about.breaker && METERED.some(about.has);
  return base === 'temperature' && metered
    ? measured(candidate, 'water_temperature', { usual: '°C' })
    : undefined;
};

const level: Rule = (candidate) => {
  const { base, expose, about } = candidate;
  if (expose.settable) return undefined;
  if (expose.type === 'enum' && LEVEL_WORD.test(base)) {
    const both = about.has('liquid_level_percent') || about.has('fill_level');
    return { as: 'word', signal: 'fill', ...(both ? { channel: 'state' } : {}) };
  }
  if (base === 'distance' && about.level) return measured(candidate, 'level_distance', {});
  if (!LEVEL.test(base)) return undefined;
  const guess = /percent/.test(base) ? '%' : base === 'liquid_depth' ? 'm' : undefined;
  const place = guess ? { guess } : {};
  return measured(candidate, 'fill', place) ?? measured(candidate, 'level_depth', place);
};

const settable = ({ settable: can }: { settable: boolean }) => (can ? { settable: true as const } : {});

/** The `state` of a valve, its own word, or how far it is open. */
const valve: Rule = (candidate) => {
  const { expose, base, suffix, about } = candidate;
  const [, group] = /^state_valve(?:_(.+))?$/.exec(expose.property) ?? [];
  if (/^state_valve(?:_|$)/.test(expose.property) && expose.type === 'binary') {
    return {
      as: 'switch',
      signal: 'valve_position',
      ...polarity(candidate),
      ...channelOf(group ?? ''),
      ...settable(expose),
    };
  }
  if (!about.valve || about.breaker) return undefined;
  const point = pointOf(suffix);
  if (base === 'state' && (expose.type === 'binary' || expose.type === 'enum')) {
    return { as: 'switch', signal: 'valve_position', ...polarity(candidate), ...point, ...settable(expose) };
  }
  if (/^(?:valve_)?position(?:_percent)?$/.test(base) && expose.type === 'numeric') {
    return { as: 'percent', signal: 'valve_position', ...point };
  }
  const troubled = expose.values.some((word) => /stuck|fault|fail|circuit|error/i.test(word));
  if (!VALVE_WORD.test(base) || troubled) return undefined;
  return stated(candidate, 'valve_position', point);
};

export const waterRules: readonly Rule[] = [
  conditions,
  meterFaults,
  leak,
  consumption,
  flow,
  pressure,
  warmth,
  level,
  valve,
];
