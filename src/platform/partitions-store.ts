import { sql } from 'kysely';
import { at, type Db, type Queryable, type Trx } from './database.ts';
import type { LogRow } from './log-consumer.ts';

/** Says that a process is alive, so that the living can share the partitions fairly. */
export async function beat(db: Db, process: { id: string; roles: string[] }, now: number): Promise<void> {
  await db
    .insertInto('processes')
    .values({ id: process.id, roles: process.roles, seen_at: at(now) })
    .onConflict((c) => c.column('id').doUpdateSet({ seen_at: at(now) }))
    .execute();
}

export async function countAlive(db: Db, role: string, since: number): Promise<number> {
  const row = await db
    .selectFrom('processes')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('seen_at', '>=', at(since))
    .where(sql<boolean>`${role} = any(roles)`)
    .executeTakeFirstOrThrow();
  return row.n;
}

export async function forgetProcess(db: Db, id: string): Promise<void> {
  await db.deleteFrom('processes').where('id', '=', id).execute();
}

export async function forgetProcessesBefore(db: Db, before: number): Promise<void> {
  await db.deleteFrom('processes').where('seen_at', '<', at(before)).execute();
}

export async function countPartitions(db: Db): Promise<number> {
  const row = await db
    .selectFrom('log_partitions')
    .select((e) => e.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return row.n;
}

/** Prolongs what the process holds; returns the partitions that are still its own, with their epochs. */
export async function renewLeases(db: Db, owner: string, until: number): Promise<Map<number, number>> {
  const rows = await db
    .updateTable('log_partitions')
    .set({ lease_until: at(until) })
    .where('owner', '=', owner)
    .returning(['id', 'epoch'])
    .execute();
  return new Map(rows.map((row) => [row.id, row.epoch]));
}

/** Takes up to `most` partitions that nobody holds; each gets a new epoch, which fences its former owner off. */
export async function takeLeases(
  db: Db,
  lease: { owner: string; now: number; until: number; most: number },
): Promise<Map<number, number>> {
  const rows = await sql<{ id: number; epoch: number }>`
    with free as (
      select id from log_partitions where owner is null or lease_until < ${at(lease.now)}
      order by id limit ${lease.most} for no key update skip locked
    ), taken as (
      update log_partitions p set owner = ${lease.owner}, epoch = epoch + 1, lease_until = ${at(lease.until)}
      from free where p.id = free.id returning p.id, p.epoch
    ), fenced as (
      update log_cursors c set epoch = taken.epoch from taken where c.partition = taken.id
    )
    select id, epoch from taken`.execute(db);
  return new Map(rows.rows.map((row) => [row.id, row.epoch]));
}

export async function releaseLeases(db: Db, owner: string, partitions: readonly number[]): Promise<void> {
  if (partitions.length === 0) return;
  await db
    .updateTable('log_partitions')
    .set({ owner: null, lease_until: null })
    .where('owner', '=', owner)
    .where('id', 'in', [...partitions])
    .execute();
}

export interface Cursor {
  partition: number;
  consumer: string;
  epoch: number;
}

export async function readCursor(db: Queryable, cursor: Omit<Cursor, 'epoch'>): Promise<number> {
  const row = await db
    .selectFrom('log_cursors')
    .select('no')
    .where('partition', '=', cursor.partition)
    .where('consumer', '=', cursor.consumer)
    .executeTakeFirstOrThrow();
  return row.no;
}

/** Which of these partitions have rows that a consumer has still to read. */
export async function partitionsBehind(db: Db, partitions: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectFrom('log_partitions as p')
    .innerJoin('log_cursors as c', 'c.partition', 'p.id')
    .select('p.id')
    .distinct()
    .where('p.id', 'in', [...partitions])
    .whereRef('c.no', '<', (e) => e('p.next_no', '-', 1))
    .execute();
  return rows.map((row) => row.id);
}

export async function readLog(
  db: Queryable,
  partition: number,
  after: number,
  limit: number,
): Promise<LogRow[]> {
  return db
    .selectFrom('log')
    .select(['no', 'payload'])
    .where('partition', '=', partition)
    .where('no', '>', after)
    .orderBy('no')
    .limit(limit)
    .execute();
}

/** Moves the cursor if the epoch still holds; false means that the partition was taken over and nothing may be committed. */
export async function moveCursor(trx: Trx, cursor: Cursor, no: number): Promise<boolean> {
  const result = await trx
    .updateTable('log_cursors')
    .set((e) => ({ no: e.fn<number>('greatest', ['no', e.val(no)]) }))
    .where('partition', '=', cursor.partition)
    .where('consumer', '=', cursor.consumer)
    .where('epoch', '=', cursor.epoch)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Drops the rows that every cursor has passed. */
export async function dropPassedRows(db: Db): Promise<void> {
  await sql`
    delete from log l using (select partition, min(no) as no from log_cursors group by partition) c
    where l.partition = c.partition and l.no <= c.no`.execute(db);
}
