import type { Trx } from '../platform/database.ts';
import type { LogConsumer } from '../platform/log-consumer.ts';
import { readCursor, readLog } from '../platform/partitions-store.ts';
import { DeviceStates } from './device-states.ts';
import { Drain, isReading, type RulesDeps, readingsOf } from './drain.ts';
import { indexRules } from './rule-index.ts';
import { duePartitions, dueStates, retireOtherRules } from './rule-state-store.ts';
import { Unheard } from './unheard.ts';

const ROWS_AT_ONCE = 100;
const DUE_AT_ONCE = 500;

/**
 * Evaluates the rules over the log. Their states are kept in memory while the partition is held and stored with the cursor, so
 * that whoever follows goes on from the same point. A reading that cannot be evaluated is told and skipped.
 */
export function createRulesConsumer(deps: RulesDeps): LogConsumer {
  const index = indexRules(deps.rules);
  const partitions = new Map<number, DeviceStates>();
  const unheard = new Unheard({
    db: deps.database.db,
    index,
    now: () => deps.clock.now(),
    partitionOf: deps.partitionOf,
    alone: deps.alone ?? [],
  });
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
    async due(held) {
      const due = await duePartitions(deps.database.db, held, deps.clock.now());
      return [...new Set([...due, ...(await unheard.partitions(held))])];
    },
    async tick(trx, partition) {
      const states = await statesOf(trx, partition);
      await unheard.begin(trx, partition, states);
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
