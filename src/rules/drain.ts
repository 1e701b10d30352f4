import type { AlertChange, LogBatch } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { Clock } from '../platform/clock.ts';
import type { AfterCommit, Database, Trx } from '../platform/database.ts';
import { type IntakeGap, readIntakeGaps } from '../platform/intake-times-store.ts';
import type { LogRow } from '../platform/log-consumer.ts';
import type { Logger } from '../platform/logging.ts';
import { AlertLedger, type Whose } from './alert-ledger.ts';
import { type DeviceFacts, factsOfDevices } from './device-facts-store.ts';
import type { DeviceStates } from './device-states.ts';
import { Engine } from './engine.ts';
import { GatewayWatch, type Move, type Tick } from './gateway-watch.ts';
import { type HeldAlert, insertHeldAlerts } from './held-alerts-store.ts';
import { compareReadings, type Slot } from './holder.ts';
import { inputsOf } from './inputs.ts';
import { isSilence } from './outage-causes.ts';
import { lockOutages } from './outage-store.ts';
import { respondToAll } from './respond.ts';
import { isGatewayRule, type Rule, readsFor } from './rule.ts';
import type { RuleChange } from './rule-change.ts';
import type { RuleIndex } from './rule-index.ts';
import type { StoredState } from './rule-state-store.ts';
import { isWithin, type Workdays } from './schedule.ts';
import { type Holder, holderOf, readScope } from './scopes.ts';
import type { StandingAlerts } from './standing-alerts.ts';
import type { UnheardDevice } from './unheard-store.ts';

export interface RulesDeps {
  clock: Clock;
  database: Pick<Database, 'db'>;
  log: Logger;
  /** As they are in force now; another array where they have changed. */
  rules(): readonly Rule[];
  calendar: Workdays;
  /** What follows from alerts, in the transaction that stores them. */
  respond(trx: Trx, changes: AlertChange[]): Promise<AfterCommit>;
  /** Silence after which a device of this protocol and model counts as silent, in milliseconds. */
  expectedEveryMs(protocol: string, model?: string): number;
  /** Protocols whose devices have topics of their own and nothing behind them. */
  alone?: readonly string[];
  /** In which partition the readings of a device come, or will. */
  partitionOf(device: UnheardDevice): number;
  /** Told, once it is committed, of each reading that came too late for a rule that it concerns. */
  onTooLate?(reading: Reading): void;
}

/** The rules of one partition, and what they remember. */
export interface Running {
  index: RuleIndex;
  states: DeviceStates;
  standing: StandingAlerts;
}

/** Readings evaluated before others get the processor: an SOS on another socket must not wait for a long drain. */
const SLICE = 250;

const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function readingsOf(row: LogRow): unknown[] | undefined {
  try {
    const batch = JSON.parse(row.payload) as Partial<LogBatch>;
    return Array.isArray(batch.readings) ? batch.readings : undefined;
  } catch {
    return undefined;
  }
}

/** What evaluation relies on; a value that does not fit its signal is the conditions' to refuse. */
export function isReading(value: unknown): value is Reading {
  if (typeof value !== 'object' || value === null) return false;
  const { deviceId, signal, observedAt, receivedAt } = value as Partial<Reading>;
  if (typeof signal !== 'string') return false;
  return Number.isSafeInteger(deviceId) && Number.isFinite(observedAt) && Number.isFinite(receivedAt);
}

/** One transaction's worth of evaluation. */
export class Drain {
  #deps: RulesDeps;
  #index: RuleIndex;
  #states: DeviceStates;
  #standing: StandingAlerts;
  #ledger = new AlertLedger();
  #engine: Engine;
  #gaps: readonly IntakeGap[] = [];
  /** The device for which time passes. */
  #about: DeviceFacts | undefined;
  /** The reading that is heard came too late for the device or for its asset. */
  #isTooLate = false;
  #tooLate: Reading[] = [];
  #held = new Map<Slot, HeldAlert>();

  constructor(deps: RulesDeps, running: Running) {
    this.#deps = deps;
    this.#index = running.index;
    this.#states = running.states;
    this.#standing = running.standing;
    const { states } = running;
    this.#engine = new Engine({
      index: running.index,
      clocks: states.clocks,
      holderOf: (id) => states.holder(id),
      expectedEveryMs: ({ protocol, model }) => deps.expectedEveryMs(protocol, model),
      emit: (slot, change, of) => this.#emit(slot, change, of ?? this.#about),
      touch: (slot) => states.touch(slot, false),
      isInhibited: (slot, of) => this.#isInhibited(slot, of ?? this.#about),
      isScheduled: (rule, at) => rule.schedule === undefined || isWithin(rule.schedule, at, deps.calendar),
      onTooLate: () => {
        this.#isTooLate = true;
      },
    });
  }

  async handle(trx: Trx, rows: readonly LogRow[]): Promise<AfterCommit> {
    const readings: Reading[] = [];
    for (const row of rows) {
      await letOthersRun();
      const parsed = readingsOf(row);
      if (!parsed) this.#deps.log.error({ no: row.no }, 'a row of the log cannot be read and is skipped');
      for (const reading of parsed ?? []) {
        if (isReading(reading)) readings.push(reading);
        else this.#deps.log.error({ no: row.no, reading }, 'a reading cannot be evaluated and is skipped');
      }
    }
    await this.#states.know(trx, this.#holdersOf(readings));
    await this.#standing.know(trx, readings);
    // What one batch brought is put in the order of its times before anything is late.
    readings.sort(compareReadings);
    for (const [count, reading] of readings.entries()) {
      if (count % SLICE === SLICE - 1) await letOthersRun();
      this.#hear(reading);
    }
    const after = await this.#finish(trx);
    return () => {
      for (const reading of this.#tooLate) this.#deps.onTooLate?.(reading);
      after?.();
    };
  }

  #hear(reading: Reading): void {
    this.#isTooLate = false;
    try {
      this.#engine.hear(reading);
    } catch (error) {
      this.#deps.log.error({ err: error, reading }, 'a reading cannot be evaluated and is skipped');
    }
    if (this.#isTooLate) this.#tooLate.push(reading);
  }

  #holdersOf(readings: readonly Reading[]): Set<Holder> {
    const holders = new Set<Holder>();
    const { hasAssets } = this.#index;
    for (const reading of readings) {
      holders.add(reading.deviceId);
      if (hasAssets && reading.assetId !== undefined) holders.add(holderOf('asset', reading));
    }
    return holders;
  }

  #emit(slot: Slot, change: RuleChange, of: DeviceFacts | Reading | undefined): void {
    if (!of) throw new TypeError('a change of nobody');
    const whose = whoseOf(of, slot);
    this.#standing.note(slot, whose, change);
    const inputs = change.state === 'firing' ? inputsOf(this.#states.holder(slot.holder), slot, change) : [];
    const evidence = inputs.length > 0 ? { ...change.evidence, inputs } : change.evidence;
    this.#ledger.add({ change: { ...change, evidence }, whose, owner: slot });
  }

  /** What is due comes true, unless memory knows better, the gateway is dead or the device is gone. */
  async tick(trx: Trx, due: readonly StoredState[], now: number): Promise<AfterCommit | undefined> {
    if (due.length === 0) return undefined;
    await this.#states.know(
      trx,
      due.map((row) => readScope(row.scope).holder),
    );
    const slots = due.flatMap((row) => this.#slotOf(row) ?? []);
    const ids = slots.flatMap(devicesOf);
    const since = earliestHeard(slots, now);
    const facts = await factsOfDevices(trx, [...new Set(ids)], { since, alone: this.#deps.alone });
    this.#gaps = await readIntakeGaps(trx, { since, now });
    const moves: Move[] = [];
    for (const slot of slots) {
      const device = devicesOf(slot)
        .map((id) => facts.get(id))
        .find((one) => one?.active);
      const rule = device && readsFor(this.#index.rules[slot.number] as Rule, device);
      if (rule) slot.rule = rule;
      if (device) moves.push({ slot, device });
      else this.#states.drop(slot.holder);
    }
    await this.#standing.know(
      trx,
      moves.map(({ device }) => ({ ...device, deviceId: device.id })),
    );
    const watch = this.#watch();
    const excused = await watch.excuses(trx, moves, { now, tickOf: (device) => this.#tickOf(device) });
    for (const move of moves) {
      const rule = this.#index.rules[move.slot.number] as Rule;
      if (isGatewayRule(rule)) await watch.lookAgain(trx, move, now);
      this.#pass(move, excused.get(move.slot), now);
    }
    return this.#finish(trx);
  }

  #watch(): GatewayWatch {
    const { expectedEveryMs } = this.#deps;
    return new GatewayWatch({
      gaps: this.#gaps,
      index: this.#index,
      states: this.#states,
      expectedEveryMs,
      alone: this.#deps.alone,
      step: (slot, input, device, now) => {
        this.#states.touch(slot, true);
        this.#about = device;
        this.#engine.step(slot, input, now);
      },
    });
  }

  #slotOf({ rule, scope }: StoredState): Slot | undefined {
    const number = this.#index.numberOf(rule);
    const { holder, channel } = readScope(scope);
    return number === undefined ? undefined : this.#states.slot(holder, number, channel);
  }

  #tickOf({ id, protocol, model, heardAt }: DeviceFacts): Tick {
    const expectedEveryMs = this.#deps.expectedEveryMs(protocol, model);
    const heard = Math.max(heardAt ?? 0, this.#states.holder(id).heardAt);
    return { type: 'tick', expectedEveryMs, gaps: this.#gaps, ...(heard > 0 ? { heardAt: heard } : {}) };
  }

  #pass({ slot, device }: Move, excusedAt: number | undefined, now: number): void {
    const { holder, number, channel } = slot;
    const joinsDevice = this.#index.reaches[number] && channel !== undefined;
    const shared = joinsDevice ? this.#states.slot(holder, number, undefined).state?.parts : undefined;
    this.#states.touch(slot, true);
    this.#about = device;
    this.#engine.passTime(slot, {
      ...this.#tickOf(device),
      now,
      of: undefined,
      ...(excusedAt === undefined ? {} : { excusedAt }),
      ...(shared ? { device: shared } : {}),
    });
  }

  /** Once for each time that it begins; who is told nothing may still ask how often. */
  #isInhibited(slot: Slot, whose: Reading | DeviceFacts | undefined): boolean {
    const isInhibited = this.#standing.isInhibited(slot.rule, whose);
    const isKnown = (slot.state?.lookAt ?? slot.stored?.lookAt) !== undefined;
    if (isInhibited && whose && !isKnown && !slot.rule.shadow) {
      const { deviceId, channel = '' } = whoseOf(whose, slot);
      this.#held.set(slot, { rule: slot.rule.name, deviceId, channel });
    }
    return isInhibited;
  }

  async #finish(trx: Trx): Promise<AfterCommit | undefined> {
    // An outage takes in alerts of other partitions: who is to wait for one must not hold any of his own, or each would wait for the other.
    if (this.#ledger.tells(isSilence)) await lockOutages(trx);
    const changes = this.#ledger.isEmpty ? [] : await this.#ledger.write(trx);
    await insertHeldAlerts(trx, [...this.#held.values()], this.#deps.clock.now());
    await this.#states.save(trx, this.#deps.clock.now());
    return changes.length === 0 ? undefined : respondToAll(trx, changes, this.#deps);
  }
}

/** The device of a state, or those whose points the state of an asset knows. */
function devicesOf({ holder, state }: Slot): number[] {
  if (holder > 0) return [holder];
  return Object.keys(state?.points ?? {}).map((key) => readScope(key).holder);
}

function earliestHeard(slots: readonly Slot[], now: number): number {
  let earliest = now;
  for (const { state } of slots)
    for (const part of state?.parts ?? []) earliest = Math.min(earliest, part?.heard ?? now);
  return earliest;
}

function whoseOf(of: Reading | DeviceFacts, slot: Slot): Whose {
  return {
    deviceId: 'deviceId' in of ? of.deviceId : of.id,
    protocol: of.protocol,
    nativeId: of.nativeId,
    subjectId: of.subjectId,
    assetId: of.assetId,
    gatewayId: of.gatewayId,
    channel: slot.channel,
  };
}
