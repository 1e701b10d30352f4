import type { Consequence, Severity } from '../model/alerts.ts';
import { definitionOf, type Signal } from '../model/signals.ts';
import type { DropPart, Part, Rule, Said, Schedule, Selection, ThresholdPart } from './rule.ts';

/** The words of one language in which a rule is explained; clauses without a full stop, sentences with one. */
export interface Words {
  when(part: Part): string;
  /** Undefined where nothing lasts. */
  over(part: Part): string | undefined;
  outcome(of: { severity: Severity; consequence: Consequence }): string;
  alone(when: string, then: string): string;
  hard(part: ThresholdPart, then: string): string;
  together(whens: readonly string[], then: string): string;
  ends(over: string): string;
  endsTogether(overs: readonly string[]): string;
  perAsset: string;
  inhibited: string;
  switchOff: string;
  only(who: string): string;
  except(who: string): string;
  selected(selection: Selection): string;
  /** What a wearer or device of a variant is to expect, before its own sentences. */
  variant(who: string): string;
  shadow: string;
  schedule(schedule: Schedule): string;
  ignoreWhile(said: readonly Said[]): string;
  inhibitedBy(rules: readonly string[]): string;
  again(afterMs: number): string;
  keeps(forMs: number): string;
  flap(flap: NonNullable<Rule['flap']>): string;
}

export function withUnit(signal: Signal, value: number): string {
  const { unit } = definitionOf(signal);
  return unit && unit !== 'count' ? `${value} ${unit}` : String(value);
}

/** Minutes of a day as a clock shows them: 1320 → `22:00`. */
export const clockTime = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** A share of one: 0.025 → `2.5 %`. */
export const percentOf = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** By how much a number must fall or rise; both where both are written. */
export const changeOf = ({ signal, by: { amount, percent } }: DropPart, and: string): string =>
  [
    ...(amount === undefined ? [] : [withUnit(signal, amount)]),
    ...(percent === undefined ? [] : [`${percent} %`]),
  ].join(and);
