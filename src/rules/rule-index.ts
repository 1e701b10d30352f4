import type { Reading } from '../model/readings.ts';
import { isLifeSignal, type Signal } from '../model/signals.ts';
import type { Part, Rule } from './rule.ts';

/** For whom a rule keeps a state: each channel of a device, the device, or all that watches an asset. */
export type Scope = 'point' | 'device' | 'asset';

/** Which rules a reading concerns, by number in `rules`, so that a reading costs only the rules of its signal. */
export interface RuleIndex {
  rules: readonly Rule[];
  /** Of each rule. */
  scopes: readonly Scope[];
  /** Of each rule: what a device says without a channel concerns the states of its channels, too. */
  reaches: readonly boolean[];
  concerned(reading: Pick<Reading, 'signal'>): readonly number[];
  numberOf(name: string): number | undefined;
}

/** The rules that read the log. Events on the lane of life are left out unless asked for: they are the inbox worker's. */
export function indexRules(rules: readonly Rule[], options: { withLifeEvents?: boolean } = {}): RuleIndex {
  const bySignal = new Map<Signal, number[]>();
  const bySign: number[] = [];
  for (const [number, rule] of rules.entries()) {
    const watched = new Set(rule.parts.flatMap(signalsOf));
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
    reaches: rules.map((rule) => new Set(rule.parts.flatMap(signalsOf)).size > 1),
    concerned: (reading) => bySignal.get(reading.signal) ?? bySign,
    numberOf: (name) => byName.get(name),
  };
}

/** Silence is of a whole device. */
export function scopeOf(rule: Rule): Scope {
  if (rule.per) return rule.per;
  const isOfDevice = (part: Part): boolean => part.type === 'no_data' || part.type === 'children_silent';
  return rule.parts.some(isOfDevice) ? 'device' : 'point';
}

function signalsOf(part: Part): (Signal | 'any')[] {
  switch (part.type) {
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
