import { sql } from 'kysely';
import type { LifeEvent } from '../model/alerts.ts';
import { at, type Db, type Queryable, type Trx } from '../platform/database.ts';

export interface InboxRow {
  id: number;
  payload: unknown;
}

export interface Claim {
  now: number;
  most: number;
  /** Only what was received by then. */
  receivedBy: number;
}

/**
 * Marks the oldest open rows as done and returns them: one statement for claim and mark, which the caller's transaction undoes
 * when it fails. Rows that another worker holds are skipped, and so are those that failed a moment ago.
 */
export async function takeInbox(trx: Trx, claim: Claim): Promise<InboxRow[]> {
  const rows = await sql<InboxRow>`
    with open as (
      select id from inbox
      where done_at is null and received_at <= ${at(claim.receivedBy)}
        and (claimed_until is null or claimed_until <= ${at(claim.now)})
      order by id limit ${claim.most} for update skip locked
    ), done as (
      update inbox i set done_at = ${at(claim.now)} from open where i.id = open.id returning i.id, i.payload
    )
    select id, payload from done order by id`.execute(trx);
  return rows.rows;
}

/** One row, if it is still open and nobody else has it. */
export async function takeOne(trx: Trx, id: number, now: number): Promise<InboxRow | undefined> {
  const rows = await sql<InboxRow>`
    update inbox set done_at = ${at(now)}
    where id = (select id from inbox where id = ${id} and done_at is null for update skip locked)
    returning id, payload`.execute(trx);
  return rows.rows[0];
}

/** Leaves a row that failed for a later attempt, so that it does not keep the others from their turn. */
export async function postpone(db: Db, id: number, until: number): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ claimed_until: at(until) })
    .where('id', '=', id)
    .where('done_at', 'is', null)
    .execute();
}

export async function openIds(db: Queryable, claim: Claim): Promise<number[]> {
  const rows = await db
    .selectFrom('inbox')
    .select('id')
    .where('done_at', 'is', null)
    .where('received_at', '<=', at(claim.receivedBy))
    .where((e) => e.or([e('claimed_until', 'is', null), e('claimed_until', '<=', at(claim.now))]))
    .orderBy('id')
    .limit(claim.most)
    .execute();
  return rows.map((row) => row.id);
}

export type LifeEventRow = LifeEvent & { inboxId: number };
