/** What a metric means: by its path (`Breaker/Phase A/Voltage`) and its engineering unit, told when its device is born. */
import { definitionOf, type Signal } from '../../src/model/signals.ts';
import { faultOf, faultWords, isBreakerWord } from '../faults.ts';
import { type NamedField, nameField, purposeOf } from '../field-match.ts';
import type { Purpose } from '../field-names.ts';
import { readNamed } from '../field-values.ts';
import { add, clean, type JsonObject, type Sink } from '../sink.ts';
import { conversionOf } from '../units.ts';
import { truthOf } from '../words.ts';

/** How the value of one metric is read; kept in the session, so only JSON. */
export interface Meaning {
  /** `fault` is a word, number or flag that says why a breaker opened or warns. */
  as: 'field' | 'fault';
  field?: NamedField;
  /** The metric says `open` where the signal says `closed`. */
  inverted?: true;
  channel?: string;
  /** Its device is one of the mains: a small voltage is that of a phase that is off, and no battery's. */
  mains?: true;
}

const BOOKKEEPING = /^(?:bdSeq$|Node Control\/|Device Control\/|Node Info\/|Device Info\/|Properties\/)/i;
const SETTING =
  /limit|set ?point|threshold|config|setting|calibration|(?:^|[/ _])(?:min|max|avg|average|minimum|maximum|nominal|rated)(?:[/ _]|$)/i;
const PHASE = /^(?:phase|ph|line|l)?[ _-]?([abcn]|[123]|neutral)$/i;
const PHASES: Readonly<Record<string, string>> = { 1: 'a', 2: 'b', 3: 'c', neutral: 'n' };
const FAULT =
  /^(?:last )?(?:fault|faults|trip|tripped|trip (?:cause|reason|code|event)|fault (?:cause|reason|code|status|word)|alarm (?:cause|reason|code|word)|protection (?:event|status))$/i;
/** Said of a switch as a yes or no. */
const POSITION = /^(?:(?:circuit )?breaker|switch|relay|contactor)(?: is)? (closed|open|opened)$/i;
const MOST_LEVELS = 8;

const plain = (text: string) =>
  text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_.\-\s]+/g, ' ')
    .trim();

interface Path {
  words: string[];
  phase?: string;
}

/** The levels of a name, of which one may be a phase. */
function pathOf(name: string): Path {
  const levels = name.split('/').slice(-MOST_LEVELS).map(plain);
  const at = levels.findIndex((level, i) => i < levels.length - 1 && PHASE.test(level));
  const [, letter] = PHASE.exec(levels[at] ?? '') ?? [];
  if (letter === undefined) return { words: levels };
  const phase = PHASES[letter.toLowerCase()] ?? letter.toLowerCase();
  return { words: levels.filter((_, i) => i !== at), phase };
}

/** The longest end of the path that anybody knows. */
function fieldOf({ words }: Path, purpose: Purpose | undefined): NamedField | undefined {
  for (let from = 0; from < words.length; from += 1) {
    const field = nameField(words.slice(from).join(' '), purpose);
    if (field) return field;
  }
  return undefined;
}

function positionOf({ words }: Path): Meaning | undefined {
  const [, side] = POSITION.exec(words.slice(-2).join(' ')) ?? [];
  if (side === undefined) return undefined;
  const field = { signal: 'breaker_position' as const };
  return { as: 'field', field, ...(side.toLowerCase() === 'closed' ? {} : { inverted: true }) };
}

/** What a name means as well, where the unit shows it. */
const OTHERWISE: Partial<Record<Signal, Signal>> = {
  level_depth: 'fill',
  battery: 'battery_voltage',
  battery_voltage: 'battery',
};

/** The unit of its properties; one that does not measure the signal shows that the name means something else. */
function withUnit(field: NamedField, unit: string | undefined): NamedField | undefined {
  if (unit === undefined || definitionOf(field.signal).kind !== 'number') return field;
  const signal = [field.signal, OTHERWISE[field.signal]].find((one) => one && conversionOf(one, unit));
  return signal && { ...field, signal, unitTold: unit };
}

function meaningOfOne(
  name: string,
  unit: string | undefined,
  purpose: Purpose | undefined,
): Meaning | undefined {
  if (BOOKKEEPING.test(name) || SETTING.test(plain(name))) return undefined;
  const path = pathOf(name);
  const channel = path.phase === undefined ? {} : { channel: path.phase };
  const position = positionOf(path);
  if (position) return { ...position, ...channel };
  const last = path.words.at(-1) ?? '';
  const circuit = purpose === 'circuit' || purpose === undefined;
  if (circuit && (FAULT.test(last) || (purpose === 'circuit' && isBreakerWord(last) && unit === undefined))) {
    const named = fieldOf(path, purpose);
    if (!named || definitionOf(named.signal).kind !== 'number') return { as: 'fault', ...channel };
  }
  const field = fieldOf(path, purpose);
  const measured = field && withUnit(field, unit);
  if (!measured) return undefined;
  const own = measured.channel === undefined ? channel : { channel: measured.channel };
  const mains = purpose === 'circuit' && measured.signal === 'voltage' ? { mains: true as const } : {};
  return { as: 'field', field: measured, ...own, ...mains };
}

const pointOf = ({ field, channel = '' }: Meaning) => `${field?.signal}.${channel}`;

/** The levels above the last, as a channel. */
function groupOf(name: string, phase: string | undefined): string {
  const { words } = pathOf(name);
  const group = words
    .slice(0, -1)
    .join('_')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
  return [group, phase]
    .filter((part) => part !== undefined && part !== '')
    .join('-')
    .slice(-32);
}

export interface Named {
  name: string;
  unit?: string;
}

/** What a device is for, by the names of all it tells. */
function purposeOfAll(metrics: readonly Named[]): Purpose | undefined {
  const names = metrics.filter(({ name }) => !BOOKKEEPING.test(name) && !SETTING.test(plain(name)));
  const tails = names.flatMap(({ name }) => {
    const { words } = pathOf(name);
    return words.map((_, from) => words.slice(from).join(' '));
  });
  const breaker = tails.some((tail) => POSITION.test(tail) || /\bbreaker\b/i.test(tail));
  return breaker
    ? 'circuit'
    : purposeOf(Object.fromEntries(tails.slice(0, 200).map((tail) => [tail, 0])) as JsonObject);
}

/**
 * The meaning of each metric of one device, in their order; two for one point (`Pump 1/Current`, `Pump 2/Current`) are told apart by the levels
 * above. Undefined for what says nothing to us.
 */
export function meaningsOf(metrics: readonly Named[]): (Meaning | undefined)[] {
  const purpose = purposeOfAll(metrics);
  const found = metrics.map(({ name, unit }) => meaningOfOne(name, unit, purpose));
  const count = new Map<string, number>();
  for (const one of found) if (one?.field) count.set(pointOf(one), (count.get(pointOf(one)) ?? 0) + 1);
  return found.map((one, i) => {
    if (!one?.field || (count.get(pointOf(one)) ?? 0) < 2) return one;
    const channel = groupOf(metrics[i]?.name ?? '', one.channel);
    return channel === '' ? one : { ...one, channel };
  });
}

type Value = number | boolean | string;

/** The words for what is wrong in a fault metric; none where all is well. */
function faultsIn(name: string, value: Value): string[] {
  if (typeof value === 'string') return faultWords(value) ?? [];
  if (value === false || value === 0) return [];
  const last = plain(name.split('/').at(-1) ?? '');
  return [typeof value === 'number' && value !== 1 ? String(value) : last];
}

function tellFaults(sink: Sink, { name, value, meaning }: Told): void {
  const tripped = /trip/i.test(name);
  for (const word of faultsIn(name, value)) {
    const fault = faultOf(word);
    if (!fault || fault.test) continue;
    const trips = tripped || /trip/i.test(word);
    const stage = trips ? 'trip' : /alarm|warn/i.test(`${name} ${word}`) ? 'warning' : undefined;
    const place = meaning.channel === undefined ? {} : { channel: meaning.channel };
    const { cause, code = clean(word) } = fault;
    add(sink, { signal: 'breaker_fault', ...place, value: true, cause, ...(stage ? { stage } : {}), code });
  }
}

export interface Told {
  name: string;
  value: Value;
  meaning: Meaning;
}

function tellField(
  sink: Sink,
  { name, value, meaning }: Told,
  { channel: _own, ...field }: NamedField,
): void {
  const flipped = meaning.inverted ? truthOf(value) : undefined;
  const given = flipped === undefined ? value : !flipped;
  const place = meaning.channel === undefined ? {} : { channel: meaning.channel };
  const purpose = meaning.mains ? { purpose: 'circuit' as const } : {};
  const reader = { sink, depth: 0, budget: { left: 1 }, ...purpose, ...place };
  readNamed(reader, field, { name: clean(name, 60), value: given });
}

/** Reads the value of one metric into the sink. */
export function tellMetric(sink: Sink, told: Told): void {
  const { as, field } = told.meaning;
  if (as === 'fault') tellFaults(sink, told);
  else if (field) tellField(sink, told, field);
}
