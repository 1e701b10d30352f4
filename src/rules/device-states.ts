import type { Trx } from '../platform/database.ts';
import { endAlerts } from './alert-store.ts';
import type { RuleIndex } from './rule-index.ts';
import { alertIdIn, dueAt, isIdle, mustSave, parseState, type RuleState } from './rule-state.ts';
import { deleteStates, loadStates, type StoredState, saveStates } from './rule-state-store.ts';
import { type Holder, readScope, scopeKey } from './scopes.ts';

/** The state of one rule for one scope: what stands in the database, and what it is now. */
export interface Slot {
  /** Of the rule. */
  readonly number: number;
  readonly holder: Holder;
  readonly channel: string | undefined;
  state: RuleState | undefined;
  stored: RuleState | undefined;
}

type Slots = (Slot | undefined)[];

/** What is remembered of a device or an asset, by the number of the rule. */
interface Held {
  own: Slots;
  channels: Map<string, Slots> | undefined;
}

/** The states of the devices and assets of one partition, as long as this process holds it. */
export class DeviceStates {
  #index: RuleIndex;
  #partition: number;
  #held = new Map<Holder, Held>();
  /** Whether it is to be saved in any case at the end of the drain. */
  #touched = new Map<Slot, boolean>();
  #ended: number[] = [];

  constructor(index: RuleIndex, partition: number) {
    this.#index = index;
    this.#partition = partition;
  }

  /** Loads what is stored of those that were not seen yet. */
  async know(trx: Trx, holders: Iterable<Holder>): Promise<void> {
    const unknown = [...new Set(holders)].filter((holder) => !this.#held.has(holder));
    if (unknown.length === 0) return;
    for (const holder of unknown) this.#held.set(holder, { own: [], channels: undefined });
    for (const row of await loadStates(trx, unknown)) this.#put(row);
  }

  #put(row: StoredState): void {
    const number = this.#index.numberOf(row.rule);
    const rule = number === undefined ? undefined : this.#index.rules[number];
    if (number === undefined || !rule) return;
    const state = parseState(row.state, rule);
    const { holder, channel } = readScope(row.scope);
    const slot = this.slot(holder, number, channel);
    if (!state) {
      this.#drop(slot, alertIdIn(row.state));
      return;
    }
    slot.state = state;
    slot.stored = state;
    if (row.partition !== this.#partition) this.touch(slot, true);
  }

  slot(holder: Holder, number: number, channel: string | undefined): Slot {
    const slots = this.#slots(holder, channel);
    const slot = slots[number] ?? { number, holder, channel, state: undefined, stored: undefined };
    slots[number] = slot;
    return slot;
  }

  #slots(holder: Holder, channel: string | undefined): Slots {
    let held = this.#held.get(holder);
    if (!held) {
      held = { own: [], channels: undefined };
      this.#held.set(holder, held);
    }
    if (channel === undefined) return held.own;
    held.channels ??= new Map();
    let slots = held.channels.get(channel);
    if (!slots) {
      slots = [];
      held.channels.set(channel, slots);
    }
    return slots;
  }

  /** The states that a rule has for single channels. */
  channelsOf(holder: Holder, number: number): Slot[] {
    const found: Slot[] = [];
    for (const slots of this.#held.get(holder)?.channels?.values() ?? []) {
      const slot = slots[number];
      if (slot) found.push(slot);
    }
    return found;
  }

  /** To be saved at the end of the drain if it matters by then, or in any case. */
  touch(slot: Slot, force: boolean): void {
    if (force || !this.#touched.has(slot)) this.#touched.set(slot, force);
  }

  /** Of a device that is gone. */
  drop(holder: Holder): void {
    const held = this.#held.get(holder);
    if (!held) return;
    for (const slots of [held.own, ...(held.channels?.values() ?? [])])
      for (const slot of slots) if (slot) this.#drop(slot, slot.state?.alert?.id);
  }

  /** Nothing will ever clear what fires: it ends with the state. */
  #drop(slot: Slot, alertId: number | undefined): void {
    slot.state = { parts: [] };
    this.touch(slot, true);
    if (alertId !== undefined) this.#ended.push(alertId);
  }

  /** Writes what changed since the last save, each state once. */
  async save(trx: Trx, now: number): Promise<void> {
    const save: Parameters<typeof saveStates>[2][number][] = [];
    const remove: { rule: string; scope: string }[] = [];
    for (const [slot, force] of this.#touched) {
      const { state, stored } = slot;
      const rule = this.#index.rules[slot.number]?.name;
      if (!state || !rule || !(force || mustSave(stored, state))) continue;
      const scope = scopeKey(slot.holder, slot.channel);
      if (isIdle(state)) remove.push({ rule, scope });
      else save.push({ rule, scope, state, dueAt: dueAt(state) });
      slot.stored = isIdle(state) ? undefined : state;
    }
    this.#touched.clear();
    await endAlerts(trx, this.#ended, now);
    this.#ended = [];
    await deleteStates(trx, remove);
    await saveStates(trx, this.#partition, save);
  }
}
