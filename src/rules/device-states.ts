import type { Trx } from '../platform/database.ts';
import { endAlerts } from './alert-store.ts';
import type { RuleIndex } from './rule-index.ts';
import { dueAt, isIdle, mustSave, parseState, type RuleState } from './rule-state.ts';
import { deleteStates, loadStates, type StoredState, saveStates } from './rule-state-store.ts';

/** The state of one rule for one device: what stands in the database, and what it is now. */
export interface Slot {
  state: RuleState | undefined;
  stored: RuleState | undefined;
}

interface Touch {
  /** Of the rule. */
  number: number;
  deviceId: number;
  force: boolean;
}

/** The states of the devices of one partition, as long as this process holds it. */
export class DeviceStates {
  #index: RuleIndex;
  #partition: number;
  /** Per device, by the number of the rule. */
  #slots = new Map<number, (Slot | undefined)[]>();
  #touched = new Map<Slot, Touch>();
  #ended: { rule: string; deviceId: number }[] = [];

  constructor(index: RuleIndex, partition: number) {
    this.#index = index;
    this.#partition = partition;
  }

  /** Loads what is stored of devices that were not seen yet. */
  async know(trx: Trx, deviceIds: Iterable<number>): Promise<void> {
    const unknown = [...new Set(deviceIds)].filter((id) => !this.#slots.has(id));
    if (unknown.length === 0) return;
    for (const id of unknown) this.#slots.set(id, []);
    for (const row of await loadStates(trx, unknown)) this.#put(row);
  }

  #put(row: StoredState): void {
    const number = this.#index.numberOf(row.rule);
    if (number === undefined) return;
    const state = parseState(row.state, this.#index.rules[number]?.parts.length ?? 0);
    const slot = this.slot(row.deviceId, number);
    if (!state) {
      this.#drop(slot, number, row.deviceId);
      return;
    }
    slot.state = state;
    slot.stored = state;
    if (row.partition !== this.#partition) this.touch(slot, { number, deviceId: row.deviceId, force: true });
  }

  slot(deviceId: number, number: number): Slot {
    const slots = this.#slots.get(deviceId) ?? [];
    this.#slots.set(deviceId, slots);
    const slot = slots[number] ?? { state: undefined, stored: undefined };
    slots[number] = slot;
    return slot;
  }

  /** To be saved at the end of the drain if it matters by then, or in any case. */
  touch(slot: Slot, touch: Touch): void {
    if (touch.force || !this.#touched.has(slot)) this.#touched.set(slot, touch);
  }

  /** Of a device that is gone. */
  drop(deviceId: number): void {
    for (const [number, slot] of (this.#slots.get(deviceId) ?? []).entries())
      if (slot) this.#drop(slot, number, deviceId);
  }

  /** Nothing will ever clear what fires: it ends with the state. */
  #drop(slot: Slot, number: number, deviceId: number): void {
    slot.state = { parts: [] };
    this.touch(slot, { number, deviceId, force: true });
    const rule = this.#index.rules[number]?.name;
    if (rule) this.#ended.push({ rule, deviceId });
  }

  /** Writes what changed since the last save, each state once. */
  async save(trx: Trx, now: number): Promise<void> {
    const save: Parameters<typeof saveStates>[2][number][] = [];
    const remove: { rule: string; deviceId: number }[] = [];
    for (const [slot, { number, deviceId, force }] of this.#touched) {
      const { state, stored } = slot;
      const rule = this.#index.rules[number]?.name;
      if (!state || !rule || !(force || mustSave(stored, state))) continue;
      if (isIdle(state)) remove.push({ rule, deviceId });
      else save.push({ rule, deviceId, state, dueAt: dueAt(state) });
      slot.stored = isIdle(state) ? undefined : state;
    }
    this.#touched.clear();
    await endAlerts(trx, this.#ended, now);
    this.#ended = [];
    await deleteStates(trx, remove);
    await saveStates(trx, this.#partition, save);
  }
}
