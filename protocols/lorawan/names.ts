/** Names of codecs' fields: `acCurrent_mA`, `WATER_LEAK_STATUS`, `voltageL1N`, `Current (A)`. */

/** Units whose capitals would be torn apart like words; only at the end of a name. */
const CAPITALS =
  /(?:^|[\s_\-.(]|(?<=[a-z\d]))(mA|mV|kV|kWh|kW|[kK]Pa|M[pP]a|hPa|kVA|k[vV]ar|dBm|mAh|MWh|Wh|Hz)\)?$/;
const LAST: Readonly<Record<string, string>> = {
  mm: 'mm',
  cm: 'cm',
  meter: 'm',
  meters: 'm',
  metres: 'm',
  m3: 'm³',
  m3h: 'm³/h',
  liter: 'L',
  liters: 'L',
  litre: 'L',
  litres: 'L',
  lph: 'L/h',
  lh: 'L/h',
  lpm: 'L/min',
  gallons: 'gal',
  volt: 'V',
  volts: 'V',
  millivolts: 'mV',
  mv: 'mV',
  ma: 'mA',
  amp: 'A',
  amps: 'A',
  amperes: 'A',
  watt: 'W',
  watts: 'W',
  kw: 'kW',
  wh: 'Wh',
  kwh: 'kWh',
  hz: 'Hz',
  bar: 'bar',
  mbar: 'mbar',
  kpa: 'kPa',
  mpa: 'MPa',
  hpa: 'hPa',
  pa: 'Pa',
  psi: 'psi',
  percent: '%',
  percentage: '%',
  pct: '%',
  '%': '%',
  celsius: '°C',
  fahrenheit: '°F',
  degc: '°C',
  dbm: 'dBm',
  db: 'dB',
};
/** `flow_l_h`, `flow_rate_m3_per_hour`: a unit in several words. */
const PER_HOUR = /(?<=_)(l|lit(?:er|re)s?|m3)_(?:per_)?h(?:r|our)?$/;
/** A single letter is a unit only behind what it can measure, else a phase or anything. */
const LETTER: readonly (readonly [letter: string, unit: string, of: RegExp])[] = [
  ['v', 'V', /bat|volt|vdd|supply|^vcc|^avi/],
  ['c', '°C', /temp/],
  ['f', '°F', /temp/],
  ['m', 'm', /level|depth|distance|height/],
  ['l', 'L', /volume|consum|water|total|flow/],
  ['w', 'W', /power|watt/],
];

/** Containers that say nothing of what stands in them. */
const CONTAINER =
  /^(?:data|object|payload|decoded\w*|values?|measurements?|messages?|sensors?|sensor_?data|telemetry|readings?|status|states?|alarms?|events?|info|metrics|fields|device|general|report|extras?|attributes|uplink|bits|flags|measure|content|result|\d+)$/;

function snake(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}%]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** The words of a name joined by `_`, and the unit at its end. */
export function splitName(given: string): { name: string; unit?: string } {
  const short = given.slice(0, 120);
  const [suffix, capital] = CAPITALS.exec(short) ?? [];
  if (suffix !== undefined && capital !== undefined && suffix.length < short.length)
    return {
      name: snake(short.slice(0, -suffix.length)),
      unit: capital.replace('Mpa', 'MPa').replace('KPa', 'kPa'),
    };
  const name = snake(short).replace(PER_HOUR, (_unit, volume) => (volume === 'm3' ? 'm3h' : 'lph'));
  const at = name.lastIndexOf('_');
  if (at <= 0) return { name };
  const base = name.slice(0, at).replace(/_in$/, '');
  const last = name.slice(at + 1);
  const letter = LETTER.find(([one, , of]) => one === last && of.test(base));
  const unit = letter?.[1] ?? (Object.hasOwn(LAST, last) ? LAST[last] : undefined);
  return unit === undefined ? { name } : { name: base, unit };
}

const PHASES: Readonly<Record<string, string>> = { l1: 'a', l2: 'b', l3: 'c', r: 'a', s: 'b', t: 'c' };

/** The names by which a value may be known from where it stands, the longest first; a phase it stands in is its channel. */
export function pathTo(path: readonly string[]): { names: string[]; unit?: string; channel?: string } {
  const parts = path.slice(-3).map((one) => splitName(one));
  const own = parts.pop();
  if (!own) return { names: [] };
  const around = parts.map(({ name }) => name).filter((name) => name !== '' && !CONTAINER.test(name));
  const phase = around
    .map(
      (name) =>
        (/^(?:phase_?)?(l[123]|[abcn])$/.exec(name) ??
          /_?(?:chn|ch|channel|phase|l)_?(\d{1,2})(?:_|$)/.exec(name))?.[1],
    )
    .find((one) => one !== undefined);
  const telling = around.filter((name) => !/^(?:phase_?)?(?:l[123]|[abcn])$/.test(name));
  const names = [...telling.map((name) => `${name}_${own.name}`).reverse(), own.name];
  return {
    names: [...new Set(names)],
    ...(own.unit === undefined ? {} : { unit: own.unit }),
    ...(phase === undefined ? {} : { channel: PHASES[phase] ?? phase }),
  };
}

export interface Point {
  base: string;
  /** What stands before or behind the word and tells one point of a device from another. */
  point: string;
}

const BEHIND =
  /^(.+?)_?(?:(?:phase|chn|ch|channel|sensor|input|in|out|probe|zone|port|circuit|line|cable|rope|no)_?)?(l[123](?:_?n)?|l1_?l?2|l2_?l?3|l3_?l?1|l_?123|\d{1,2}|[abcnxyz]|phase_?[abc])$/;
const BEFORE =
  /^(?:phase|chn|ch|channel|sensor|input|probe|zone|port|circuit|line|l)?_?(\d{1,2}|[abcxyz])_(.+)$/;
const NUMBERED = /^([a-z]{2,}(?:_[a-z]+)*?)_?(\d{1,2})_([a-z].*)$/;
const INSIDE = /^(.+?)_(?:chn|ch|channel|phase|l)_?(\d{1,2}|[abc])_(.+)$/;

/** `voltage_l1_n` is `voltage` at `l1`; a name that has no such part is given as it is. */
export function pointsOf(name: string): Point[] {
  const found: Point[] = [{ base: name, point: '' }];
  const [, behind, after] = BEHIND.exec(name) ?? [];
  if (behind !== undefined && after !== undefined) found.push({ base: behind, point: after });
  const [, before, rest] = BEFORE.exec(name) ?? [];
  if (before !== undefined && rest !== undefined) found.push({ base: rest, point: before });
  const [, left, middle, right] = INSIDE.exec(name) ?? [];
  if (left !== undefined && middle !== undefined) found.push({ base: `${left}_${right}`, point: middle });
  const [, word, count, end] = NUMBERED.exec(name) ?? [];
  if (word !== undefined && count !== undefined && end !== undefined)
    found.push({ base: `${word}_${end}`, point: count });
  return found;
}

/** A phase as `a`, `b`, `c`, `n` or two of them; else the number or letter as it is. */
export function channelFor(point: string, phased: boolean): string | undefined {
  const plain = point.replaceAll('_', '').replace(/^phase/, '');
  if (plain === '' || plain === 'l123') return undefined;
  const pair = /^l([123])l?([123])$/.exec(plain);
  if (pair) return `${PHASES[`l${pair[1]}`]}${PHASES[`l${pair[2]}`]}`;
  const single = plain.replace(/^(l[123])n$/, '$1');
  if (!phased) return single.replace(/^l(?=\d)/, '');
  return PHASES[single] ?? ({ 1: 'a', 2: 'b', 3: 'c' } as Readonly<Record<string, string>>)[single] ?? single;
}
