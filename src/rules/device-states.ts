import type { Trx } from '../platform/database.ts';
import { type AlertTable, endAlerts } from './alert-store.ts';
import { DeviceClocks } from './device-clocks.ts';
import { HolderMemory, type Slot } from './holder.ts';
import type { Rule } from './rule.ts';
import type { RuleIndex } from './rule-index.ts';
import { alertIdIn, dueAt, isIdle, mustSave, parseState, type RuleState } from './rule-state.ts';
import {
  deleteStates,
  loadStates,
  type StateToSave,
  type StoredState,
  saveStates,
} from './rule-state-store.ts';
import { type Holder, readScope, scopeKey } from './scopes.ts';

/** Stands for a device's clock among the states of rules, so that a restart need not learn it anew. */
export const CLOCK = '#clock';

/** The states of the devices and assets of one partition, as long as this process holds it. */
export class DeviceStates {
  readonly clocks = new DeviceClocks((deviceId) => void this.#movedClocks.add(deviceId));
  #index: RuleIndex;
  #partition: number;
  #held = new Map<Holder, HolderMemory>();
  #touched: Slot[] = [];
  #movedClocks = new Set<number>();
  #ended: { id: number; table: AlertTable }[] = [];

  constructor(index: RuleIndex, partition: number) {
    this.#index = index;
    this.#partition = partition;
  }

  /** Loads what is stored of those that were not seen yet. */
  async know(trx: Trx, holders: Iterable<Holder>): Promise<void> {
    const unknown = [...new Set(holders)].filter((holder) => !this.#held.has(holder));
    if (unknown.length === 0) return;
    for (const holder of unknown) this.holder(holder);
    for (const row of await loadStates(trx, unknown)) this.#put(row);
  }

  #put(row: StoredState): void {
    const { holder, channel } = readScope(row.scope);
    if (row.rule === CLOCK) {
      const { behindMs } = row.state as { behindMs?: unknown };
      if (typeof behindMs === 'number') this.clocks.set(holder, behindMs);
      return;
    }
    const number = this.#index.numberOf(row.rule);
    const rule = number === undefined ? undefined : this.#index.rules[number];
    if (number === undefined || !rule) return;
    const state = parseState(row.state, rule);
    const slot = this.slot(holder, number, channel);
    if (!state) {
      this.#drop(slot, alertIdIn(row.state));
      return;
    }
    slot.state = state;
    this.holder(holder).changes++;
    slot.stored = state;
    slot.base = state;
    slot.middle = state;
    if (state.alert?.id !== undefined) slot.alert = { id: state.alert.id };
    if (row.partition !== this.#partition) this.touch(slot, true);
  }

  holder(id: Holder): HolderMemory {
    const known = this.#held.get(id);
    if (known) return known;
    const holder = new HolderMemory(id);
    this.#held.set(id, holder);
    return holder;
  }

  /** As the rule reads for any device, until this one is heard. */
  slot(holder: Holder, number: number, channel: string | undefined): Slot {
    return this.holder(holder).slot(number, channel, this.#index.rules[number] as Rule);
  }

  /** To be saved at the end of the drain if it matters by then, or in any case. */
  touch(slot: Slot, force: boolean): void {
    if (!force && !mayMatter(slot)) return;
    if (slot.touched === 'no') this.#touched.push(slot);
    if (force) slot.touched = 'surely';
    else if (slot.touched === 'no') slot.touched = 'perhaps';
  }

  /** Of a device that is gone. */
  drop(holder: Holder): void {
    const held = this.#held.get(holder);
    if (!held) return;
    held.forgetPlans();
    for (const slot of held.slots()) this.#drop(slot, slot.alert?.id);
  }

  /** Nothing will ever clear what fires: it ends with the state. */
  #drop(slot: Slot, alertId: number | undefined): void {
    const isFiring = slot.state === undefined || slot.state.alert !== undefined;
    slot.state = { parts: [] };
    this.holder(slot.holder).changes++;
    this.touch(slot, true);
    if (alertId !== undefined && isFiring)
      this.#ended.push({ id: alertId, table: slot.rule.shadow ? 'shadow_alerts' : 'alerts' });
  }

  /** What changed since the last time and must be written, each state once. */
  takeChanged(): { save: StateToSave[]; remove: { rule: string; scope: string }[] } {
    const save: StateToSave[] = [];
    const remove: { rule: string; scope: string }[] = [];
    for (const slot of this.#touched) {
      const force = slot.touched === 'surely';
      slot.touched = 'no';
      const state = withAlertId(slot) ?? IDLE;
      const rule = this.#index.rules[slot.number]?.name;
      if (!rule || !(force || (state === IDLE ? slot.stored : mustSave(slot.stored, state)))) continue;
      const scope = scopeKey(slot.holder, slot.channel);
      slot.state = isIdle(state) ? undefined : state;
      if (slot.state) save.push({ rule, scope, state, dueAt: dueAt(state, slot.rule.againAfterMs) });
      else remove.push({ rule, scope });
      slot.stored = slot.state;
    }
    this.#touched = [];
    for (const deviceId of this.#movedClocks) {
      const scope = scopeKey(deviceId, undefined);
      const behindMs = this.clocks.behindMs(deviceId);
      if (behindMs === 0) remove.push({ rule: CLOCK, scope });
      else save.push({ rule: CLOCK, scope, state: { behindMs }, dueAt: undefined });
    }
    this.#movedClocks.clear();
    return { save, remove };
  }

  /** Everything that is not as it is stored is to be saved next: these states are about to be left to somebody else. */
  touchAll(): void {
    for (const holder of this.#held.values()) {
      holder.takeInAll();
      for (const slot of holder.slots()) if (slot.state !== slot.stored) this.touch(slot, true);
    }
  }

  async save(trx: Trx, now: number): Promise<void> {
    const { save, remove } = this.takeChanged();
    await this.#end(trx, now);
    await deleteStates(trx, remove);
    await saveStates(trx, this.#partition, save);
  }

  async #end(trx: Trx, now: number): Promise<void> {
    for (const table of ['alerts', 'shadow_alerts'] as const)
      await endAlerts(
        trx,
        this.#ended.filter((one) => one.table === table).map(({ id }) => id),
        { now, table },
      );
    this.#ended = [];
  }
}

/** Most that changes is not worth a write. */
const mayMatter = ({ state, stored }: Slot): boolean =>
  state ? !stored || mustSave(stored, state) : stored !== undefined;

const IDLE: RuleState = { parts: [] };

/** An alert gets its id when it is written, after the state that it belongs to. */
function withAlertId({ state, alert }: Slot): RuleState | undefined {
  if (!state?.alert || alert?.id === undefined || state.alert.id === alert.id) return state;
  return { ...state, alert: { ...state.alert, id: alert.id } };
}
