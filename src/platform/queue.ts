import {
  createPostgresBackend,
  type PostgresConnectionOptions,
  Queue,
  runMigrations,
  Worker,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Clock } from './clock.ts';
import { type DatabaseAddress, poolConfig } from './database.ts';
import type { Logger } from './logging.ts';

/**
 * The queues, few and small: a job carries no data that is not in the database, it only says that there is work.
 * `inbox`: life events wait. `log`: partitions of the log have new rows. `notify`: a retry falls due.
 */
export const queueNames = ['inbox', 'log', 'notify'] as const;
export type QueueName = (typeof queueNames)[number];

export interface WakeQueue {
  /** Wakes a worker somewhere; never throws and never waits: what a lost wake leaves behind is found by the sweeps. */
  wake(name: QueueName, keys?: readonly number[], delayMs?: number): void;
  /** Starts a worker with slots of its own. A job that finds nothing to do is a success. */
  work(name: QueueName, concurrency: number, handle: (keys: readonly number[]) => Promise<void>): void;
  close(): Promise<void>;
}

interface Job {
  keys: readonly number[];
}

/** DESIGN.md, "Data flow": figures measured in `reference/foundation.md` 3. */
const workerTimings = {
  lockDuration: 15_000,
  stalledInterval: 1_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 500,
};
const finished = { removeOnComplete: true, removeOnFail: true } as const;
/** Where BullMQ keeps its tables; a pool of ours must name it itself. */
const SCHEMA = 'bullmq';
/** Connections of the shared pool: one LISTEN each for three workers, the rest for statements. */
const POOL_SIZE = 8;

interface Failing {
  on(event: 'error', handle: (error: Error) => void): unknown;
}
interface Producer extends Failing {
  add(name: string, job: Job, options: { delay?: number }): Promise<unknown>;
  close(): Promise<void>;
}
interface Consumer extends Failing {
  close(force: boolean): Promise<void>;
}
interface Backend {
  queue(name: string): Producer;
  worker(name: string, concurrency: number, run: (job: { data: Job }) => Promise<void>): Consumer;
  close(): Promise<void>;
}

/** BullMQ on the database that holds everything else, or on Redis where `redisUrl` is given. */
export async function openWakeQueue(options: {
  database: DatabaseAddress;
  redisUrl?: string;
  clock: Clock;
  log: Logger;
}): Promise<WakeQueue> {
  const { log } = options;
  const backend = options.redisUrl
    ? redisBackend(options.redisUrl, log)
    : await postgresBackend(options.database, log);
  const queues = new Map(queueNames.map((name) => [name, backend.queue(name)]));
  const workers: Consumer[] = [];
  for (const queue of queues.values()) queue.on('error', (error) => log.warn({ err: error }, 'queue error'));
  let closed = false;
  return {
    wake(name, keys = [], delayMs) {
      if (closed) return;
      queues
        .get(name)
        ?.add(name, { keys }, { ...finished, ...(delayMs === undefined ? {} : { delay: delayMs }) })
        .catch((error: unknown) =>
          log.debug({ err: error, queue: name }, 'a wake was lost, the sweep will find the work'),
        );
    },
    work(name, concurrency, handle) {
      const worker = backend.worker(name, concurrency, (job) => handle(job.data.keys));
      worker.on('error', (error) => log.warn({ err: error, queue: name }, 'worker error'));
      workers.push(worker);
    },
    async close() {
      closed = true;
      await Promise.allSettled(workers.map((worker) => worker.close(true)));
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      await backend.close();
    },
  };
}

async function postgresBackend(address: DatabaseAddress, log: Logger): Promise<Backend> {
  const pool = new pg.Pool({
    ...poolConfig(address, POOL_SIZE),
    types: pg.types,
    options: `-c search_path=${SCHEMA}`,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'idle queue connection lost'));
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  const classes = withBackend(createPostgresBackend);
  // BullMQ's structural type of a pool does not fit the overloads of @types/pg; it uses a real pool as it is.
  const connection = pool as unknown as PostgresConnectionOptions;
  return {
    queue: (name) => new classes.Queue<Job>(name, { connection }),
    worker: (name, concurrency, run) =>
      new classes.Worker<Job>(name, run, { connection, concurrency, ...workerTimings, ...kept }),
    close: () => pool.end(),
  };
}

const kept = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };

function redisBackend(url: string, log: Logger): Backend {
  const connect = (offlineQueue: boolean) => {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null,
      enableOfflineQueue: offlineQueue,
      retryStrategy: (times) => Math.min(times * 50, 1_000),
    });
    redis.on('error', (error) => log.debug({ err: error }, 'redis connection'));
    return redis;
  };
  const producer = connect(false);
  const consumer = connect(true);
  return {
    queue: (name) =>
      new Queue<Job>(name, {
        connection: producer,
        prefix: 'gridguard',
        skipWaitingForReady: true,
        skipMetasUpdate: true,
      }),
    worker: (name, concurrency, run) =>
      new Worker<Job>(name, run, {
        connection: consumer,
        prefix: 'gridguard',
        concurrency,
        ...workerTimings,
        ...kept,
      }),
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
