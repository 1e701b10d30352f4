/** Finds what a name means: whole, without the unit at its end, or without the phase or number of the point. */
import type { Signal } from '../src/model/signals.ts';
import { type Field, fields, type Purpose, purposeOfSignal } from './field-names.ts';
import { squash } from './place-fields.ts';
import { isObject, type JsonObject } from './sink.ts';

export interface NamedField {
  signal: Signal;
  channel?: string;
  /** The customary unit. */
  unit?: string | undefined;
  /** The unit that the message itself names. */
  unitTold?: string;
  unlike?: boolean;
  pair?: boolean;
  vague?: boolean;
}

const byName = new Map<string, Field[]>();
for (const field of fields) {
  for (const name of field.names.split(/\s+/)) {
    const known = byName.get(squash(name));
    if (known) known.push(field);
    else byName.set(squash(name), [field]);
  }
}

/** Units at the end of a name, as far as they are not also a phase; the value is how `units.ts` knows them. */
const UNITS: Readonly<Record<string, string>> = {
  mv: 'mV',
  v: 'V',
  volt: 'V',
  volts: 'V',
  ma: 'mA',
  amps: 'A',
  kw: 'kW',
  w: 'W',
  watt: 'W',
  watts: 'W',
  wh: 'Wh',
  kwh: 'kWh',
  hz: 'Hz',
  mpa: 'MPa',
  kpa: 'kPa',
  bar: 'bar',
  psi: 'psi',
  mm: 'mm',
  cm: 'cm',
  m3: 'm³',
  m3h: 'm³/h',
  percent: '%',
  pct: '%',
  celsius: '°C',
  degc: '°C',
  mmhg: 'mmHg',
  dbm: 'dBm',
};
/** Where a single letter is the unit and no phase. */
const LETTERS: readonly (readonly [string, string, RegExp])[] = [
  ['c', '°C', /temp/],
  ['m', 'm', /level|depth|distance|height/],
  ['l', 'L', /volume|consum|total|water/],
];
/** Signals that a device has of several points. */
const POINTS =
  /^(?:voltage|current|power|reactive_power|apparent_power|power_factor|energy_import|energy_export|residual_current|conductor_temperature|breaker_temperature|breaker_position|water_leak|valve_position|water_pressure|water_volume|cover_open)$/;
const PHASES: Readonly<Record<string, string>> = { l1: 'a', l2: 'b', l3: 'c', 1: 'a', 2: 'b', 3: 'c' };
const AFTER = /^(.+?)(?:phase|相)?(l[123]|[abcn]|\d{1,2})(?:phase|相)?$/;
const BEFORE = /^(?:phase|ph)?([abcn]|l[123])(?:phase|相)?(.{1,40})$/;

function words(name: string): string[] {
  return name
    .split(/[^\p{L}\p{N}%]+/u)
    .flatMap((part) =>
      Object.hasOwn(UNITS, part.toLowerCase()) ? part : part.replace(/([a-z\d])([A-Z])/g, '$1 $2').split(' '),
    )
    .map((word) => word.toLowerCase())
    .filter((word) => word !== '');
}

function withoutUnit(name: string): { base: string; unit: string } | undefined {
  const parts = words(name);
  const last = parts.pop() ?? '';
  const base = parts.join('');
  if (base === '') return undefined;
  const letter = LETTERS.find(([text, , of]) => text === last && of.test(base));
  const unit = letter?.[1] ?? (Object.hasOwn(UNITS, last) ? UNITS[last] : undefined);
  return unit === undefined ? undefined : { base, unit };
}

function find(squashed: string, purpose: Purpose | undefined): NamedField | undefined {
  const known = byName.get(squashed) ?? [];
  const own = known.find(({ of }) => purpose !== undefined && of?.includes(purpose));
  const found = own ?? known.find(({ of }) => of === undefined);
  if (!found) return undefined;
  const { signal, unit, as, vague } = found;
  return {
    signal,
    unit,
    ...(as === 'unlike' ? { unlike: true } : {}),
    ...(as === 'pair' ? { pair: true } : {}),
    ...(vague ? { vague } : {}),
  };
}

const ELECTRIC = /^(?:voltage|current|power|reactive|apparent|power_factor|energy|conductor|breaker_temp)/;

function ofPoint(base: string, point: string, purpose: Purpose | undefined): NamedField | undefined {
  const field = find(base, purpose);
  if (!field || !POINTS.test(field.signal)) return undefined;
  const phased = ELECTRIC.test(field.signal);
  const letter = /^[abcn]$/.test(point);
  if (letter && !phased) return undefined;
  const warm = field.signal === 'breaker_temperature' && phased;
  return {
    ...field,
    ...(warm ? { signal: 'conductor_temperature' as const } : {}),
    channel: phased ? (PHASES[point] ?? point) : point.replace(/^l/, ''),
  };
}

function search(squashed: string, purpose: Purpose | undefined): NamedField | undefined {
  const whole = find(squashed, purpose);
  if (whole) return whole;
  const [, before = '', after = ''] = AFTER.exec(squashed) ?? [];
  const [, lead = '', rest = ''] = BEFORE.exec(squashed) ?? [];
  return (
    (before === '' ? undefined : ofPoint(before, after, purpose)) ??
    (rest === '' ? undefined : ofPoint(rest, lead, purpose))
  );
}

function lookUp(name: string, purpose: Purpose | undefined): NamedField | undefined {
  const found = search(squash(name), purpose);
  if (found) return found;
  const parts = withoutUnit(name);
  const field = parts && search(parts.base, purpose);
  return field && { ...field, unitTold: parts.unit };
}

const MAX_LOOKED_UP = 4096;
/** Devices say the same names all day. */
const lookedUp = new Map<string, NamedField | undefined>();

/** What a field of this name says on a device of this purpose; undefined for a name that nobody knows. */
export function nameField(name: string, purpose: Purpose | undefined): NamedField | undefined {
  if (name.length > 100) return undefined;
  const key = `${purpose ?? ''} ${name}`;
  if (lookedUp.has(key)) return lookedUp.get(key);
  const field = lookUp(name, purpose);
  if (lookedUp.size >= MAX_LOOKED_UP) lookedUp.clear();
  lookedUp.set(key, field);
  return field;
}

const PHASED = /(?:^|[_-])[abc](?:$|[_-])|[a-z][ABC]$|^U[abc]$|[Ll][123](?:$|[_-])|^[A-C]相/;
const VITALS: ReadonlySet<Signal> = new Set([
  'heart_rate',
  'spo2',
  'systolic',
  'diastolic',
  'steps',
  'worn',
  'fall',
  'body_temperature',
]);

/** What a device is, from the names of its fields: vitals make a wristband, anything of the mains a circuit. */
export function purposeOf(object: JsonObject): Purpose | undefined {
  const votes = new Set<Purpose>();
  const vote = (signal: Signal) => {
    const purpose = purposeOfSignal[signal];
    if (purpose) votes.add(purpose);
  };
  const visit = (level: JsonObject, depth: number) => {
    for (const [name, value] of Object.entries(level).slice(0, 200)) {
      const field = nameField(name, undefined);
      if (field && VITALS.has(field.signal)) votes.add('person');
      else if (field?.signal === 'voltage' && PHASED.test(name)) votes.add('circuit');
      else if (field && !field.vague) vote(field.signal);
      if (isObject(value) && depth < 3) visit(value, depth + 1);
    }
  };
  visit(object, 0);
  return (['person', 'circuit', 'water', 'hazard'] as const).find((purpose) => votes.has(purpose));
}
