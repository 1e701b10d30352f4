import { Worker } from 'node:worker_threads';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Tested } from './rule-tests.ts';

const PATIENCE_MS = 30_000;
const MOST_WAITING = 8;

export interface TestOrder {
  rule: string;
  body: string;
  tests: string;
  /** The texts of the other rules in force: some inhibit this one. */
  others: readonly { rule: string; body: string }[];
}

export type TestRunner = (order: TestOrder) => Promise<Tested>;

/**
 * Runs the tests of one rule in a thread of its own, one rule after the other: what somebody writes there must not hold up an SOS. The
 * rule itself must be sound. Rejects with RULES_TESTS_ENDLESS when they do not come to an end, RULES_TESTS_BUSY when too many wait.
 */
export function createTestRunner(clock: Clock, { mostWaiting = MOST_WAITING } = {}): TestRunner {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (order) => {
    if (waiting >= mostWaiting)
      throw new AppError('RULES_TESTS_BUSY', 'too many tests are waiting', { status: 429, retryable: true });
    waiting++;
    const turn = last.then(() => runAlone(order, clock));
    last = turn.catch(() => undefined);
    return turn.finally(() => {
      waiting--;
    });
  };
}

const runAlone = (order: TestOrder, clock: Clock): Promise<Tested> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./rule-test-worker.ts', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: 256 },
      env: {},
      execArgv: [],
      stdin: false,
    });
    const endless = () =>
      reject(new AppError('RULES_TESTS_ENDLESS', 'the tests of a rule did not end', { status: 422 }));
    const timer = clock.after(PATIENCE_MS, () => {
      endless();
      void worker.terminate();
    });
    worker.on('message', (tested: Tested) => resolve(tested));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? endless() : reject(error),
    );
    worker.on('exit', () => {
      timer.cancel();
      endless();
    });
  });
