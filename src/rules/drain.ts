import type { AlertChange, LogBatch } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { Clock } from '../platform/clock.ts';
import type { AfterCommit, Database, Trx } from '../platform/database.ts';
import type { LogRow } from '../platform/log-consumer.ts';
import type { Logger } from '../platform/logging.ts';
import { AlertLedger, type Whose } from './alert-ledger.ts';
import { type DeviceFacts, factsOfDevices } from './device-facts-store.ts';
import type { DeviceStates, Slot } from './device-states.ts';
import { evaluate, type RuleInput } from './evaluate.ts';
import { GatewayWatch, type Move, type Tick } from './gateway-watch.ts';
import { respondToAll } from './respond.ts';
import { applies, isGatewayRule, type Rule } from './rule.ts';
import type { RuleIndex } from './rule-index.ts';
import type { StoredState } from './rule-state-store.ts';
import { type Holder, holderOf, readScope } from './scopes.ts';
import type { UnheardDevice } from './unheard-store.ts';

export interface RulesDeps {
  clock: Clock;
  database: Pick<Database, 'db'>;
  log: Logger;
  rules: readonly Rule[];
  /** What follows from alerts, in the transaction that stores them. */
  respond(trx: Trx, changes: AlertChange[]): Promise<AfterCommit>;
  /** Silence after which a device of this protocol counts as silent, in milliseconds. */
  expectedEveryMs(protocol: string): number;
  /** Protocols whose devices have topics of their own and nothing behind them. */
  alone?: readonly string[];
  /** In which partition the readings of a device come, or will. */
  partitionOf(device: UnheardDevice): number;
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
  #ledger = new AlertLedger();

  constructor(deps: RulesDeps, index: RuleIndex, states: DeviceStates) {
    this.#deps = deps;
    this.#index = index;
    this.#states = states;
  }

  async handle(trx: Trx, rows: readonly LogRow[]): Promise<AfterCommit | undefined> {
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
    for (const [count, reading] of readings.entries()) {
      if (count % SLICE === SLICE - 1) await letOthersRun();
      this.#evaluateReading(reading);
    }
    return this.#finish(trx);
  }

  #holdersOf(readings: readonly Reading[]): Set<Holder> {
    const holders = new Set<Holder>();
    const hasAssets = this.#index.scopes.includes('asset');
    for (const reading of readings) {
      holders.add(reading.deviceId);
      if (hasAssets && reading.assetId !== undefined) holders.add(holderOf('asset', reading));
    }
    return holders;
  }

  #evaluateReading(reading: Reading): void {
    if (reading.origin !== 'live') return;
    try {
      const expectedEveryMs = this.#deps.expectedEveryMs(reading.protocol);
      for (const number of this.#index.concerned(reading))
        if (applies(this.#index.rules[number] as Rule, reading))
          this.#evaluateRule(number, reading, expectedEveryMs);
    } catch (error) {
      this.#deps.log.error({ err: error, reading }, 'a reading cannot be evaluated and is skipped');
    }
  }

  #evaluateRule(number: number, reading: Reading, expectedEveryMs: number): void {
    const scope = this.#index.scopes[number] ?? 'point';
    const states = this.#states;
    const now = reading.receivedAt;
    if (scope !== 'point') {
      const slot = states.slot(holderOf(scope, reading), number, undefined);
      this.#step(slot, { type: 'reading', reading, expectedEveryMs }, reading, now);
      return;
    }
    const { deviceId, channel } = reading;
    const slot = states.slot(deviceId, number, channel);
    const reaches = this.#index.reaches[number];
    const device =
      reaches && channel !== undefined ? states.slot(deviceId, number, undefined).state?.parts : undefined;
    this.#step(
      slot,
      { type: 'reading', reading, expectedEveryMs, ...(device ? { device } : {}) },
      reading,
      now,
    );
    if (!reaches || channel !== undefined) return;
    for (const other of states.channelsOf(deviceId, number))
      this.#step(other, { type: 'device_reading', reading, device: slot.state?.parts ?? [] }, reading, now);
  }

  #step(slot: Slot, input: RuleInput, of: DeviceFacts | Reading, now: number): void {
    const rule = this.#index.rules[slot.number] as Rule;
    const alertId = slot.state?.alert?.id;
    const { state, changes } = evaluate(rule, slot.state, input, now);
    if (state !== slot.state) {
      slot.state = state;
      this.#states.touch(slot, false);
    }
    if (changes.length === 0) return;
    const whose = whoseOf(of, slot);
    for (const change of changes) this.#ledger.add({ rule, change, slot, alertId, whose });
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
    const facts = await factsOfDevices(trx, [...new Set(ids)], {
      since: earliestHeard(slots, now),
      alone: this.#deps.alone,
    });
    const moves: Move[] = [];
    for (const slot of slots) {
      const device = devicesOf(slot)
        .map((id) => facts.get(id))
        .find((one) => one?.active);
      if (device) moves.push({ slot, device });
      else this.#states.drop(slot.holder);
    }
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
    return new GatewayWatch({
      index: this.#index,
      states: this.#states,
      expectedEveryMs: this.#deps.expectedEveryMs,
      alone: this.#deps.alone,
      step: (slot, input, device, now) => {
        this.#states.touch(slot, true);
        this.#step(slot, input, device, now);
      },
    });
  }

  #slotOf({ rule, scope }: StoredState): Slot | undefined {
    const number = this.#index.numberOf(rule);
    const { holder, channel } = readScope(scope);
    return number === undefined ? undefined : this.#states.slot(holder, number, channel);
  }

  #tickOf({ protocol, heardAt }: DeviceFacts): Tick {
    const expectedEveryMs = this.#deps.expectedEveryMs(protocol);
    return { type: 'tick', expectedEveryMs, ...(heardAt === undefined ? {} : { heardAt }) };
  }

  #pass({ slot, device }: Move, excusedAt: number | undefined, now: number): void {
    const { holder, number, channel } = slot;
    const joinsDevice = this.#index.reaches[number] && channel !== undefined;
    const shared = joinsDevice ? this.#states.slot(holder, number, undefined).state?.parts : undefined;
    const input: Tick = {
      ...this.#tickOf(device),
      ...(excusedAt === undefined ? {} : { excusedAt }),
      ...(shared ? { device: shared } : {}),
    };
    this.#states.touch(slot, true);
    this.#step(slot, input, device, now);
  }

  async #finish(trx: Trx): Promise<AfterCommit | undefined> {
    const changes = this.#ledger.isEmpty ? [] : await this.#ledger.write(trx);
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
