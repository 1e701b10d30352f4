import type { Trx } from '../platform/database.ts';
import { deafMs, type IntakeGap } from '../platform/intake-times-store.ts';
import {
  type Child,
  childrenOf,
  type DeviceFacts,
  factsOfDevices,
  factsOfGateways,
} from './device-facts-store.ts';
import type { DeviceStates } from './device-states.ts';
import { evaluate, type RuleInput } from './evaluate.ts';
import type { Slot } from './holder.ts';
import { applies, isGatewayRule, type Part, type Rule, silenceAllowed } from './rule.ts';
import type { SilentChildren } from './rule-change.ts';
import type { RuleIndex } from './rule-index.ts';
import type { PartState } from './rule-state.ts';

/** A state that is due, and the device that it is of. */
export interface Move {
  slot: Slot;
  device: DeviceFacts;
}

export type Tick = Extract<RuleInput, { type: 'tick' }>;

interface WatchDeps {
  index: RuleIndex;
  states: DeviceStates;
  expectedEveryMs(protocol: string, model?: string): number;
  /** When nobody of us listened. */
  gaps?: readonly IntakeGap[];
  alone: readonly string[] | undefined;
  /** Moves a rule of the gateway, as any other input does. */
  step(slot: Slot, input: RuleInput, device: DeviceFacts, now: number): void;
}

/** A device counts as silent together with others from this share of the silence that it is allowed. */
const NEARLY = 0.75;

/** What is due of a device is nothing where its gateway is dead, or where that is how it looks. One for each tick. */
export class GatewayWatch {
  #deps: WatchDeps;
  /** Numbers of the rules that stand for a dead gateway, and of those that it inhibits. */
  #standing: number[];
  #inhibited: number[];

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    const numbers = [...deps.index.rules.keys()];
    this.#standing = numbers.filter((number) => isGatewayRule(this.#rule(number)));
    this.#inhibited = numbers.filter((number) => this.#rule(number).inhibitedByGateway);
  }

  /**
   * Until when the gateway of each was dead, for those that it excuses. Where so many devices of one gateway would fire that it is the cause,
   * its own rule fires instead.
   */
  async excuses(
    trx: Trx,
    moves: readonly Move[],
    { now, tickOf }: { now: number; tickOf(device: DeviceFacts): Tick },
  ): Promise<Map<Slot, number>> {
    const excused = new Map<Slot, number>();
    const byGateway = this.#byGateway(moves);
    if (byGateway.size === 0) return excused;
    const ids = [...byGateway.keys()];
    await this.#deps.states.know(trx, ids);
    const names = this.#standing.map((number) => this.#rule(number).name);
    const facts = await factsOfGateways(trx, ids, names);
    for (const [id, children] of byGateway) {
      const gateway = facts.get(id);
      const isDead = gateway?.online === false || this.#isDead(id);
      const excusedAt = isDead ? now : gateway?.backAt;
      const wouldFire = ({ slot, device }: Move): boolean =>
        evaluate(this.#rule(slot.number), slot.state, { ...tickOf(device), ...at(excusedAt) }, now).changes
          .length > 0;
      const isTheCause = !isDead && children.some(wouldFire) && (await this.#accuse(trx, id, now));
      const until = isTheCause ? now : excusedAt;
      if (until !== undefined) for (const { slot } of children) excused.set(slot, until);
    }
    return excused;
  }

  /** Looks again at a gateway whose devices fell silent together. */
  async lookAgain(trx: Trx, { slot, device }: Move, now: number): Promise<void> {
    const rule = this.#rule(slot.number);
    const isTrue = rule.parts.some(
      (part, index) => part.type === 'children_silent' && slot.state?.parts[index]?.level,
    );
    if (!isTrue) return;
    const children = await this.#silentChildren(trx, device.id, now);
    this.#deps.step(slot, { type: 'children', children }, device, now);
  }

  #byGateway(moves: readonly Move[]): Map<number, Move[]> {
    const byGateway = new Map<number, Move[]>();
    for (const move of moves) {
      const { gatewayId } = move.device;
      if (gatewayId === undefined || !this.#rule(move.slot.number).inhibitedByGateway) continue;
      const group = byGateway.get(gatewayId);
      if (group) group.push(move);
      else byGateway.set(gatewayId, [move]);
    }
    return byGateway;
  }

  #isDead(gatewayId: number): boolean {
    const { states } = this.#deps;
    return this.#standing.some((number) => states.slot(gatewayId, number, undefined).state?.alert);
  }

  /** Whether the rules of the gateway say that it is the cause. */
  async #accuse(trx: Trx, gatewayId: number, now: number): Promise<boolean> {
    const { states, step, alone } = this.#deps;
    const gateway = (await factsOfDevices(trx, [gatewayId], { since: now, alone })).get(gatewayId);
    if (!gateway?.active) return false;
    const children = await this.#silentChildren(trx, gatewayId, now);
    for (const number of this.#standing)
      if (applies(this.#rule(number), gateway))
        step(states.slot(gatewayId, number, undefined), { type: 'children', children }, gateway, now);
    return this.#isDead(gatewayId);
  }

  async #silentChildren(trx: Trx, gatewayId: number, now: number): Promise<SilentChildren> {
    const { states, expectedEveryMs } = this.#deps;
    const children = await childrenOf(trx, gatewayId);
    await states.know(
      trx,
      children.map((child) => child.id),
    );
    const silent: string[] = [];
    let of = 0;
    for (const child of children) {
      const share = this.#silence({ ...child, gatewayId }, now, expectedEveryMs(child.protocol, child.model));
      if (share === undefined) continue;
      of++;
      if (share >= NEARLY) silent.push(child.nativeId);
    }
    return { silent, of };
  }

  /** How much of the wait has passed, of whatever rule is nearest; undefined of a device that was never heard. */
  #silence(child: Child & { gatewayId: number }, now: number, expectedEveryMs: number): number | undefined {
    let most: number | undefined;
    for (const number of this.#inhibited) {
      const rule = this.#rule(number);
      const { state } = this.#deps.states.slot(child.id, number, undefined);
      if (!state || !applies(rule, child)) continue;
      for (const [index, part] of rule.parts.entries()) {
        const known = state.parts[index];
        if (!known || known.never) continue;
        const was = { ...known, heard: this.#heardAt(part, known, child) };
        const facts = { now: now - this.#deafSince(was.heard), expectedEveryMs };
        most = Math.max(most ?? 0, shareOf(part, was, facts));
      }
    }
    return most;
  }

  /** Whoever speaks often is remembered earlier than it spoke. */
  #heardAt(part: Part, { heard }: PartState, { id, heardAt = 0 }: Child): number {
    if (part.type !== 'no_data' || part.signals) return heard;
    return Math.max(heard, heardAt, this.#deps.states.holder(id).heardAt);
  }

  #deafSince(heardAt: number): number {
    return deafMs(this.#deps.gaps ?? [], heardAt);
  }

  #rule(number: number): Rule {
    return this.#deps.index.rules[number] as Rule;
  }
}

function shareOf(
  part: Part,
  state: PartState,
  { now, expectedEveryMs }: { now: number; expectedEveryMs: number },
): number {
  if (part.type === 'no_data') return (now - state.heard) / silenceAllowed(part, expectedEveryMs, state.gap);
  if (part.type !== 'state' || state.since === undefined) return 0;
  return state.level ? 1 : (now - state.since) / part.forMs;
}

const at = (excusedAt: number | undefined) => (excusedAt === undefined ? {} : { excusedAt });
