import type { LifeEvent } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import { isLifeSignal, type LifeSignal } from '../model/signals.ts';
import { evaluate, type RuleInput } from './evaluate.ts';
import { changeOfEvent, judge } from './life-events.ts';
import { applies, type Rule } from './rule.ts';
import type { RuleChange } from './rule-change.ts';
import { indexRules, type RuleIndex } from './rule-index.ts';
import { dueAt, type RuleState } from './rule-state.ts';
import { holderOf, scopeKey } from './scopes.ts';

export interface ReplayedChange extends RuleChange {
  rule: Rule;
  late: boolean;
  /** Of the point; absent where the device has one only. */
  channel: string | undefined;
}

/** The state of one rule for one scope. */
interface Slot {
  number: number;
  channel: string | undefined;
  /** Of the device as a whole, for one of its channels. */
  device: string;
  state: RuleState | undefined;
}

/**
 * Plays readings, in order of arrival, through the rules as the service would, with time passing between them and until `untilMs`.
 * Without a database, and so with every gateway alive: for rule tests and backtests.
 */
export function replay(
  rules: readonly Rule[],
  readings: readonly Reading[],
  options: { expectedEveryMs: number; untilMs?: number },
): ReplayedChange[] {
  const player = new Player(indexRules(rules), options.expectedEveryMs);
  for (const reading of readings) {
    player.passTime(reading.receivedAt);
    player.hear(reading);
  }
  if (options.untilMs !== undefined) player.passTime(options.untilMs);
  return player.changes;
}

class Player {
  readonly changes: ReplayedChange[] = [];
  #index: RuleIndex;
  #expectedEveryMs: number;
  #slots = new Map<string, Slot>();

  constructor(index: RuleIndex, expectedEveryMs: number) {
    this.#index = index;
    this.#expectedEveryMs = expectedEveryMs;
  }

  hear(reading: Reading): void {
    if (isLifeSignal(reading.signal))
      this.changes.push(...replayEvent(this.#index.rules, reading, reading.signal));
    for (const number of this.#index.concerned(reading))
      if (applies(this.#index.rules[number] as Rule, reading)) this.#hearRule(number, reading);
  }

  #hearRule(number: number, reading: Reading): void {
    const scope = this.#index.scopes[number] ?? 'point';
    const device = scopeKey(holderOf(scope, reading), undefined);
    const channel = scope === 'point' ? reading.channel : undefined;
    const now = reading.receivedAt;
    const reaches = scope === 'point' && this.#index.reaches[number];
    const input = { type: 'reading', reading, expectedEveryMs: this.#expectedEveryMs } as const;
    const slot = this.#slot(number, device, channel);
    const shared = reaches && channel !== undefined ? this.#shared(slot) : {};
    this.#step(slot, { ...input, ...shared }, now);
    if (!reaches || channel !== undefined) return;
    for (const other of this.#slots.values())
      if (other.number === number && other.device === device && other.channel !== undefined)
        this.#step(other, { type: 'device_reading', reading, device: slot.state?.parts ?? [] }, now);
  }

  #slot(number: number, device: string, channel: string | undefined): Slot {
    const key = `${number} ${device}/${channel ?? ''}`;
    const slot = this.#slots.get(key) ?? { number, device, channel, state: undefined };
    this.#slots.set(key, slot);
    return slot;
  }

  #shared({ number, device }: Slot) {
    const parts = this.#slot(number, device, undefined).state?.parts;
    return parts ? { device: parts } : {};
  }

  #step(slot: Slot, input: RuleInput, now: number): void {
    const rule = this.#index.rules[slot.number] as Rule;
    const { state, changes } = evaluate(rule, slot.state, input, now);
    slot.state = state;
    for (const change of changes) this.changes.push({ ...change, rule, late: false, channel: slot.channel });
  }

  passTime(now: number): void {
    for (;;) {
      const next = this.#earliest();
      if (!next || next.due > now) return;
      const { slot, due } = next;
      const shared = slot.channel === undefined ? {} : this.#shared(slot);
      this.#step(slot, { type: 'tick', expectedEveryMs: this.#expectedEveryMs, ...shared }, due);
    }
  }

  #earliest(): { slot: Slot; due: number } | undefined {
    let next: { slot: Slot; due: number } | undefined;
    for (const slot of this.#slots.values()) {
      const due = slot.state && dueAt(slot.state);
      if (due !== undefined && (!next || due < next.due)) next = { slot, due };
    }
    return next;
  }
}

function replayEvent(rules: readonly Rule[], reading: Reading, signal: LifeSignal): ReplayedChange[] {
  if (reading.value !== true) return [];
  const event: LifeEvent = { ...reading, signal, source: '', context: {} };
  const verdict = judge(rules, event);
  if (!('late' in verdict)) return [];
  const { late } = verdict;
  return verdict.raise.map((rule) => {
    const { severity, consequence, evidence } = changeOfEvent(rule, event, late);
    const { observedAt: at, receivedAt: knownAt, channel } = reading;
    return {
      rule,
      late,
      state: 'firing',
      rise: false,
      severity,
      consequence,
      at,
      knownAt,
      evidence,
      channel,
    };
  });
}
