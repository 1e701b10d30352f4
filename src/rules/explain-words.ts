import type { Consequence, Severity } from '../model/alerts.ts';
import { definitionOf, type Signal } from '../model/signals.ts';
import type { Limit, Part, Selection } from './rule.ts';

/** The words of one language in which a rule is explained; clauses without a full stop, sentences with one. */
export interface Words {
  when(part: Part): string;
  /** Undefined where nothing lasts. */
  over(part: Part): string | undefined;
  limit(signal: Signal, limit: Limit): string;
  outcome(of: { severity: Severity; consequence: Consequence }): string;
  alone(when: string, then: string): string;
  hard(limit: string, then: string): string;
  together(whens: readonly string[], then: string): string;
  ends(over: string): string;
  endsTogether(overs: readonly string[]): string;
  perAsset: string;
  inhibited: string;
  switchOff: string;
  only(who: string): string;
  except(who: string): string;
  selected(selection: Selection): string;
}

export function withUnit(signal: Signal, value: number): string {
  const { unit } = definitionOf(signal);
  return unit && unit !== 'count' ? `${value} ${unit}` : String(value);
}
