import type { DecodedReading } from '../../src/model/readings.ts';
import { definitionOf, isPlausible, type Signal } from '../../src/model/signals.ts';
import { eventOf, type Fault, faultOf, faultWords, type OpenedBy } from '../faults.ts';
import { clean, kindOf } from '../sink.ts';
import { unwrapped } from '../units.ts';
import { actionOf, conditionsOf, meaningOf, truthOf } from '../words.ts';
import type { Mapping } from './mapping.ts';

export type Finding = Omit<DecodedReading, 'origin' | 'observedAt'>;

/** What one message says, before it is known what of it is news. */
export interface Collected {
  /** By `signal.channel`: where two properties tell of one point, a trouble outweighs its absence. */
  findings: Map<string, Finding>;
  faults: (Fault & { channel?: string })[];
  latch?: { word: string; fault?: Fault; openedBy?: OpenedBy; channel?: string };
  tripped?: boolean;
  /** It has the properties of a breaker, faults or not. */
  breaker: boolean;
  /** Calls for help that are said once (`action`), and those that are a state. */
  actions: { signal: 'sos' | 'fall' | 'vibration'; value: string }[];
  calls: { signal: 'sos' | 'fall'; active: boolean; code: string }[];
  reasons: string[];
}

/** The value of one property, and how it is to be read. */
interface Said {
  mapping: Mapping;
  value: unknown;
}

type Reader = (into: Collected, property: string, said: Said) => void;

export function nothing(): Collected {
  return { findings: new Map(), faults: [], breaker: false, actions: [], calls: [], reasons: [] };
}

/** A trouble outweighs its absence, a `fault` any position; else the first that was read counts. */
function put(into: Collected, finding: Finding): void {
  const key = `${finding.signal}.${finding.channel ?? ''}`;
  const before = into.findings.get(key);
  const worse = finding.value === true || finding.value === 'fault';
  if (before === undefined || (worse && before.value !== finding.value)) into.findings.set(key, finding);
}

function refuse(into: Collected, property: string, expected: string, value: unknown): void {
  if (into.reasons.length < 20)
    into.reasons.push(`${clean(property, 40)}: expected ${expected}, got ${kindOf(value)}`);
}

const place = ({ channel }: Mapping) => (channel === undefined ? {} : { channel });

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim() : '';
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** A voltage whose owner is not sure: some thousand are millivolts, below 60 it is a battery's or supply's. */
function supplied(value: number): { signal: Signal; value: number } {
  if (value > 1000) return { signal: 'battery_voltage', value: value / 1000 };
  return { signal: value > 60 ? 'voltage' : 'battery_voltage', value };
}

function measure(into: Collected, property: string, { mapping, value }: Said): void {
  const { signal = 'voltage', factor = 1, offset = 0, supply } = mapping;
  const given = numberOf(value);
  if (given === undefined) {
    refuse(into, property, 'a number', value);
    return;
  }
  const raw = signal === 'power' && factor === 1 ? unwrapped(given) : given;
  let found = { signal, value: Number((raw * factor + offset).toPrecision(12)) };
  if (supply) found = supplied(found.value);
  if (signal === 'power_factor')
    found.value = Math.abs(found.value) > 1 ? Math.abs(found.value) / 100 : Math.abs(found.value);
  if (isPlausible(found.signal, found.value)) {
    put(into, { ...found, ...place(mapping) });
    return;
  }
  const [min, max] = definitionOf(found.signal).range ?? [];
  if (into.reasons.length < 20) {
    const limits = `${min ?? ''}–${max ?? ''} ${definitionOf(found.signal).unit ?? ''}`.trim();
    into.reasons.push(`${clean(property, 40)}: ${found.value} is outside ${limits}`);
  }
}

/** One of two raw values, else the words that mean the same. */
function sideOf({ on, off }: Mapping, value: unknown): boolean | undefined {
  if (on !== undefined && value === on) return true;
  if (off !== undefined && value === off) return false;
  return on === undefined || typeof value === typeof on ? undefined : truthOf(value);
}

function state(into: Collected, property: string, { mapping, value }: Said): void {
  const { signal = 'sensor_fault', as } = mapping;
  const side = as === 'switch' ? sideOf(mapping, value) : undefined;
  const plain = side ?? (typeof value === 'object' ? undefined : (value as string | number | boolean));
  const known = typeof plain === 'boolean' && definitionOf(signal).kind === 'boolean' ? plain : undefined;
  const meaning = plain === undefined ? undefined : (known ?? meaningOf(signal, plain));
  if (meaning === undefined) {
    refuse(into, property, `a state of ${signal}`, value);
    return;
  }
  const code = as === 'word' && typeof value === 'string' ? { code: clean(value) } : {};
  put(into, { signal, ...place(mapping), value: meaning, ...code });
  if (signal === 'breaker_position') into.breaker = true;
}

function conditions(into: Collected, property: string, { mapping, value }: Said): void {
  const found = conditionsOf(value);
  if (!found) {
    refuse(into, property, 'words or bits', value);
    return;
  }
  for (const signal of ['water_leak', 'battery_low', 'tamper', 'sensor_fault'] as const) {
    const words = found.filter(({ of }) => of === signal).map(({ word }) => word);
    const inVocabulary = mapping.as === 'meter' || signal === 'water_leak' || signal === 'sensor_fault';
    if (words.length === 0 && !inVocabulary) continue;
    const code = words.length > 0 ? { code: clean(words.join(',')) } : {};
    put(into, { signal, value: words.length > 0, ...code });
  }
  for (const { of, word } of found)
    if (of === 'billing') into.reasons.push(`${property}: ${clean(word)} is for the biller`);
}

const UNDECIDED = /^(?:unknown|checking|others|idle|running|expires soon|expires_soon|sensor detected)$/i;
const SOUND = /^(?:no_fault_detected|normal|ok|off|false|success|check success|check_success)?$/i;

/** Whatever a device says of its own health: true with the word as code, or false. */
function trouble(into: Collected, _property: string, { mapping, value }: Said): void {
  if (typeof value === 'object' && !Array.isArray(value)) return;
  const told = String(value).trim();
  if (UNDECIDED.test(told)) return;
  const side = sideOf(mapping, value) ?? (typeof value === 'boolean' ? value : undefined);
  const bad = side ?? (!SOUND.test(told) && conditionsOf(value)?.length !== 0);
  const code = bad && side === undefined ? { code: clean(told) } : {};
  put(into, { signal: 'sensor_fault', ...place(mapping), value: bad, ...code });
}

function percent(into: Collected, _property: string, { mapping, value }: Said): void {
  const opening = numberOf(value);
  if (opening === undefined || opening < 0 || opening > 100) return;
  put(into, { signal: 'valve_position', ...place(mapping), value: opening === 0 ? 'closed' : 'open' });
}

function breaker(into: Collected, property: string, { mapping, value }: Said): void {
  const channel = place(mapping);
  into.breaker = true;
  if (mapping.as === 'latch') {
    const event = eventOf(value);
    if (event) into.latch = { ...event, ...channel };
    else refuse(into, property, 'a word or number', value);
  } else if (mapping.as === 'trip') {
    into.tripped =
      into.tripped === true || value === 'trip' || sideOf(mapping, value) === true || value === true;
  } else if (mapping.as === 'flag') {
    const set = sideOf(mapping, value) ?? truthOf(value);
    const fault = set === true ? faultOf(property) : undefined;
    if (fault) into.faults.push({ ...fault, ...channel });
  } else {
    const words = faultWords(value);
    if (!words) refuse(into, property, 'words or bits', value);
    for (const word of words ?? []) {
      const fault = faultOf(word);
      if (fault) into.faults.push({ ...fault, ...channel });
    }
  }
}

function call(into: Collected, property: string, { mapping, value }: Said): void {
  const signal = mapping.signal === 'fall' ? 'fall' : 'sos';
  const active =
    sideOf(mapping, value) ?? (typeof value === 'object' ? undefined : meaningOf(signal, String(value)));
  if (active === undefined && typeof value === 'object') refuse(into, property, 'true or false', value);
  else into.calls.push({ signal, active: active !== false, code: clean(String(value)) });
}

function action(into: Collected, _property: string, { mapping, value }: Said): void {
  const signal = typeof value === 'string' ? actionOf(value, mapping.any === true) : undefined;
  if (signal) into.actions.push({ signal, value: clean(String(value)) });
}

const readers: Readonly<Record<Mapping['as'], Reader>> = {
  number: measure,
  switch: state,
  word: state,
  conditions,
  meter: conditions,
  trouble,
  percent,
  call,
  action,
  faults: breaker,
  latch: breaker,
  trip: breaker,
  flag: breaker,
  ring: () => undefined,
};

/** Reads one property of a message into what was collected; null says nothing. */
export function collect(into: Collected, property: string, said: Said): void {
  if (said.value !== null && said.value !== undefined) readers[said.mapping.as](into, property, said);
}
