import type { Trx } from '../platform/database.ts';
import type { LogConsumer } from '../platform/log-consumer.ts';
import { readCursor, readLog } from '../platform/partitions-store.ts';
import { CLOCK, DeviceStates } from './device-states.ts';
import { Drain, isReading, type RulesDeps, type Running, readingsOf } from './drain.ts';
import type { Rule } from './rule.ts';
import { indexRules, type RuleIndex } from './rule-index.ts';
import { duePartitions, dueStates, retireOtherRules } from './rule-state-store.ts';
import { StandingAlerts } from './standing-alerts.ts';
import { Unheard } from './unheard.ts';

const ROWS_AT_ONCE = 100;
const DUE_AT_ONCE = 500;

/** A rule set in force, until another takes its place. */
interface InForce {
  rules: readonly Rule[];
  index: RuleIndex;
  unheard: Unheard;
  /** By partition. */
  running: Map<number, Running>;
}

/**
 * Evaluates the rules over the log. Their states are kept in memory while the partition is held and stored with the cursor, so
 * that whoever follows goes on from the same point, and so that a rule set which was changed between two drains does, too: a rule goes on with
 * its state where that fits. A reading that cannot be evaluated is told and skipped.
 */
export function createRulesConsumer(deps: RulesDeps): LogConsumer {
  let inForce = begin(deps);
  /** What rules remember that are no longer in force, until those that follow take it over. */
  let before = new Map<number, Running>();
  const current = (): InForce => {
    if (deps.rules() === inForce.rules) return inForce;
    before = new Map([...before, ...inForce.running]);
    inForce = begin(deps);
    return inForce;
  };
  const runningIn = async (trx: Trx, partition: number): Promise<Running> => {
    const { rules, index, running } = current();
    const known = running.get(partition);
    if (known) return known;
    await store(trx, before.get(partition), deps.clock.now());
    before.delete(partition);
    const names = [...rules.map((rule) => rule.name), CLOCK];
    await retireOtherRules(trx, partition, { known: names, now: deps.clock.now() });
    const fresh = {
      index,
      states: new DeviceStates(index, partition),
      standing: new StandingAlerts(rules),
    };
    running.set(partition, fresh);
    return fresh;
  };
  return {
    name: 'rules',
    batch: ROWS_AT_ONCE,
    async handle(trx, partition, rows) {
      const running = await runningIn(trx, partition);
      return new Drain(deps, running).handle(trx, rows);
    },
    async due(held) {
      const due = await duePartitions(deps.database.db, held, deps.clock.now());
      return [...new Set([...due, ...(await current().unheard.partitions(held))])];
    },
    async tick(trx, partition) {
      const running = await runningIn(trx, partition);
      await inForce.unheard.begin(trx, partition, running.states);
      const wanted = { partition, by: deps.clock.now(), most: DUE_AT_ONCE };
      if ((await dueStates(trx, { ...wanted, most: 1 })).length === 0) return undefined;
      const now = await timeReached(trx, partition, wanted.by);
      const due = await dueStates(trx, { ...wanted, by: now });
      return new Drain(deps, running).tick(trx, due, now);
    },
    async leave(trx, partition) {
      await store(trx, inForce.running.get(partition), deps.clock.now());
    },
    forget(partition) {
      inForce.running.delete(partition);
      before.delete(partition);
    },
  };
}

async function store(trx: Trx, running: Running | undefined, now: number): Promise<void> {
  running?.states.touchAll();
  await running?.states.save(trx, now);
}

function begin(deps: RulesDeps): InForce {
  const rules = deps.rules();
  const index = indexRules(rules);
  const unheard = new Unheard({
    db: deps.database.db,
    index,
    now: () => deps.clock.now(),
    partitionOf: deps.partitionOf,
    alone: deps.alone ?? [],
  });
  return { rules, index, unheard, running: new Map() };
}

/** Our time as far as the log was read: what waits in it may yet say that nothing is due. */
async function timeReached(trx: Trx, partition: number, now: number): Promise<number> {
  const cursor = await readCursor(trx, { partition, consumer: 'rules' });
  const [next] = await readLog(trx, partition, cursor, 1);
  if (!next) return now;
  const readings = (readingsOf(next) ?? []).filter(isReading);
  return readings.reduce((earliest, reading) => Math.min(earliest, reading.receivedAt), now);
}
