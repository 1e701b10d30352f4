import type { AlertChange, LogBatch } from '../model/alerts.ts';
import type { Reading } from '../model/readings.ts';
import type { Clock } from '../platform/clock.ts';
import type { AfterCommit, Database, Trx } from '../platform/database.ts';
import type { LogConsumer, LogRow } from '../platform/log-consumer.ts';
import type { Logger } from '../platform/logging.ts';
import { readCursor, readLog } from '../platform/partitions-store.ts';
import { AlertLedger, type Whose } from './alert-ledger.ts';
import { DeviceStates } from './device-states.ts';
import { evaluate, type RuleInput } from './evaluate.ts';
import { respondToAll } from './respond.ts';
import { applies, type Rule } from './rule.ts';
import { indexRules, type RuleIndex } from './rule-index.ts';
import {
  type DeviceFacts,
  duePartitions,
  dueStates,
  factsOfDevices,
  retireOtherRules,
  type StoredState,
} from './rule-state-store.ts';

const ROWS_AT_ONCE = 100;
const DUE_AT_ONCE = 500;
/** Readings evaluated before others get the processor: an SOS on another socket must not wait for a long drain. */
const SLICE = 250;

export interface RulesDeps {
  clock: Clock;
  database: Pick<Database, 'db'>;
  log: Logger;
  rules: readonly Rule[];
  /** What follows from alerts, in the transaction that stores them. */
  respond(trx: Trx, changes: AlertChange[]): Promise<AfterCommit>;
  /** Silence after which a device of this protocol counts as silent, in milliseconds. */
  expectedEveryMs(protocol: string): number;
}

/**
 * Evaluates the rules over the log. Their states are kept in memory while the partition is held and stored with the cursor, so
 * that whoever follows goes on from the same point. A reading that cannot be evaluated is told and skipped.
 */
export function createRulesConsumer(deps: RulesDeps): LogConsumer {
  const index = indexRules(deps.rules);
  const partitions = new Map<number, DeviceStates>();
  const statesOf = async (trx: Trx, partition: number): Promise<DeviceStates> => {
    const known = partitions.get(partition);
    if (known) return known;
    const names = deps.rules.map((rule) => rule.name);
    await retireOtherRules(trx, partition, { known: names, now: deps.clock.now() });
    const states = new DeviceStates(index, partition);
    partitions.set(partition, states);
    return states;
  };
  return {
    name: 'rules',
    batch: ROWS_AT_ONCE,
    async handle(trx, partition, rows) {
      const states = await statesOf(trx, partition);
      return new Drain(deps, index, states).handle(trx, rows);
    },
    due: (held) => duePartitions(deps.database.db, held, deps.clock.now()),
    async tick(trx, partition) {
      const states = await statesOf(trx, partition);
      const wanted = { partition, by: deps.clock.now(), most: DUE_AT_ONCE };
      if ((await dueStates(trx, { ...wanted, most: 1 })).length === 0) return undefined;
      const now = await timeReached(trx, partition, wanted.by);
      const due = await dueStates(trx, { ...wanted, by: now });
      return new Drain(deps, index, states).tick(trx, due, now);
    },
    forget: (partition) => void partitions.delete(partition),
  };
}

/** Our time as far as the log was read: what waits in it may yet say that nothing is due. */
async function timeReached(trx: Trx, partition: number, now: number): Promise<number> {
  const cursor = await readCursor(trx, { partition, consumer: 'rules' });
  const [next] = await readLog(trx, partition, cursor, 1);
  if (!next) return now;
  const readings = (readingsOf(next) ?? []).filter(isReading);
  return readings.reduce((earliest, reading) => Math.min(earliest, reading.receivedAt), now);
}

function readingsOf(row: LogRow): unknown[] | undefined {
  try {
    const batch = JSON.parse(row.payload) as Partial<LogBatch>;
    return Array.isArray(batch.readings) ? batch.readings : undefined;
  } catch {
    return undefined;
  }
}

const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What evaluation relies on; a value that does not fit its signal is the conditions' to refuse. */
function isReading(value: unknown): value is Reading {
  if (typeof value !== 'object' || value === null) return false;
  const { deviceId, signal, observedAt, receivedAt } = value as Partial<Reading>;
  if (typeof signal !== 'string') return false;
  return Number.isSafeInteger(deviceId) && Number.isFinite(observedAt) && Number.isFinite(receivedAt);
}

/** One transaction's worth of evaluation. */
class Drain {
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
    await this.#states.know(
      trx,
      readings.map((reading) => reading.deviceId),
    );
    for (const [count, reading] of readings.entries()) {
      if (count % SLICE === SLICE - 1) await letOthersRun();
      this.#evaluateReading(reading);
    }
    return this.#finish(trx);
  }

  #evaluateReading(reading: Reading): void {
    try {
      const input: RuleInput = {
        type: 'reading',
        reading,
        expectedEveryMs: this.#deps.expectedEveryMs(reading.protocol),
      };
      for (const number of this.#index.concerned(reading)) {
        const rule = this.#index.rules[number] as Rule;
        if (applies(rule, reading)) this.#step({ number, input, now: reading.receivedAt, whose: reading });
      }
    } catch (error) {
      this.#deps.log.error({ err: error, reading }, 'a reading cannot be evaluated and is skipped');
    }
  }

  #step(move: {
    number: number;
    input: RuleInput;
    now: number;
    whose: Omit<Whose, 'subjectId'> & Partial<Whose>;
  }): void {
    const { number, input, now, whose } = move;
    const { deviceId, protocol, nativeId, subjectId } = whose;
    const rule = this.#index.rules[number] as Rule;
    const slot = this.#states.slot(deviceId, number);
    const alertId = slot.state?.alert?.id;
    const { state, changes } = evaluate(rule, slot.state, input, now);
    if (state !== slot.state) {
      slot.state = state;
      this.#states.touch(slot, { number, deviceId, force: false });
    }
    for (const change of changes)
      this.#ledger.add({ rule, change, slot, alertId, whose: { deviceId, protocol, nativeId, subjectId } });
  }

  /** What is due comes true, unless memory knows better or the device is gone. */
  async tick(trx: Trx, due: readonly StoredState[], now: number): Promise<AfterCommit | undefined> {
    if (due.length === 0) return undefined;
    const ids = [...new Set(due.map((row) => row.deviceId))];
    await this.#states.know(trx, ids);
    const facts = await factsOfDevices(trx, ids, this.#lastHeard(due, now));
    for (const { rule, deviceId } of due) {
      const number = this.#index.numberOf(rule);
      const device = facts.get(deviceId);
      if (!device?.active) this.#states.drop(deviceId);
      else if (number !== undefined) this.#pass({ number, device, now });
    }
    return this.#finish(trx);
  }

  #pass({ number, device, now }: { number: number; device: DeviceFacts; now: number }): void {
    const { id: deviceId, heardAt } = device;
    const expectedEveryMs = this.#deps.expectedEveryMs(device.protocol);
    const input: RuleInput = {
      type: 'tick',
      expectedEveryMs,
      ...(heardAt === undefined ? {} : { heardAt }),
    };
    this.#states.touch(this.#states.slot(deviceId, number), { number, deviceId, force: true });
    this.#step({ number, input, now, whose: { ...device, deviceId } });
  }

  #lastHeard(due: readonly StoredState[], now: number): number {
    let earliest = now;
    for (const { rule, deviceId } of due) {
      const { state } = this.#states.slot(deviceId, this.#index.numberOf(rule) ?? 0);
      for (const part of state?.parts ?? []) earliest = Math.min(earliest, part?.heard ?? now);
    }
    return earliest;
  }

  async #finish(trx: Trx): Promise<AfterCommit | undefined> {
    if (this.#ledger.isEmpty) {
      await this.#states.save(trx, this.#deps.clock.now());
      return undefined;
    }
    const changes = await this.#ledger.write(trx);
    await this.#states.save(trx, this.#deps.clock.now());
    return respondToAll(trx, changes, this.#deps);
  }
}
