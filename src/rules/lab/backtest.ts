import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Rule } from '../rule.ts';
import type { DayFile } from './day-file.ts';
import type { LabChange } from './lab-change.ts';
import type { LabDevice } from './lab-device.ts';

/** What a thread is given when it begins. */
export interface WorkerOrder {
  days: readonly DayFile[];
  groups: readonly (readonly LabDevice[])[];
  ruleSets: readonly (readonly Rule[])[];
  /** Days since 1970 on which people work, or not; absent: Monday to Friday. */
  workdays?: readonly (readonly [day: number, works: boolean])[];
}

/** Numbers of groups, the last not included. */
export interface BatchOrder {
  from: number;
  to: number;
}

export interface BatchResult extends BatchOrder {
  readings: number;
  changes: LabChange[][];
}

export interface BacktestProgress {
  groups: number;
  of: number;
  readings: number;
}

export interface BacktestResult {
  readings: number;
  /** Of each rule set; the changes of a group stand together, in the order in which they were known. */
  changes: LabChange[][];
}

const BATCH = 20;

/**
 * Plays stored days through rule sets, in as many threads as there are cores. The result does not depend on how many these are. Rejects with what
 * a thread failed of.
 */
export async function backtest(
  order: WorkerOrder & { threads?: number },
  progress: (done: BacktestProgress) => void = () => undefined,
): Promise<BacktestResult> {
  const { threads = availableParallelism(), ...shared } = order;
  const { groups, ruleSets } = shared;
  const batches: BatchOrder[] = [];
  for (let from = 0; from < groups.length; from += BATCH)
    batches.push({ from, to: Math.min(groups.length, from + BATCH) });
  const results: (BatchResult | undefined)[] = batches.map(() => undefined);
  const done = { groups: 0, of: groups.length, readings: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./backtest-worker.ts', import.meta.url), {
      workerData: shared,
      env: {},
    });
    try {
      for (let batch = next++; batch < batches.length; batch = next++) {
        const result = await answerOf(worker, batches[batch] as BatchOrder);
        results[batch] = result;
        done.groups += result.to - result.from;
        done.readings += result.readings;
        progress({ ...done });
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, batches.length) }, work));
  return {
    readings: done.readings,
    changes: ruleSets.map((_, set) => results.flatMap((result) => result?.changes[set] ?? [])),
  };
}

function answerOf(worker: Worker, order: BatchOrder): Promise<BatchResult> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(cause instanceof Error ? cause : new Error(`thread ended: ${cause}`));
    worker.once('error', fail);
    worker.once('exit', fail);
    worker.once('message', (result: BatchResult) => {
      worker.off('error', fail);
      worker.off('exit', fail);
      resolve(result);
    });
    worker.postMessage(order);
  });
}
