import type { LifeEvent } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import { isLifeSignal, type LifeSignal } from '../model/signals.ts';
import { evaluate, type RuleChange, type RuleInput } from './evaluate.ts';
import { changeOfEvent, judge } from './life-events.ts';
import { applies, type Rule } from './rule.ts';
import { indexRules } from './rule-index.ts';
import { dueAt, type RuleState } from './rule-state.ts';

export interface ReplayedChange extends RuleChange {
  rule: Rule;
  late: boolean;
}

/**
 * Plays the readings of one device, in order of arrival, through the rules as the service would, with time passing between
 * them and until `untilMs`. Without a database: for rule tests and backtests.
 */
export function replay(
  rules: readonly Rule[],
  readings: readonly Reading[],
  options: { expectedEveryMs: number; untilMs?: number },
): ReplayedChange[] {
  const index = indexRules(rules);
  const states = new Map<number, RuleState>();
  const changes: ReplayedChange[] = [];
  const { expectedEveryMs } = options;
  const step = (number: number, input: RuleInput, now: number): void => {
    const rule = rules[number] as Rule;
    const result = evaluate(rule, states.get(number), input, now);
    if (result.state) states.set(number, result.state);
    for (const change of result.changes) changes.push({ ...change, rule, late: false });
  };
  const passTime = (now: number): void => {
    for (;;) {
      const next = earliest(states);
      if (!next || next.due > now) return;
      step(next.number, { type: 'tick', expectedEveryMs }, next.due);
    }
  };
  for (const reading of readings) {
    passTime(reading.receivedAt);
    if (isLifeSignal(reading.signal)) changes.push(...replayEvent(rules, reading, reading.signal));
    for (const number of index.concerned(reading))
      if (applies(rules[number] as Rule, reading))
        step(number, { type: 'reading', reading, expectedEveryMs }, reading.receivedAt);
  }
  if (options.untilMs !== undefined) passTime(options.untilMs);
  return changes;
}

function earliest(states: ReadonlyMap<number, RuleState>): { number: number; due: number } | undefined {
  let next: { number: number; due: number } | undefined;
  for (const [number, state] of states) {
    const due = dueAt(state);
    if (due !== undefined && (!next || due < next.due)) next = { number, due };
  }
  return next;
}

function replayEvent(rules: readonly Rule[], reading: Reading, signal: LifeSignal): ReplayedChange[] {
  if (reading.value !== true) return [];
  const event: LifeEvent = { ...reading, signal, source: '', context: {} };
  const verdict = judge(rules, event);
  if (!('late' in verdict)) return [];
  const { late } = verdict;
  return verdict.raise.map((rule) => {
    const { severity, consequence, evidence } = changeOfEvent(rule, event, late);
    const { observedAt: at, receivedAt: knownAt } = reading;
    return { rule, late, state: 'firing', rise: false, severity, consequence, at, knownAt, evidence };
  });
}
