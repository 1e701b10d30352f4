import type { AfterCommit, Trx } from './database.ts';

/** One row of the log: the readings of one partition in one group commit, as JSON text of `LogBatch`. */
export interface LogRow {
  no: number;
  payload: string;
}

/**
 * Somebody who reads the partitions of the log in order. The engine holds the lease, checks the epoch, moves the cursor and commits;
 * what a consumer writes belongs to the same transaction.
 */
export interface LogConsumer {
  name: 'rules' | 'telemetry';
  /** Most rows handed over at once. */
  batch: number;
  /**
   * Called with the same rows before the transaction of `handle` is opened: for a write to another store, which must be idempotent, because
   * `handle` may not follow. When it throws, the rows come again.
   */
  prepare?(partition: number, rows: readonly LogRow[]): Promise<void>;
  handle(trx: Trx, partition: number, rows: readonly LogRow[]): Promise<AfterCommit | undefined>;
  /** Which of these partitions have something that falls due without a reading; asked once a second. */
  due?(partitions: readonly number[]): Promise<readonly number[]>;
  /** Called for those, and once for each partition newly held, in a transaction of its own. */
  tick?(trx: Trx, partition: number): Promise<AfterCommit | undefined>;
  /** The partition is about to be left to another process, or to the next start: what is only remembered is stored. */
  leave?(trx: Trx, partition: number): Promise<void>;
  /** The partition was lost or the transaction rolled back: whatever is remembered of it is void. */
  forget(partition: number): void;
}
