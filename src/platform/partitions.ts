import type { Clock, Timer } from './clock.ts';
import type { AfterCommit, Database } from './database.ts';
import { AppError } from './errors.ts';
import type { LogConsumer } from './log-consumer.ts';
import type { Logger } from './logging.ts';
import {
  beat,
  countAlive,
  countPartitions,
  dropPassedRows,
  forgetProcess,
  forgetProcessesBefore,
  moveCursor,
  partitionsBehind,
  readCursor,
  readLog,
  releaseLeases,
  renewLeases,
  takeLeases,
} from './partitions-store.ts';

const LEASE_MS = 5_000;
const SWEEP_MS = 1_000;
const ALIVE_MS = 4_000;
const CLEAN_EVERY_SWEEPS = 10;
const RETRY_MS = { first: 250, most: 5_000 };

/** NOTIFY channel on which a process hands a wake on to the owner of a partition. */
const HAND_ON_CHANNEL = 'gg_log';

export interface Partitions {
  /** Reads what is new in these partitions; those that another process holds are handed on to it. */
  wake(partitions: readonly number[]): Promise<void>;
  /** Partitions held now. */
  held(): number[];
  close(): Promise<void>;
}

interface Held {
  epoch: number;
  lanes: Lane[];
}

/** One consumer on one partition: at most one transaction at a time. */
interface Lane {
  consumer: LogConsumer;
  running: Promise<void> | undefined;
  again: boolean;
  tick: boolean;
  failures: number;
}

/**
 * Shares the partitions of the log among the living processes by leases with epochs, and drains those it holds into the consumers,
 * in order, each drain in one transaction with the cursor. A process that dies is followed within lease and sweep.
 */
export async function startPartitions(options: {
  processId: string;
  roles: string[];
  database: Database;
  clock: Clock;
  log: Logger;
  consumers: readonly LogConsumer[];
  /** Asked before each drain: the log waits for what is urgent. */
  free?(): Promise<void>;
}): Promise<Partitions> {
  const engine = new Engine(options);
  await engine.start();
  return engine;
}

class Engine implements Partitions {
  #options: Parameters<typeof startPartitions>[0];
  #held = new Map<number, Held>();
  #sweeper: Timer | undefined;
  #sweeps = 0;
  #closed = false;
  #total = 0;

  constructor(options: Parameters<typeof startPartitions>[0]) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { database, clock } = this.#options;
    this.#total = await countPartitions(database.db);
    await database.listen(HAND_ON_CHANNEL, (payload) => {
      for (const text of payload.split(',')) this.#poke(Number(text));
    });
    await this.#sweep();
    this.#sweeper = clock.every(SWEEP_MS, () => this.#sweep());
  }

  held(): number[] {
    return [...this.#held.keys()];
  }

  async wake(partitions: readonly number[]): Promise<void> {
    const foreign = partitions.filter((p) => !this.#held.has(p));
    if (foreign.length > 0 && this.#held.size < this.#total)
      await this.#options.database.notify(HAND_ON_CHANNEL, foreign.join(','));
    await Promise.all(partitions.map((p) => this.#poke(p)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#sweeper?.cancel();
    const running = [...this.#held.values()].flatMap((held) => held.lanes.map((lane) => lane.running));
    await Promise.allSettled(running);
    const { database, processId } = this.#options;
    await Promise.allSettled([...this.#held].map(([partition, held]) => this.#leave(partition, held)));
    await releaseLeases(database.db, processId, this.held());
    await forgetProcess(database.db, processId);
  }

  async #sweep(): Promise<void> {
    const { database, clock, log, processId, roles } = this.#options;
    try {
      const now = clock.now();
      await beat(database.db, { id: processId, roles }, now);
      const held = await renewLeases(database.db, processId, now + LEASE_MS);
      for (const partition of this.#held.keys()) {
        if (held.get(partition) !== this.#held.get(partition)?.epoch) this.#lose(partition);
      }
      await this.#share(now);
      if (++this.#sweeps % CLEAN_EVERY_SWEEPS === 0) {
        await dropPassedRows(database.db);
        await forgetProcessesBefore(database.db, now - 60_000);
      }
      await this.#findWork();
    } catch (error) {
      log.warn({ err: error }, 'partition sweep failed, the next one tries again');
    }
  }

  /** What a lost wake left behind, and what falls due: two statements for all partitions, however many there are. */
  async #findWork(): Promise<void> {
    const held = this.held();
    if (held.length === 0) return;
    const work = new Set(await partitionsBehind(this.#options.database.db, held));
    for (const [partition, { lanes }] of this.#held) if (lanes.some((lane) => lane.tick)) work.add(partition);
    for (const consumer of this.#options.consumers) {
      for (const partition of (await consumer.due?.(held)) ?? []) {
        const lane = this.#held.get(partition)?.lanes.find((one) => one.consumer === consumer);
        if (lane) lane.tick = true;
        work.add(partition);
      }
    }
    for (const partition of work) void this.#poke(partition);
  }

  async #share(now: number): Promise<void> {
    const { database, processId } = this.#options;
    const alive = Math.max(1, await countAlive(database.db, 'rules', now - ALIVE_MS));
    const share = Math.ceil(this.#total / alive);
    const surplus = this.held().slice(share);
    for (const partition of surplus) {
      const held = this.#held.get(partition);
      if (!held) continue;
      this.#held.delete(partition);
      await Promise.allSettled(held.lanes.map((lane) => lane.running));
      await this.#leave(partition, held);
      this.#lose(partition);
    }
    await releaseLeases(database.db, processId, surplus);
    const missing = share - this.#held.size;
    if (missing <= 0) return;
    const taken = await takeLeases(database.db, {
      owner: processId,
      now,
      until: now + LEASE_MS,
      most: missing,
    });
    for (const [partition, epoch] of taken) {
      this.#held.set(partition, {
        epoch,
        lanes: this.#options.consumers.map((consumer) => ({
          consumer,
          running: undefined,
          again: false,
          tick: true,
          failures: 0,
        })),
      });
    }
  }

  #lose(partition: number): void {
    this.#held.delete(partition);
    for (const consumer of this.#options.consumers) consumer.forget(partition);
  }

  /** Resolves when the partition's rules have nothing left to read; telemetry, whose store may be away, goes on by itself. */
  async #poke(partition: number): Promise<void> {
    const held = this.#held.get(partition);
    if (!held || this.#closed) return;
    const running = held.lanes.map((lane) => ({ lane, done: this.#run(partition, held, lane) }));
    await Promise.all(running.filter(({ lane }) => lane.consumer.name === 'rules').map(({ done }) => done));
  }

  #run(partition: number, held: Held, lane: Lane): Promise<void> {
    lane.again = true;
    lane.running ??= this.#loop(partition, held, lane).finally(() => {
      lane.running = undefined;
    });
    return lane.running;
  }

  async #loop(partition: number, held: Held, lane: Lane): Promise<void> {
    const { clock, log } = this.#options;
    while (lane.again && !this.#closed && this.#held.get(partition) === held) {
      lane.again = false;
      try {
        for (let more = true; more && !this.#closed; ) {
          await this.#options.free?.();
          more = await this.#drain(partition, held, lane.consumer);
          lane.failures = 0;
          if (lane.tick) await this.#tick(partition, held, lane);
        }
      } catch (error) {
        lane.consumer.forget(partition);
        if (error instanceof LeaseLost) return this.#lose(partition);
        lane.failures++;
        log.error(
          { err: error, partition, consumer: lane.consumer.name },
          'drain failed, will be tried again',
        );
        await clock.sleep(Math.min(RETRY_MS.first * 2 ** (lane.failures - 1), RETRY_MS.most));
        lane.again = true;
      }
    }
  }

  /** One transaction; true when there may be more. */
  async #drain(partition: number, held: Held, consumer: LogConsumer): Promise<boolean> {
    const { db } = this.#options.database;
    const key = { partition, consumer: consumer.name };
    const cursor = await readCursor(db, key);
    const rows = await readLog(db, partition, cursor, consumer.batch);
    const last = rows.at(-1);
    if (!last) return false;
    await consumer.prepare?.(partition, rows);
    const after = await this.#fenced({ ...key, epoch: held.epoch }, last.no, (trx) =>
      consumer.handle(trx, partition, rows),
    );
    after?.();
    return rows.length === consumer.batch;
  }

  async #tick(partition: number, held: Held, lane: Lane): Promise<void> {
    lane.tick = false;
    const { consumer } = lane;
    const tick = consumer.tick?.bind(consumer);
    if (!tick) return;
    const cursor = { partition, consumer: consumer.name, epoch: held.epoch };
    const after = await this.#fenced(cursor, 0, (trx) => tick(trx, partition));
    after?.();
  }

  async #leave(partition: number, { epoch, lanes }: Held): Promise<void> {
    for (const { consumer } of lanes) {
      const leave = consumer.leave?.bind(consumer);
      if (!leave) continue;
      const cursor = { partition, consumer: consumer.name, epoch };
      try {
        await this.#fenced(cursor, 0, async (trx) => {
          await leave(trx, partition);
          return undefined;
        });
      } catch (error) {
        this.#options.log.warn({ err: error, partition }, 'what was remembered of a partition is not stored');
      }
    }
  }

  #fenced(
    cursor: { partition: number; consumer: string; epoch: number },
    no: number,
    run: (trx: Parameters<LogConsumer['handle']>[0]) => Promise<AfterCommit | undefined>,
  ): Promise<AfterCommit | undefined> {
    return this.#options.database.db.transaction().execute(async (trx) => {
      const after = await run(trx);
      if (!(await moveCursor(trx, cursor, no))) throw new LeaseLost(cursor.partition);
      return after;
    });
  }
}

class LeaseLost extends AppError {
  constructor(partition: number) {
    super('LOG_LEASE_LOST', `another process took partition ${partition} over`, { retryable: true });
  }
}
