import type { Reading } from '../model/readings.ts';
import { corrections, isBeginning, retold, type Told } from './corrections.ts';
import type { DeviceClocks } from './device-clocks.ts';
import { type Circumstances, evaluate, type RuleInput, settle } from './evaluate.ts';
import { bringUp, compareReadings, type HolderMemory, type Place, type Slot } from './holder.ts';
import { isCalm, mayWaitMs, Waiting } from './learners.ts';
import { isQuiet, mayWait, type Plan } from './plan.ts';
import { isSleeper, learnerLimits, narrowest, quietLimits, wakeAt } from './quiet-limits.ts';
import { isOccurrence, type Limit, type Rule, readsFor } from './rule.ts';
import { levelOf, type RuleChange } from './rule-change.ts';
import type { RuleIndex } from './rule-index.ts';
import { dueAt, isIdle, type RuleState } from './rule-state.ts';
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
  /** It came before all that can still be changed: nothing hears it but rules that need no order. */
  onTooLate?(): void;
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
    holder.toldAt = Math.max(holder.toldAt, reading.receivedAt);
    if (isSignOfLife(reading)) holder.heardAt = holder.toldAt;
    let plan = this.#planOf(holder, reading);
    if (!plan.isHeard) return;
    const { mark } = holder;
    const place = this.#deps.inOrder ? 'last' : holder.place(reading);
    if (place === 'known') return;
    if (plan.hasOccurrences && !holder.isFirst(reading)) return;
    if (place === 'too_late') {
      this.#deps.onTooLate?.();
      // What happens once needs no order.
      for (const slot of plan.occurrences) this.#hearRule(holder, slot, this.#heard(reading, behindMs));
      return;
    }
    // Where the clock was set back, the plan begins anew.
    if (holder.mark !== mark) plan = this.#planOf(holder, reading);
    const isNext = reading.observedAt > plan.newest && place === 'last';
    const skipsQuiet = isNext && plan.asOf === holder.changes && isQuiet(plan.within, reading.value);
    const skipsLearners = !plan.hasLearners || (isNext && mayWait(plan, reading));
    const skipsSleepers = reading.receivedAt < plan.wakeAt;
    if (!(skipsQuiet && skipsLearners && skipsSleepers && !plan.hasAlways)) {
      const heard = this.#heard(reading, behindMs);
      for (const slot of plan.always) this.#hearOrPlay(holder, slot, { heard, plan, place });
      if (!skipsQuiet) this.#hearQuiet(holder, plan, { heard, plan, place });
      if (!skipsLearners) {
        for (const slot of plan.learners) this.#hearOrPlay(holder, slot, { heard, plan, place });
        plan.isCalm = plan.learners.every((slot) => isCalm(slot, plan));
      }
      if (!skipsSleepers) {
        for (const slot of plan.sleepers) this.#hearOrPlay(holder, slot, { heard, plan, place });
        plan.wakeAt = wakeAt(plan.sleepers);
      }
    }
    if (reading.observedAt > plan.newest) plan.newest = reading.observedAt;
  }

  #hearQuiet(holder: HolderMemory, plan: Plan, hearing: Hearing): void {
    let isIdle = true;
    for (const slot of plan.quiet) {
      this.#hearOrPlay(holder, slot, hearing);
      isIdle &&= slot.state === undefined;
    }
    plan.asOf = isIdle ? holder.changes : -1;
  }

  #hearOrPlay(holder: HolderMemory, slot: Slot, { heard, plan, place }: Hearing): void {
    const { reading } = heard.input;
    bringUp(slot, holder);
    const newest = Math.max(slot.newest, plan.newest);
    const isLate =
      this.#deps.index.isOrdered[slot.number] &&
      (reading.observedAt < newest || (place === 'among' && this.#isTied(slot, reading)));
    if (isLate) this.#playAgain(holder, slot.number, reading);
    else this.#hearRule(holder, slot, heard);
  }

  /** What all rules hear of one reading. */
  #heard(reading: Reading, behindMs: number): Heard {
    const expectedEveryMs = this.#deps.expectedEveryMs(reading);
    const isStale = this.#deps.clocks.isStale(reading, behindMs);
    return { input: { type: 'reading', reading, expectedEveryMs }, behindMs, isStale };
  }

  /** Of what was said at one time by several points the order counts for a rule that joins them. */
  #isTied(slot: Slot, reading: Reading): boolean {
    return reading.observedAt === slot.newest && (this.#deps.index.joins[slot.number] ?? false);
  }

  #planOf(holder: HolderMemory, reading: Reading): Plan {
    const { deviceId, signal, channel } = reading;
    holder.know(reading);
    const known = holder.planOf(reading);
    if (known) return known;
    const { index } = this.#deps;
    const [always, sleepers, learners, quiet]: [Slot[], Slot[], Slot[], Slot[]] = [[], [], [], []];
    const [within, bounds]: [Limit[], Limit[]] = [[], []];
    for (const number of index.concerned(reading)) {
      const scope = index.scopes[number] ?? 'point';
      if (holderOf(scope, reading) !== holder.id) continue;
      const rule = readsFor(index.rules[number] as Rule, reading);
      if (!rule) continue;
      const slot = holder.slot(number, scope === 'point' ? channel : undefined, rule);
      slot.rule = rule;
      // What is said of the whole device may end something of its channels.
      const mayEnd =
        index.reaches[number] === true && scope === 'point' && channel === undefined && holder.channels;
      const limits = mayEnd ? undefined : quietLimits(rule, signal);
      const learns = mayEnd || limits || scope !== 'point' ? undefined : learnerLimits(rule, signal);
      if (limits) {
        quiet.push(slot);
        within.push(...limits);
      } else if (learns) {
        learners.push(slot);
        bounds.push(...learns);
      } else (isSleeper(rule) ? sleepers : always).push(slot);
    }
    const occurrences = always.filter(({ rule }) => isOccurrence(rule));
    const plan: Plan = {
      deviceId,
      signal,
      channel,
      isHeard: always.length + sleepers.length + learners.length + quiet.length > 0,
      hasAlways: always.length > 0,
      hasLearners: learners.length > 0,
      hasOccurrences: occurrences.length > 0,
      always,
      occurrences,
      learners,
      bounds: narrowest(bounds),
      isCalm: false,
      waiting: new Waiting(mayWaitMs(learners.map(({ rule }) => rule))),
      sleepers,
      wakeAt: -Infinity,
      quiet,
      within: narrowest(within),
      asOf: -1,
      newest: -Infinity,
    };
    for (const slot of learners) slot.plan = plan;
    holder.keepPlan(plan);
    return plan;
  }

  /** The slot hears it, and where it is of the whole device, so do those of its channels. */
  #hearRule(holder: HolderMemory, slot: Slot, heard: Heard): void {
    const { index } = this.#deps;
    const { number, channel } = slot;
    const { reading } = heard.input;
    bringUp(slot, holder);
    const reaches = index.scopes[number] === 'point' && index.reaches[number] === true;
    const device = reaches && channel !== undefined ? holder.own[number]?.state?.parts : undefined;
    const circumstances = this.#circumstances(slot, reading, heard);
    this.#step(slot, device ? { ...heard.input, device } : heard.input, {
      now: reading.receivedAt,
      of: reading,
      circumstances,
    });
    if (!reaches || channel !== undefined || !holder.channels) return;
    for (const other of holder.channelsOf(number)) {
      bringUp(other, holder);
      const told: RuleInput = { type: 'device_reading', reading, device: slot.state?.parts ?? [] };
      this.#step(other, told, {
        now: reading.receivedAt,
        of: reading,
        circumstances: this.#circumstances(other, reading, heard),
      });
    }
  }

  #step(
    slot: Slot,
    input: RuleInput,
    { now, of, circumstances }: { now: number; of: Reading | undefined; circumstances: Circumstances },
  ): void {
    if ('reading' in input && input.reading.observedAt > slot.newest) slot.newest = input.reading.observedAt;
    const { state, changes, passedAt } = evaluate(slot.rule, slot.state, input, now, circumstances);
    if (passedAt !== undefined && passedAt > slot.newest) {
      slot.newest = passedAt;
      this.#deps.holderOf(slot.holder).passed(passedAt);
    }
    if (state !== slot.state) {
      this.#remember(slot, state);
      this.#deps.touch(slot);
    }
    for (const change of changes) this.#tell(slot, change, of);
  }

  #circumstances(
    slot: Slot,
    of: Reading | undefined,
    { isStale, behindMs }: { isStale: boolean; behindMs: number },
  ): Circumstances {
    const { rule } = slot;
    if (!isStale && !rule.inhibitedBy && !rule.schedule) return ORDINARY;
    // What was told already is known, however late it is heard again.
    const isKnown = this.#replayed !== undefined && slot.told !== undefined;
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
      this.#remember(slot, slot.base);
    }
    const keepMiddle = (next: Reading): void => {
      for (const slot of slots) this.#settle(slot, holder.middleAt, next);
      for (const slot of slots) slot.middle = slot.state;
    };
    this.#replayed = new Map();
    let isPastMiddle = false;
    for (const reading of holder.recent) {
      if (!isPastMiddle && reading.observedAt > holder.middleAt) {
        isPastMiddle = true;
        keepMiddle(reading);
      }
      if (!index.concerned(reading).includes(number) || holderOf(scope, reading) !== holder.id) continue;
      const { always, sleepers, learners, quiet } = this.#planOf(holder, reading);
      const slot = [...always, ...sleepers, ...learners, ...quiet].find((one) => one.number === number);
      if (slot) this.#hearRule(holder, slot, this.#heard(reading, clocks.behindMs(reading.deviceId)));
    }
    if (!isPastMiddle) keepMiddle(late);
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

  /** What time alone brings about until then, by the device's clock. */
  #settle(slot: Slot, until: number, next: Reading): void {
    if (!slot.state || slot.rule.inhibitedByGateway) return;
    const { input, behindMs, isStale } = this.#heard(next, this.#deps.clocks.behindMs(next.deviceId));
    const circumstances = this.#circumstances(slot, next, { behindMs, isStale });
    const settling = { until, knownAt: next.receivedAt, input, circumstances };
    const { state, changes } = settle(slot.rule, slot.state, settling);
    this.#remember(slot, state);
    for (const change of changes) this.#tell(slot, change, next);
  }

  #remember(slot: Slot, state: RuleState | undefined): void {
    const kept = state && isIdle(state) ? undefined : state;
    if ((kept === undefined) !== (slot.state === undefined)) this.#deps.holderOf(slot.holder).changes++;
    slot.state = kept;
    if (slot.plan) slot.plan.isCalm = false;
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
      this.#deps.emit(slot, { ...change, knownAt: Math.max(change.knownAt, late.receivedAt) }, late);
      known.push({ change, alert: slot.alert });
    }
    slot.told = retold(told, replayed, { corrected: known, standing: before });
    slot.alert = slot.told?.at(-1)?.alert ?? before?.alert ?? slot.alert;
  }

  /** What is due by our clock, one after the other. */
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
      const tick: RuleInput = { type: 'tick', expectedEveryMs, ...known, knownAt: now };
      this.#step(slot, tick, {
        now: due,
        of,
        circumstances: this.#circumstances(slot, of, this.#lateness(of)),
      });
      if (slot.state === was) return;
    }
  }

  /** Any other input, of a gateway. */
  step(slot: Slot, input: RuleInput, now: number): void {
    const of = undefined;
    this.#step(slot, input, { now, of, circumstances: this.#circumstances(slot, of, this.#lateness(of)) });
  }

  #lateness(of: Reading | undefined): { isStale: boolean; behindMs: number } {
    if (!of) return { isStale: false, behindMs: 0 };
    const behindMs = this.#deps.clocks.behindMs(of.deviceId);
    return { isStale: this.#deps.clocks.isStale(of, behindMs), behindMs };
  }
}

type TickFacts = Extract<RuleInput, { type: 'tick' }>;

const ORDINARY: Circumstances = {};

interface Hearing {
  heard: Heard;
  plan: Plan;
  place: Place;
}

interface Heard {
  input: Extract<RuleInput, { type: 'reading' }>;
  behindMs: number;
  isStale: boolean;
}

/** So many things may be due one after the other; more would be a fault. */
const MOST_TURNS = 1000;
