import type { Reading } from '../model/readings.ts';
import { corrections, isBeginning, retold, type Told } from './corrections.ts';
import type { DeviceClocks } from './device-clocks.ts';
import { type Circumstances, evaluate, type RuleInput } from './evaluate.ts';
import { bringUp, compareReadings, type HolderMemory, type Slot } from './holder.ts';
import { type Rule, readsFor } from './rule.ts';
import { levelOf, type RuleChange } from './rule-change.ts';
import type { RuleIndex } from './rule-index.ts';
import { dueAt, type RuleState } from './rule-state.ts';
import { type Holder, holderOf } from './scopes.ts';
import { isSignOfLife } from './steps.ts';

export interface EngineDeps {
  index: RuleIndex;
  holderOf(id: Holder): HolderMemory;
  /** Silence after which a device of this protocol and model counts as silent, in milliseconds. */
  expectedEveryMs(device: { protocol: string; model?: string | undefined }): number;
  /** A step of a rule, in the order in which they were found out. */
  emit(slot: Slot, change: RuleChange, of: Reading | undefined): void;
  /** The state of the slot is another. */
  touch(slot: Slot): void;
  isInhibited(slot: Slot, of: Reading | undefined): boolean;
  isScheduled(rule: Rule, at: number): boolean;
  clocks: DeviceClocks;
  /** Readings come in the order of their times, each once: nothing is kept for reordering, and a reading may be used again for the next. */
  inOrder?: boolean;
}

type Replayed = Map<Slot, RuleChange[]>;

/**
 * The rules over readings as they come, for any number of devices and assets. What comes late within `REORDER_MS` takes its place: the rule
 * is taken back to what was before it and hears everything since again; what was told meanwhile is corrected.
 */
export class Engine {
  #deps: EngineDeps;
  #replayed: Replayed | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /** Readings that came at the same time come in the order of their own times. */
  hearAll(readings: Reading[]): void {
    for (const reading of readings.sort(compareReadings)) this.hear(reading);
  }

  hear(reading: Reading): void {
    if (reading.origin !== 'live') return;
    const { index, clocks, holderOf: find } = this.#deps;
    const numbers = index.concerned(reading);
    if (numbers.length === 0) return;
    const behindMs = clocks.hear(reading);
    this.#hearIn(find(reading.deviceId), reading, behindMs);
    if (!index.hasAssets) return;
    const asset = holderOf('asset', reading);
    if (asset === reading.deviceId) return;
    // Devices of one asset are put in order by our clock where theirs go wrong.
    const inOrder = behindMs === 0 ? reading : { ...reading, observedAt: reading.observedAt + behindMs };
    this.#hearIn(find(asset), inOrder, 0);
  }

  #hearIn(holder: HolderMemory, reading: Reading, behindMs: number): void {
    const { index } = this.#deps;
    holder.toldAt = Math.max(holder.toldAt, reading.receivedAt);
    if (isSignOfLife(reading)) holder.heardAt = holder.toldAt;
    const plan = this.#planOf(holder, reading);
    if (plan.length === 0) return;
    if (this.#deps.inOrder) {
      for (const slot of plan) this.#hearRule(holder, slot, { reading, behindMs });
      return;
    }
    const place = holder.place(reading);
    if (place === 'known' || place === 'too_late') return;
    for (const slot of plan) {
      bringUp(slot, holder);
      const isLate =
        index.isOrdered[slot.number] &&
        (reading.observedAt < slot.newest || (place === 'among' && this.#isTied(slot, reading)));
      if (isLate) this.#playAgain(holder, slot.number, reading);
      else this.#hearRule(holder, slot, { reading, behindMs });
    }
  }

  /** Of what was said at one time by several points the order counts for a rule that joins them. */
  #isTied(slot: Slot, reading: Reading): boolean {
    return reading.observedAt === slot.newest && (this.#deps.index.joins[slot.number] ?? false);
  }

  #planOf(holder: HolderMemory, reading: Reading): readonly Slot[] {
    const { signal, channel } = reading;
    holder.know(reading);
    const point = channel === undefined ? signal : `${signal}/${channel}`;
    const key = holder.id < 0 ? `${reading.deviceId} ${point}` : point;
    const known = holder.planOf(key);
    if (known) return known;
    const { index } = this.#deps;
    const plan: Slot[] = [];
    for (const number of index.concerned(reading)) {
      const scope = index.scopes[number] ?? 'point';
      if (holderOf(scope, reading) !== holder.id) continue;
      const rule = readsFor(index.rules[number] as Rule, reading);
      if (!rule) continue;
      const slot = holder.slot(number, scope === 'point' ? channel : undefined, rule);
      slot.rule = rule;
      plan.push(slot);
    }
    holder.keepPlan(key, plan);
    return plan;
  }

  /** The slot hears it, and where it is of the whole device, so do those of its channels. */
  #hearRule(
    holder: HolderMemory,
    slot: Slot,
    { reading, behindMs }: { reading: Reading; behindMs: number },
  ): void {
    const { index } = this.#deps;
    const { number, channel } = slot;
    const reaches = index.scopes[number] === 'point' && index.reaches[number] === true;
    const expectedEveryMs = this.#deps.expectedEveryMs(reading);
    const device = reaches && channel !== undefined ? holder.own[number]?.state?.parts : undefined;
    const input: RuleInput = { type: 'reading', reading, expectedEveryMs, ...(device ? { device } : {}) };
    this.#step(slot, input, { now: reading.receivedAt, of: reading, behindMs });
    if (!reaches || channel !== undefined) return;
    for (const other of holder.channelsOf(number)) {
      bringUp(other, holder);
      const told: RuleInput = { type: 'device_reading', reading, device: slot.state?.parts ?? [] };
      this.#step(other, told, { now: reading.receivedAt, of: reading, behindMs });
    }
  }

  #step(
    slot: Slot,
    input: RuleInput,
    { now, of, behindMs = 0 }: { now: number; of: Reading | undefined; behindMs?: number },
  ): void {
    const { rule } = slot;
    if ('reading' in input && input.reading.observedAt > slot.newest) slot.newest = input.reading.observedAt;
    const circumstances = this.#circumstances(slot, of, behindMs);
    const { state, changes, passedAt } = evaluate(rule, slot.state, input, now, circumstances);
    if (passedAt !== undefined && passedAt > slot.newest) {
      slot.newest = passedAt;
      this.#deps.holderOf(slot.holder).passed(passedAt);
    }
    if (state !== slot.state) {
      slot.state = state;
      this.#deps.touch(slot);
    }
    for (const change of changes) this.#tell(slot, change, of);
  }

  #circumstances(slot: Slot, of: Reading | undefined, behindMs: number): Circumstances {
    const { rule } = slot;
    // What was told already is known, however late it is heard again.
    const isKnown = this.#replayed !== undefined && slot.told !== undefined;
    const isStale = of !== undefined && this.#deps.clocks.isStale(of, behindMs);
    if (!isStale && !rule.inhibitedBy && !rule.schedule) return ORDINARY;
    return {
      ...(isStale ? { isStale, isKnown, behindMs } : {}),
      ...(rule.inhibitedBy ? { isInhibited: () => this.#deps.isInhibited(slot, of) } : {}),
      ...(rule.schedule ? { isScheduled: (at: number) => this.#deps.isScheduled(rule, at) } : {}),
    };
  }

  #tell(slot: Slot, change: RuleChange, of: Reading | undefined): void {
    if (this.#replayed) {
      const list = this.#replayed.get(slot);
      if (list) list.push(change);
      else this.#replayed.set(slot, [change]);
      return;
    }
    this.#deps.emit(slot, change, of);
    if (this.#deps.inOrder) return;
    slot.told ??= [];
    slot.told.push({ change, alert: slot.alert });
  }

  /** Takes a rule back to before a reading that came late, and plays what was heard since. */
  #playAgain(holder: HolderMemory, number: number, late: Reading): void {
    const { index, clocks } = this.#deps;
    const scope = index.scopes[number] ?? 'point';
    const slots = [holder.own[number], ...holder.channelsOf(number)].filter((slot) => slot !== undefined);
    const before = new Map<Slot, RuleState | undefined>();
    for (const slot of slots) {
      bringUp(slot, holder);
      before.set(slot, slot.state);
      slot.state = slot.base;
    }
    const keepMiddle = (): void => {
      for (const slot of slots) slot.middle = slot.state;
    };
    this.#replayed = new Map();
    let isPastMiddle = false;
    for (const reading of holder.recent) {
      if (!isPastMiddle && reading.observedAt > holder.middleAt) {
        isPastMiddle = true;
        keepMiddle();
      }
      if (!index.concerned(reading).includes(number) || holderOf(scope, reading) !== holder.id) continue;
      const slot = this.#planOf(holder, reading).find((one) => one.number === number);
      if (slot) this.#hearRule(holder, slot, { reading, behindMs: clocks.behindMs(reading.deviceId) });
    }
    if (!isPastMiddle) keepMiddle();
    const passing = { now: holder.toldAt, of: late, expectedEveryMs: this.#deps.expectedEveryMs(late) };
    // Whether the gateway lives is asked where time passes for all.
    for (const slot of slots) if (!slot.rule.inhibitedByGateway) this.passTime(slot, passing);
    const replayed = this.#replayed;
    this.#replayed = undefined;
    for (const slot of slots) {
      if (slot.state !== before.get(slot)) this.#deps.touch(slot);
      this.#correct(slot, replayed.get(slot) ?? [], late);
    }
  }

  #correct(slot: Slot, replayed: readonly RuleChange[], late: Reading): void {
    const told = slot.told ?? [];
    const [first] = told;
    const standing = first ? (isBeginning(first.change) ? undefined : first.alert) : slot.alert;
    const stood = slot.base?.alert?.untoldSince === undefined ? slot.base?.alert : undefined;
    const before = stood && { alert: standing, severity: levelOf(slot.rule, stood).severity };
    const known: Told[] = [];
    for (const { change, alert } of corrections(told, replayed, before)) {
      if (alert) slot.alert = alert;
      this.#deps.emit(slot, change, late);
      known.push({ change, alert: slot.alert });
    }
    slot.told = retold(told, replayed, { corrected: known, standing: before });
    slot.alert = slot.told?.at(-1)?.alert ?? before?.alert ?? slot.alert;
  }

  /** What is due by our clock, one after the other; `know` is asked before each for what else is known of the device by then. */
  passTime(
    slot: Slot,
    {
      now,
      of,
      expectedEveryMs,
      ...known
    }: { now: number; of: Reading | undefined } & Omit<TickFacts, 'type'>,
  ): void {
    for (let turn = 0; turn < MOST_TURNS && slot.state; turn++) {
      const due = dueAt(slot.state, slot.rule.againAfterMs);
      if (due === undefined || due > now) return;
      const was = slot.state;
      this.#step(slot, { type: 'tick', expectedEveryMs, ...known }, { now: due, of });
      if (slot.state === was) return;
    }
  }

  /** Any other input, of a gateway. */
  step(slot: Slot, input: RuleInput, now: number): void {
    this.#step(slot, input, { now, of: undefined });
  }
}

type TickFacts = Extract<RuleInput, { type: 'tick' }>;

const ORDINARY: Circumstances = {};

/** So many things may be due one after the other; more would be a fault. */
const MOST_TURNS = 1000;
