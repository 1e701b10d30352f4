/** Leaks, pipes, meters, levels, valves, covers. */

import { clean } from '../sink.ts';
import { meaningOf } from '../words.ts';
import type { About } from './about.ts';
import { channelOf, flag, type Into, nothing, number, put, putNumber, type Rule, type Said } from './rule.ts';
import { flagOf, quantityOf, wordOf } from './values.ts';

const STATED = '(?:_(?:alarm|alert|state|status|detect(?:ed|ion|or)?|sen(?:s)?or|event|flag|value))*';
const LEAK = new RegExp(
  `^(?:alarm_|status_|sensor_|external_)?(?:(?:water|liquid|tank|fluid|rope|spot|zone|cable|pipe)_?)?leak(?:age|ing|s)?${STATED}$|^(?:alarm_)?(?:flood(?:ing|ed)?|water_?logg(?:ing|ed)|immersion|water_(?:detected|detection|present|presence|alarm|status|state|sensor|contact|immersion))${STATED}$|^waterleak${STATED}$`,
);
const AIR = /^(?:temperature|humidity|relative_humidity|co2|tvoc|light|illumination|lux)/;

/** Only where all readings of the message are those of the water itself. */
const inWater = ({ has, vendor }: About) =>
  vendor === 'decentlab' &&
  has(/^(?:water_depth|water_level|depth|pressure|level)$/) &&
  !has(/humidity|barometric/);

/** A distance in fractions below 20 is in metres, whoever measures in millimetres counts in whole ones. */
function distance(into: Into, said: Said): boolean {
  const { about } = into;
  const quantity = quantityOf(said.field.value);
  if (!quantity) return false;
  const metres =
    !Number.isInteger(quantity.value) && quantity.value < 20 && typeof said.field.value === 'number';
  const usual = about.vendor === 'dragino' && said.base.includes('lidar') ? 'cm' : metres ? 'm' : 'mm';
  return putNumber(into, said, { signal: 'level_distance', usual, zero: false });
}

function depth(into: Into, said: Said): boolean {
  const { about, sink } = into;
  const { value, unit } = quantityOf(said.field.value) ?? {};
  if (value === undefined) return wordLevel(into, said);
  const told = unit ?? said.field.unit;
  if (told === '%') return putNumber(into, said, { signal: 'fill' });
  if (about.vendor === 'dingtek')
    return putNumber(into, said, { signal: 'level_distance', usual: 'mm', zero: false });
  const usual = about.vendor === 'milesight' || said.base.includes('deep') ? 'cm' : undefined;
  if (told === undefined && usual === undefined) {
    const guess = Number.isInteger(value) ? (value > 100 ? 'mm' : undefined) : value < 20 ? 'm' : 'mm';
    if (guess === undefined) {
      sink.reasons.push(`${clean(said.field.path, 40)}: in which unit, it does not say`);
      return true;
    }
    return putNumber(into, said, { signal: 'level_depth', usual: guess });
  }
  return putNumber(into, said, { signal: 'level_depth', usual });
}

function wordLevel(into: Into, { field }: Said): boolean {
  if (typeof field.value !== 'string') return false;
  const filled = meaningOf('fill', field.value);
  return (
    typeof filled === 'number' && put(into, { signal: 'fill', value: filled, code: clean(field.value, 40) })
  );
}

/** What is left to fill or to use, as the share that is used. */
function remaining(into: Into, { field }: Said): boolean {
  const { value } = quantityOf(field.value) ?? {};
  if (value === undefined || value < 0 || value > 100) return false;
  return put(into, { signal: 'fill', value: 100 - value });
}

function valve(into: Into, said: Said): boolean {
  const { value } = said.field;
  const percent = quantityOf(value)?.value;
  const told =
    percent !== undefined && percent > 1 && percent <= 100
      ? 'open'
      : meaningOf('valve_position', wordOf(value));
  if (told === undefined) return false;
  return put(into, {
    signal: 'valve_position',
    ...channelOf('valve_position', said, into.about),
    value: told,
  });
}

function leak(into: Into, said: Said): boolean {
  const { value } = said.field;
  const found = flagOf(value);
  if (found === undefined) return false;
  const strength = typeof value === 'number' && value > 1 ? { code: String(value) } : {};
  return put(into, {
    signal: 'water_leak',
    ...channelOf('water_leak', said, into.about),
    value: found,
    ...strength,
  });
}

/** `status` of a device that can only tell of a leak: the lowest bit, or a word. */
function leakStatus(into: Into, said: Said): boolean {
  const { value } = said.field;
  const found = typeof value === 'number' ? value % 2 === 1 : flagOf(value);
  return found !== undefined && put(into, { signal: 'water_leak', value: found });
}

/** A pressure without a unit: Milesight tells it in kPa; what comes along with humidity or stands near 1013 is that of the air. */
function pressure(into: Into, said: Said): boolean {
  const { about } = into;
  const { value, unit } = quantityOf(said.field.value) ?? {};
  if (value === undefined) return false;
  const told = unit ?? said.field.unit;
  if (
    told !== undefined &&
    /^(?:hpa|mbar)$/i.test(told) &&
    said.base === 'pressure' &&
    value > 300 &&
    value < 1100
  )
    return true;
  const airy = about.has(AIR) && about.vendor !== 'decentlab' && about.vendor !== 'moirelabs';
  const raw =
    about.vendor === 'elsys' ||
    about.vendor === 'ellenex' ||
    about.vendor === 'aqua_scope' ||
    airy ||
    (value > 850 && value < 1100 && !Number.isInteger(value));
  const usual = raw && said.base === 'pressure' ? undefined : 'kPa';
  return putNumber(into, said, { signal: 'water_pressure', usual });
}

/** `{last_value, unit}`: only the unit says what is measured. */
function byUnit(into: Into, said: Said): boolean {
  const unit = said.field.unit ?? '';
  for (const signal of ['water_pressure', 'water_flow', 'water_volume', 'level_depth'] as const)
    if (unit !== '' && !/^(?:hpa|mbar)$/i.test(unit) && putNumberIf(into, said, signal)) return true;
  return false;
}

function putNumberIf(
  into: Into,
  said: Said,
  signal: 'water_pressure' | 'water_flow' | 'water_volume' | 'level_depth',
): boolean {
  const before = into.sink.readings.length;
  const reasons = into.sink.reasons.length;
  putNumber(into, said, { signal });
  if (into.sink.readings.length > before) return true;
  into.sink.reasons.length = reasons;
  return false;
}

const full = (into: Into, said: Said) =>
  flagOf(said.field.value) === true ? put(into, { signal: 'fill', value: 100, code: 'full' }) : true;

const manhole = ({ text }: About) => /manhole|cover|\blid\b|hatch|井盖/.test(text);

export const waterRules: readonly Rule[] = [
  {
    is: /^alarm_channel_?\d{1,2}$/,
    read: (into, said) => leak(into, { ...said, point: /\d+$/.exec(said.base)?.[0] ?? '' }),
  },
  {
    is: /^(?:water_?)?leak(?:age)?_(?:position|location|distance)$/,
    read: number('leak_position', 'mm', false),
  },
  {
    is: LEAK,
    of: ({ has }, { base }) => !/^gas/.test(base) && !(base === 'water_alarm' && has(/^pulse/)),
    read: leak,
  },
  {
    is: /^water$/,
    of: ({ has }, { field }) =>
      field.unit === undefined &&
      !has(/^pulse/) &&
      flagOf(field.value) !== undefined &&
      (typeof field.value !== 'number' || field.value <= 1),
    read: leak,
  },
  {
    is: /^status$/,
    of: ({ vendor, text }) =>
      (vendor === 'browan' && /tbwl|water|leak/.test(text)) ||
      (vendor === 'netvox' && /r718wb|r718wa|water|leak/.test(text)),
    read: leakStatus,
  },
  { is: /^(?:value|last_value)$/, read: byUnit },
  { is: /^(?:barometric|atmospheric|air|differential|sea_level)_pressure$|^barometer$/, read: nothing },
  {
    is: /^(?:(?:water|pipe(?:line)?|hydraulic|liquid|line|inlet|outlet|gauge|fluid|current|last)_)?pressure(?:_value|_sensor|_avg|_average)?$/,
    read: pressure,
  },
  {
    is: /^(?:(?:water|instant(?:aneous)?|current|volume|real_?time)_)*flow(?:_?rate)?(?:_instantaneous)?$/,
    read: number('water_flow'),
  },
  {
    is: /^water_total$/,
    of: (_about, { field }) => field.path.startsWith('metering'),
    read: number('water_volume', 'L'),
  },
  {
    is: /^(?:(?:total|water|current|forward|positive|cumulative|accumulated|meter|main|absolute)_)*(?:volume|consumption|water_flow_value|water_total|total_water|meter_reading|water_consumed|index_volume|total_flow|water_used|water)(?:_(?:total|value|index|sum))*$/,
    of: ({ electric }) => !electric,
    read: (into, said) =>
      putNumber(into, said, {
        signal: 'water_volume',
        usual: into.about.vendor === 'dragino' ? 'L' : undefined,
      }),
  },
  {
    is: /^(?:reverse|backward|negative)_(?:flow_|water_)?volume$/,
    read: (into, said) => putNumber(into, { ...said, point: 'reverse' }, { signal: 'water_volume' }),
  },
  {
    is: /^(?:water|liquid|pipe|fluid)_?temp(?:erature)?$|^temperature_(?:water|pipe)$/,
    read: number('water_temperature', '°C'),
  },
  { is: /^temperature$/, of: inWater, read: number('water_temperature', '°C') },
  {
    is: /^(?:(?:ultrasonic|lidar|laser|radar|tof|solid|sensor|measured|raw|corrected|surface)_?)?distance(?:_(?:average|avg|mean|value|sensor|measured|median))?$|^(?:ullage|empty_height)$/,
    read: distance,
  },
  { is: /^distance_/, read: nothing },
  { is: /^(?:height|level)$/, of: ({ vendor }) => vendor === 'dingtek', read: depth },
  {
    is: /^(?:(?:bin|tank|container|waste|trash|silo|ratio)_)?(?:fill(?:ing)?|fullness|filled)(?:_?(?:level|rate|percent(?:age)?|state|status|value))*$|^(?:level|liquid_level|water_level|tank_level)_?percent(?:age)?$|^percent_?full$/,
    read: (into, said) => putNumber(into, said, { signal: 'fill', usual: '%' }) || wordLevel(into, said),
  },
  {
    is: /^(?:remaining|remain|remaining_level|paper_remaining)$/,
    of: ({ has }, { field }) => has(/distance/) || field.unit === '%',
    read: remaining,
  },
  {
    is: /^(?:alarm_level|(?:bin_|alarm_)?full(?:_alarm|_status|_state)?|overflow_alarm)$/,
    of: ({ vendor, text }) => vendor === 'dingtek' || /bin|waste|trash/.test(text),
    read: full,
  },
  {
    is: /^(?:(?:water|liquid|fluid|tank|sewage|oil|fuel|river|snow)_)?(?:level|depth|deep)(?:_(?:value|height|sensor|average|avg|mm|measured))*$|^(?:water|liquid)_height$/,
    of: (_about, { base }) => !/snow|fuel|oil/.test(base),
    read: depth,
  },
  {
    is: /^(?:(?:water|ball|gate|solenoid|motor(?:ized)?|main)_)?valve(?:_?(?:state|status|position|open(?:ed|ing)?|switch|level))*$/,
    of: ({ has }) => !has(/^target_temperature|motor_(?:range|position)/),
    read: valve,
  },
  {
    is: /^(?:(?:manhole|well|bin|box|pit)_)?(?:cover|lid|hatch|manhole)(?:_(?:open(?:ed)?|state|status|alarm|moved|event))*$|^alarm_(?:cover|lid)$/,
    read: flag('cover_open'),
  },
  {
    is: /^(?:door(?:_open)?|magnet|contact|open|hall|reed)(?:_(?:status|state|sensor))*$/,
    of: manhole,
    read: flag('cover_open'),
  },
  {
    is: /^(?:(?:tilt|incline|inclination|x|y|z)_?)?(?:angle|tilt|inclination)$|^(?:pitch|roll)$/,
    of: (_about, { field }) => quantityOf(field.value) !== undefined,
    read: (into, said) =>
      putNumber(into, /^(?:pitch|roll)$/.test(said.base) ? { ...said, point: said.base } : said, {
        signal: 'tilt',
        usual: '°',
      }),
  },
];
