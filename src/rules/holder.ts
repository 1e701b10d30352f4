import type { Reading } from '../model/readings.ts';
import type { Told } from './corrections.ts';
import { taken } from './learners.ts';
import type { Plan } from './plan.ts';
import { Plans } from './plans.ts';
import { goesByUs, type Rule, type SelectedBy } from './rule.ts';
import type { RuleState } from './rule-state.ts';
import type { Holder } from './scopes.ts';

/** How late a reading may come after newer ones of the same device and still take its place among them. */
export const REORDER_MS = 2 * 60_000;

/** Beyond that an older time means that the device's clock was set back, once it said nothing newer for this long. */
const SET_BACK_MS = 5 * 60_000;

/** Whoever speaks more than this within the time of reordering is reordered within less. */
const MOST_KEPT = 600;

/** So many events of a device are known by their times, so that one that is delivered again much later raises nothing. */
const EVENTS_KNOWN = 32;

/** Row of an alert; without an id until it is written. */
export interface AlertRef {
  id?: number;
}

/** The state of one rule for one scope. */
export interface Slot {
  /** Of the rule. */
  readonly number: number;
  readonly holder: Holder;
  readonly channel: string | undefined;
  /** As it reads for this device. */
  rule: Rule;
  state: RuleState | undefined;
  /** What stands in the database. */
  stored: RuleState | undefined;
  /** The alert that fires, or the last one that did. */
  alert: AlertRef | undefined;
  /** Time of the newest input. */
  newest: number;
  /** What was at the two last marks of the holder, as of mark `mark`. */
  mark: number;
  base: RuleState | undefined;
  middle: RuleState | undefined;
  /** What was told since the older of these marks. */
  told: Told[] | undefined;
  /** Where it learns from numbers that may wait. */
  plan: Plan | undefined;
  /** To be saved if it matters by then, or in any case. */
  touched: 'no' | 'perhaps' | 'surely';
}

type Slots = (Slot | undefined)[];

/** Where a reading takes its place: behind all others, among them, twice the same, or before what can still be changed. */
export type Place = 'last' | 'among' | 'known' | 'too_late';

/** What is remembered of a device or an asset: the states of the rules, and the readings of the last minutes in the order of their times. */
export class HolderMemory {
  readonly id: Holder;
  readonly own: Slots = [];
  channels: Map<string, Slots> | undefined;
  /** Readings since `baseAt`; `middleAt` is the later of the two marks. */
  readonly recent: Reading[] = [];
  /** Counts how often a rule began to remember something, or no longer did. */
  changes = 0;
  /** Counts the marks that were set. */
  mark = 0;
  baseAt = Number.NEGATIVE_INFINITY;
  /** When we were last told anything, and when it was last a sign of life, by our clock. */
  toldAt = Number.NEGATIVE_INFINITY;
  heardAt = Number.NEGATIVE_INFINITY;
  middleAt = Number.NEGATIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  #advancedAt = Number.NEGATIVE_INFINITY;
  /** Which slots a reading concerns, by signal and channel, for the device as it was when they were found. */
  #plans = new Plans();
  #events: Reading[] = [];

  /** As each device was last seen; of a device itself apart. */
  #device: SelectedBy | undefined;
  #devices = new Map<number, SelectedBy>();

  constructor(id: Holder) {
    this.id = id;
  }

  slotsOf(channel: string | undefined): Slots {
    if (channel === undefined) return this.own;
    if (!this.channels) {
      this.channels = new Map();
      this.forgetPlans();
    }
    let slots = this.channels.get(channel);
    if (!slots) {
      slots = [];
      this.channels.set(channel, slots);
    }
    return slots;
  }

  slot(number: number, channel: string | undefined, rule: Rule): Slot {
    const slots = this.slotsOf(channel);
    const known = slots[number];
    if (known) return known;
    const slot: Slot = {
      number,
      holder: this.id,
      channel,
      rule,
      state: undefined,
      stored: undefined,
      alert: undefined,
      newest: Number.NEGATIVE_INFINITY,
      mark: this.mark,
      base: undefined,
      middle: undefined,
      told: undefined,
      plan: undefined,
      touched: 'no',
    };
    slots[number] = slot;
    return slot;
  }

  *slots(): Iterable<Slot> {
    for (const slot of this.own) if (slot) yield slot;
    for (const slots of this.channels?.values() ?? []) for (const slot of slots) if (slot) yield slot;
  }

  /** The states that a rule has for single channels. */
  channelsOf(number: number): Slot[] {
    const found: Slot[] = [];
    for (const slots of this.channels?.values() ?? []) {
      const slot = slots[number];
      if (slot) found.push(slot);
    }
    return found;
  }

  planOf(reading: Reading): Plan | undefined {
    return this.#plans.of(reading);
  }

  keepPlan(plan: Plan): void {
    if (this.#plans.areMany) this.forgetPlans();
    this.#plans.keep(plan);
  }

  /** What each reading concerns is found anew, and whether it may be passed over. */
  forgetPlans(): void {
    this.takeInAll();
    this.#plans.clear();
  }

  /** Nothing waits any more. */
  takeInAll(): void {
    for (const plan of this.#plans.all()) {
      takeIn(plan, this);
      plan.isCalm = false;
    }
  }

  /** Where a device is not what it was, what concerns it is found anew. */
  know(reading: Reading): void {
    const { deviceId } = reading;
    const was = deviceId === this.id ? this.#device : this.#devices.get(deviceId);
    if (was && isUnchanged(was, reading)) return;
    if (deviceId === this.id) this.#device = reading;
    else this.#devices.set(deviceId, reading);
    this.forgetPlans();
  }

  /** Puts the reading where it belongs, and sets a mark when so much time has passed that what lies before it is settled. */
  place(reading: Reading): Place {
    const at = reading.observedAt;
    if (this.mark === 0) this.#begin(reading);
    if (at > this.#newest) {
      if (at > this.middleAt + REORDER_MS || this.recent.length >= MOST_KEPT) this.#setMark();
      this.#newest = at;
      this.#advancedAt = reading.receivedAt;
      this.recent.push(reading);
      return 'last';
    }
    if (at <= this.baseAt) {
      if (reading.receivedAt - this.#advancedAt <= SET_BACK_MS) return 'too_late';
      this.#startOver(at);
      return this.place(reading);
    }
    return this.#insert(reading);
  }

  /** False where this very event was heard before. */
  isFirst(reading: Reading): boolean {
    if (reading.value !== true) return true;
    const isKnown = this.#events.some(
      (event) => compareReadings(event, reading) === 0 && saysTheSame(event, reading),
    );
    if (isKnown) return false;
    this.#events.push({ ...reading });
    if (this.#events.length > EVENTS_KNOWN) this.#events.shift();
    return true;
  }

  /** Time alone changed something at `at`: what is observed before it comes late. */
  passed(at: number): void {
    if (at > this.#newest) this.#newest = at;
  }

  #insert(reading: Reading): Place {
    const { recent } = this;
    let index = recent.length;
    while (index > 0 && compareReadings(recent[index - 1] as Reading, reading) > 0) index--;
    for (let same = index - 1; same >= 0; same--) {
      const other = recent[same] as Reading;
      if (compareReadings(other, reading) !== 0) break;
      if (saysTheSame(other, reading)) return 'known';
    }
    recent.splice(index, 0, reading);
    // A clock that ran ahead once would make every reading late, and each would be played with all that followed.
    if (recent.length > MOST_KEPT) this.#setMark();
    return index === recent.length - 1 && reading.observedAt >= this.#newest ? 'last' : 'among';
  }

  /** What was stored before must not be played again, and what is older than that cannot be put in its place any more. */
  #begin({ observedAt, receivedAt }: Reading): void {
    const loaded = this.#loaded();
    this.baseAt = Math.max(observedAt - REORDER_MS, loaded.until);
    this.middleAt = this.baseAt;
    this.#newest = loaded.until;
    this.#advancedAt = Math.min(loaded.heardAt, receivedAt);
    this.mark = 1;
  }

  #setMark(): void {
    this.baseAt = this.middleAt;
    this.middleAt = this.#newest;
    this.mark++;
    const { recent, baseAt } = this;
    let settled = 0;
    while (settled < recent.length && (recent[settled] as Reading).observedAt <= baseAt) settled++;
    if (settled > 0) recent.splice(0, settled);
  }

  /** The newest that is remembered, by the device's clock, and when we got it. */
  #loaded(): { until: number; heardAt: number } {
    let [until, heardAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { rule, state } of this.slots())
      for (const [index, part] of (state?.parts ?? []).entries()) {
        const of = rule.parts[index];
        if (!part || !of || goesByUs(of) || part.last <= until) continue;
        [until, heardAt] = [part.last, part.heard];
      }
    return { until, heardAt };
  }

  /** The device's clock was set back. */
  #startOver(at: number): void {
    this.forgetPlans();
    this.recent.length = 0;
    this.#events.length = 0;
    this.#newest = at - 1;
    this.middleAt = at - 1;
    this.baseAt = at - 1;
    this.mark++;
    for (const slot of this.slots()) {
      slot.newest = Number.NEGATIVE_INFINITY;
      slot.mark = this.mark;
      slot.base = slot.state;
      slot.middle = slot.state;
      // What was told by the old time cannot be compared with what is known by the new one.
      slot.told = undefined;
    }
  }
}

const isUnchanged = (was: SelectedBy, is: SelectedBy): boolean =>
  was === is ||
  (was.subjectId === is.subjectId &&
    was.assetId === is.assetId &&
    was.gatewayId === is.gatewayId &&
    was.isGateway === is.isGateway &&
    was.model === is.model &&
    (was.traits === is.traits || was.traits?.join() === is.traits?.join()));

/** By time; what several points said at one time in an order that does not depend on the way it took, what one point said as it came. */
export function compareReadings(a: Reading, b: Reading): number {
  if (a.observedAt !== b.observedAt) return a.observedAt - b.observedAt;
  if (a.deviceId !== b.deviceId) return a.deviceId - b.deviceId;
  if (a.signal !== b.signal) return a.signal < b.signal ? -1 : 1;
  const [one, other] = [a.channel ?? '', b.channel ?? ''];
  return one === other ? 0 : one < other ? -1 : 1;
}

function saysTheSame(a: Reading, b: Reading): boolean {
  if (a.cause !== b.cause || a.stage !== b.stage || a.code !== b.code) return false;
  return (
    a.value === b.value ||
    (typeof a.value === 'object' && JSON.stringify(a.value) === JSON.stringify(b.value))
  );
}

/** Brings a slot up to the marks of its holder. */
export function bringUp(slot: Slot, holder: HolderMemory): void {
  if (slot.plan) takeIn(slot.plan, holder);
  if (slot.mark !== holder.mark) setMarks(slot, holder, { base: slot.state, middle: slot.state });
}

/** `base`, `middle`: what was at the marks of the holder, where the slot knows an older state only. */
function setMarks(slot: Slot, holder: HolderMemory, { base, middle }: Pick<Slot, 'base' | 'middle'>): void {
  slot.base = holder.mark - slot.mark > 1 ? base : slot.middle;
  slot.middle = middle;
  slot.mark = holder.mark;
  if (slot.told) {
    const still = slot.told.filter(({ change }) => change.at > holder.baseAt);
    slot.told = still.length > 0 ? still : undefined;
  }
}

/** What waited is made up for, as it would have been without waiting. */
function takeIn({ learners, signal, waiting }: Plan, holder: HolderMemory): void {
  const { count } = waiting;
  if (count === 0) return;
  for (const slot of learners) {
    const by = (end: number): RuleState => taken(slot, signal, { waiting, end });
    if (slot.mark !== holder.mark)
      setMarks(slot, holder, {
        base: by(waiting.until(holder.baseAt)),
        middle: by(waiting.until(holder.middleAt)),
      });
    if (!slot.state) holder.changes++;
    slot.state = by(count);
    slot.newest = Math.max(slot.newest, waiting.newest);
  }
  waiting.clear();
}
