import type { Reading } from '../model/readings.ts';
import { isLifeSignal, type Signal } from '../model/signals.ts';
import { goesByUs, isOccurrence, type Part, type Rule } from './rule.ts';

/** For whom a rule keeps a state: each channel of a device, the device, or all that watches an asset. */
export type Scope = 'point' | 'device' | 'asset';

/** Which rules a reading concerns, by number in `rules`, so that a reading costs only the rules of its signal. */
export interface RuleIndex {
  rules: readonly Rule[];
  /** Of each rule. */
  scopes: readonly Scope[];
  /** Of each rule: what a device says without a channel concerns the states of its channels, too. */
  reaches: readonly boolean[];
  /** Of each rule: it watches more than one signal or device, so that what was said at one time counts in an order. */
  joins: readonly boolean[];
  /** Of each rule: the order of the devices' times counts, not only that in which we hear. */
  isOrdered: readonly boolean[];
  /** Whether any rule has a state for an asset. */
  hasAssets: boolean;
  concerned(reading: Pick<Reading, 'signal'>): readonly number[];
  numberOf(name: string): number | undefined;
}

/** The rules that read the log. Events on the lane of life are left out unless asked for: they are the inbox worker's. */
export function indexRules(rules: readonly Rule[], options: { withLifeEvents?: boolean } = {}): RuleIndex {
  const bySignal = new Map<Signal, number[]>();
  const bySign: number[] = [];
  for (const [number, rule] of rules.entries()) {
    const watched = watchedBy(rule);
    const isLife = rule.parts.some((part) => part.type === 'event' && isLifeSignal(part.signal));
    if (isLife && !options.withLifeEvents) continue;
    if (watched.has('any')) bySign.push(number);
    else
      for (const signal of watched)
        if (signal !== 'any') bySignal.set(signal, [...(bySignal.get(signal) ?? []), number]);
  }
  for (const [signal, numbers] of bySignal) bySignal.set(signal, [...numbers, ...bySign]);
  const byName = new Map(rules.map((rule, number) => [rule.name, number]));
  return {
    rules,
    scopes: rules.map(scopeOf),
    reaches: rules.map((rule) => watchedBy(rule).size > 1),
    joins: rules.map((rule) => rule.per !== undefined || watchedBy(rule).size > 1),
    isOrdered: rules.map((rule) => !isOccurrence(rule) && !rule.parts.every(goesByUs)),
    hasAssets: rules.some((rule) => rule.per === 'asset'),
    concerned: (reading) => bySignal.get(reading.signal) ?? bySign,
    numberOf: (name) => byName.get(name),
  };
}

/** Which signals a rule must hear. */
export const watchedBy = (rule: Rule): Set<Signal | 'any'> =>
  new Set([...rule.parts.flatMap(signalsOf), ...(rule.ignoreWhile ?? []).map(({ signal }) => signal)]);

const ofDevices = new Set<Part['type']>(['no_data', 'children_silent', 'absence', 'expression', 'geofence']);

/** Silence, and what is read from several channels, is of a whole device. */
export function scopeOf(rule: Rule): Scope {
  if (rule.per) return rule.per;
  const isOfDevice = ({ type }: Part): boolean => ofDevices.has(type);
  return rule.parts.some(isOfDevice) ? 'device' : 'point';
}

/** Which signals move a part; `any` is any sign of life. */
export function signalsOf(part: Part): (Signal | 'any')[] {
  switch (part.type) {
    case 'geofence':
      return ['location'];
    case 'absence':
      return ['any'];
    case 'expression':
      return [...new Set(part.reads.map(({ signal }) => signal))];
    case 'no_data':
      return part.signals ?? ['any'];
    case 'children_silent':
      return [];
    case 'state':
      return part.clearWhen ? [part.signal, part.clearWhen.signal] : [part.signal];
    case 'event':
      return part.stands?.until ? [part.signal, part.stands.until.signal] : [part.signal];
    default:
      return [part.signal];
  }
}
