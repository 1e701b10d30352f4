import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Tables that grow by the day are range-partitioned by UTC day and named `<table>_<yyyymmdd>`. A row whose day has no partition is refused by
 * PostgreSQL, so whoever writes such a table makes the days first: at the start, and again in a sweep. Days are whole
 * days since 1970 (`dayOf`).
 */
export type DayTable = 'uplinks' | 'readings';

const DAY_MS = 86_400_000;
const LOCK_NOT_AVAILABLE = '55P03';

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Makes the partitions of `fromDay` to `toDay`, both included, where they are missing. Writers are not held up: a partition is made beside the
 * table and then attached. Safe to call from several processes at once, and cheap when there is nothing to do.
 */
export async function ensureDayPartitions(
  db: Db,
  table: DayTable,
  fromDay: number,
  toDay: number,
): Promise<void> {
  const present = new Set(await listDayPartitions(db, table));
  const missing: number[] = [];
  for (let day = fromDay; day <= toDay; day++) if (!present.has(day)) missing.push(day);
  for (const day of missing) await createPartition(db, table, day);
}

/** Drops the partitions of every day before `day`; one that is in use at the moment is left for the next call. Returns the days dropped. */
export async function dropPartitionsBefore(db: Db, table: DayTable, day: number): Promise<number[]> {
  const dropped: number[] = [];
  for (const old of await listDayPartitions(db, table)) {
    if (old < day && (await dropPartition(db, table, old))) dropped.push(old);
  }
  return dropped;
}

/** The days that have a partition, ascending. */
export async function listDayPartitions(db: Db, table: DayTable): Promise<number[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table}::regclass`.execute(db);
  return rows
    .map(({ name }) => /_(\d{4})(\d\d)(\d\d)$/.exec(name))
    .filter((match) => match !== null)
    .map(([, year, month, date]) => dayOf(Date.UTC(Number(year), Number(month) - 1, Number(date))))
    .sort((a, b) => a - b);
}

async function createPartition(db: Db, table: DayTable, day: number): Promise<void> {
  const name = partitionName(table, day);
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`day partitions ${table}`}))`.execute(trx);
    const { rows } = await sql<{ there: boolean }>`select to_regclass(${name}) is not null as there`.execute(
      trx,
    );
    if (rows[0]?.there) return;
    await sql`create table ${sql.table(name)} (like ${sql.table(table)} including defaults including storage)`.execute(
      trx,
    );
    await sql`alter table ${sql.table(table)} attach partition ${sql.table(name)}
      for values from (${sql.lit(startOf(day))}) to (${sql.lit(startOf(day + 1))})`.execute(trx);
  });
}

/** Dropping needs the whole table for a moment; waiting for it would queue every writer behind us, so the wait is short. */
async function dropPartition(db: Db, table: DayTable, day: number): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = '100ms'`.execute(trx);
      await sql`drop table if exists ${sql.table(partitionName(table, day))}`.execute(trx);
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

const startOf = (day: number): string => new Date(day * DAY_MS).toISOString();
const partitionName = (table: DayTable, day: number): string =>
  `${table}_${startOf(day).slice(0, 10).replaceAll('-', '')}`;
