import { parentPort, workerData } from 'node:worker_threads';
import type { BatchOrder, BatchResult, WorkerOrder } from './backtest.ts';
import { labChange } from './lab-change.ts';
import { DayPlayer } from './play-days.ts';

const { days, groups, ruleSets, workdays } = workerData as WorkerOrder;
const known = workdays && new Map(workdays);
const player = new DayPlayer(days, {
  ruleSets,
  ...(known ? { calendar: { isWorkday: (day: number) => known.get(day) ?? true } } : {}),
});

parentPort?.on('message', ({ from, to }: BatchOrder) => {
  const result: BatchResult = { from, to, readings: 0, changes: ruleSets.map(() => []) };
  for (const devices of groups.slice(from, to)) {
    const { readings, changes } = player.play(devices);
    result.readings += readings;
    for (const [set, list] of changes.entries()) result.changes[set]?.push(...list.map(labChange));
  }
  parentPort?.postMessage(result);
});
