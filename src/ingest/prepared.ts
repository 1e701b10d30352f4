import type { Reading } from '../model/readings.ts';
import { jsonText } from '../platform/json-text.ts';
import type { Commit, UplinkRow } from './commit-store.ts';
import type { KeyedEvent, Reset } from './level-reports.ts';
import { statesIn } from './states.ts';

/** What is to be written of an uplink, or of the part of it that is one device's. */
export interface Prepared {
  row: UplinkRow;
  readings: Reading[];
  life: KeyedEvent[];
  resets: Reset[];
  /** -1 where no device is known. */
  partition: number;
}

/** What is written together, and which partitions of the log it touches. */
export function commitOf(items: readonly Prepared[]): { commit: Commit; partitions: number[] } {
  const states = statesIn(items);
  const commit: Commit = { uplinks: [], log: new Map(), life: [], states, resets: [] };
  const byPartition = new Map<number, Reading[]>();
  items.forEach((item, i) => {
    commit.uplinks.push(item.row);
    for (const life of item.life) commit.life.push({ ...life, uplink: i });
    commit.resets.push(...item.resets);
    if (item.partition < 0 || item.readings.length === 0) return;
    const together = byPartition.get(item.partition);
    if (together) together.push(...item.readings);
    else byPartition.set(item.partition, [...item.readings]);
  });
  for (const [partition, readings] of byPartition) commit.log.set(partition, jsonText({ readings }));
  return { commit, partitions: [...byPartition.keys()] };
}
