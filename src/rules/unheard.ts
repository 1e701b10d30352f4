import type { Queryable, Trx } from '../platform/database.ts';
import type { DeviceStates } from './device-states.ts';
import { applies, isGatewayRule, type NoDataPart, type Part, type Rule } from './rule.ts';
import type { RuleIndex } from './rule-index.ts';
import type { PartState } from './rule-state.ts';
import { readUnheard, type UnheardDevice } from './unheard-store.ts';

const LOOK_EVERY_MS = 60_000;

/** Who installs a sensor has a day from its registration, however often it is to speak later. */
export const FIRST_WORD_MS = 24 * 3_600_000;

interface UnheardDeps {
  db: Queryable;
  index: RuleIndex;
  now(): number;
  partitionOf(device: UnheardDevice): number;
  alone: readonly string[];
}

/**
 * Rules live on readings, and a sensor that was paired wrongly or has an empty battery from the beginning sends none. Once a day has
 * passed without its first word, its silence begins to be counted as if it had been heard when it was registered.
 */
export class Unheard {
  #deps: UnheardDeps;
  /** Numbers of the rules that mind silence. */
  #rules: readonly number[];
  #lookAt = 0;
  #waiting = new Map<number, UnheardDevice[]>();

  constructor(deps: UnheardDeps) {
    this.#deps = deps;
    const { rules } = deps.index;
    this.#rules = [...rules.keys()].filter((number) => isSilence(rules[number] as Rule));
  }

  /** Which of these partitions are the home of any; asks once a minute. */
  async partitions(held: readonly number[]): Promise<number[]> {
    const now = this.#deps.now();
    if (now < this.#lookAt || this.#rules.length === 0) return [];
    this.#lookAt = now + LOOK_EVERY_MS;
    this.#waiting.clear();
    const rules = this.#rules.map((number) => this.#rule(number).name);
    const { db, alone } = this.#deps;
    for (const device of await readUnheard(db, { rules, alone, before: now - FIRST_WORD_MS })) {
      const partition = this.#deps.partitionOf(device);
      if (held.includes(partition))
        this.#waiting.set(partition, [...(this.#waiting.get(partition) ?? []), device]);
    }
    return [...this.#waiting.keys()];
  }

  /** Begins to count the silence of those that are at home in this partition. */
  async begin(trx: Trx, partition: number, states: DeviceStates): Promise<void> {
    const devices = this.#waiting.get(partition);
    if (!devices) return;
    this.#waiting.delete(partition);
    await states.know(
      trx,
      devices.map((device) => device.id),
    );
    for (const device of devices)
      for (const number of this.#rules)
        if (applies(this.#rule(number), device)) this.#wait(states, number, device);
    await states.save(trx, this.#deps.now());
  }

  #wait(states: DeviceStates, number: number, { id, createdAt }: UnheardDevice): void {
    const slot = states.slot(id, number, undefined);
    if (slot.state?.alert || slot.state?.parts.some((part) => part !== null)) return;
    const since: PartState = {
      last: createdAt,
      heard: createdAt,
      never: true,
      due: createdAt + FIRST_WORD_MS,
    };
    slot.state = { parts: this.#rule(number).parts.map((part) => (isAnySilence(part) ? since : null)) };
    states.touch(slot, true);
  }

  #rule(number: number): Rule {
    return this.#deps.index.rules[number] as Rule;
  }
}

const isAnySilence = (part: Part): part is NoDataPart => part.type === 'no_data' && !part.signals;

const isSilence = (rule: Rule): boolean =>
  rule.per === undefined && !isGatewayRule(rule) && rule.parts.some(isAnySilence);
