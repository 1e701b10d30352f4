import type { LifeEvent } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import { isLifeSignal, type LifeSignal } from '../model/signals.ts';
import { weekdayOf } from '../platform/local-time.ts';
import { isBeginning } from './corrections.ts';
import { DeviceClocks } from './device-clocks.ts';
import { Engine } from './engine.ts';
import { HolderMemory, type Slot } from './holder.ts';
import { changeOfEvent, judge } from './life-events.ts';
import type { Rule } from './rule.ts';
import type { RuleChange } from './rule-change.ts';
import { indexRules } from './rule-index.ts';
import { dueAt, type RuleState } from './rule-state.ts';
import { isWithin, type Workdays } from './schedule.ts';
import type { Holder } from './scopes.ts';

export interface ReplayedChange extends Omit<RuleChange, 'late'> {
  rule: Rule;
  late: boolean;
  /** Counts the alerts of the replay; what corrects one says which. */
  alert: number;
  /** Of the point; absent where the device has one only. */
  channel: string | undefined;
  /** Whose it is. */
  holder: Holder;
}

export interface ReplayOptions {
  /** Silence after which the device counts as silent, in milliseconds. */
  expectedEveryMs: number;
  /** Time goes on until then. */
  untilMs?: number;
  calendar?: Workdays;
}

/**
 * Plays readings, in order of arrival, through the rules as the service would, with time passing between them and until `untilMs`.
 * Without a database, and so with every gateway alive: for rule tests and backtests.
 */
export function replay(
  rules: readonly Rule[],
  readings: readonly Reading[],
  options: ReplayOptions,
): ReplayedChange[] {
  const player = new Player(rules, options);
  for (const reading of readings) player.hear(reading);
  if (options.untilMs !== undefined) player.passTime(options.untilMs);
  return player.changes;
}

/** A rule set with its memory, outside of any database. */
export class Player {
  readonly changes: ReplayedChange[] = [];
  readonly holders = new Map<Holder, HolderMemory>();
  #rules: readonly Rule[];
  #options: ReplayOptions;
  #engine: Engine;
  #alerts = 0;
  /** No slot is due before; one may be due later. */
  #soonest = Infinity;

  constructor(rules: readonly Rule[], options: ReplayOptions & { inOrder?: boolean }) {
    this.#rules = rules;
    this.#options = options;
    const calendar = options.calendar ?? EVERY_WEEKDAY;
    this.#engine = new Engine({
      index: indexRules(rules),
      clocks: new DeviceClocks(),
      holderOf: (id) => this.#holderOf(id),
      expectedEveryMs: () => options.expectedEveryMs,
      emit: (slot, change, of) => this.#emit(slot, change, of),
      touch: (slot) => this.#touch(slot),
      isInhibited: (slot) => this.#isInhibited(slot),
      isScheduled: (rule, at) => rule.schedule === undefined || isWithin(rule.schedule, at, calendar),
      ...(options.inOrder ? { inOrder: true } : {}),
    });
  }

  #holderOf(id: Holder): HolderMemory {
    const known = this.holders.get(id);
    if (known) return known;
    const holder = new HolderMemory(id);
    this.holders.set(id, holder);
    return holder;
  }

  #emit(slot: Slot, change: RuleChange, of: Reading | undefined): void {
    if (isBeginning(change) || change.history || !slot.alert) slot.alert = { id: ++this.#alerts };
    const channel = slot.channel ?? (slot.rule.per ? of?.channel : undefined);
    const alert = slot.alert.id ?? 0;
    this.changes.push({ late: false, ...change, rule: slot.rule, channel, holder: slot.holder, alert });
  }

  #touch(slot: Slot): void {
    const due = slot.state && dueAt(slot.state, slot.rule.againAfterMs);
    if (due !== undefined && due < this.#soonest) this.#soonest = due;
  }

  /** A recording is of one wearer or one asset: whatever fires is of it. */
  #isInhibited({ rule }: Slot): boolean {
    for (const holder of this.holders.values())
      for (const other of holder.slots())
        if (other.state?.alert && rule.inhibitedBy?.includes(other.rule.name)) return true;
    return false;
  }

  /** Goes on with a state that another player, or the database, kept for this rule and scope. */
  restore({ holder, number, channel, rule, alert }: Slot, state: RuleState | undefined): void {
    const slot = this.#holderOf(holder).slot(number, channel, rule);
    slot.alert = alert;
    this.#alerts = Math.max(this.#alerts, alert?.id ?? 0);
    slot.state = state;
    this.#holderOf(holder).changes++;
    slot.base = state;
    slot.middle = state;
    this.#touch(slot);
  }

  hear(reading: Reading): void {
    this.passTime(reading.receivedAt);
    if (isLifeSignal(reading.signal)) this.changes.push(...replayEvent(this.#rules, reading, reading.signal));
    this.#engine.hear(reading);
  }

  passTime(now: number): void {
    while (this.#soonest <= now) {
      const next = this.#earliest();
      this.#soonest = next?.due ?? Infinity;
      if (!next || next.due > now) return;
      const { slot, holder, due } = next;
      const parts = slot.channel === undefined ? undefined : holder.own[slot.number]?.state?.parts;
      const was = slot.state;
      this.#engine.passTime(slot, {
        now: due,
        of: undefined,
        expectedEveryMs: this.#options.expectedEveryMs,
        ...(Number.isFinite(holder.heardAt) ? { heardAt: holder.heardAt } : {}),
        ...(parts ? { device: parts } : {}),
      });
      if (slot.state === was) return;
    }
  }

  #earliest(): { slot: Slot; holder: HolderMemory; due: number } | undefined {
    let next: { slot: Slot; holder: HolderMemory; due: number } | undefined;
    for (const holder of this.holders.values())
      for (const slot of holder.slots()) {
        const due = slot.state && dueAt(slot.state, slot.rule.againAfterMs);
        if (due !== undefined && (!next || due < next.due)) next = { slot, holder, due };
      }
    return next;
  }
}

/** Without a calendar every Monday to Friday is worked. */
const EVERY_WEEKDAY: Workdays = { isWorkday: (day) => weekdayOf(day) <= 5 };

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
      alert: 0,
      state: 'firing' as const,
      severity,
      consequence,
      at,
      knownAt,
      evidence,
      channel,
      holder: reading.deviceId,
    };
  });
}
