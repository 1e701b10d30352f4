import { at, type Queryable, type Trx } from '../platform/database.ts';

export type PhotoType = 'image/jpeg' | 'image/png' | 'image/webp';

export interface NewPhoto {
  ticketId: number;
  accountId: number;
  stage: 'before' | 'after';
  type: PhotoType;
  bytes: Uint8Array;
}

export async function insertPhoto(trx: Trx, photo: NewPhoto, now: number): Promise<number> {
  const row = await trx
    .insertInto('ticket_photos')
    .values({
      ticket_id: photo.ticketId,
      account_id: photo.accountId,
      at: at(now),
      stage: photo.stage,
      type: photo.type,
      bytes: Buffer.from(photo.bytes),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Whether the same person has added the same picture to it before. */
export async function findPhoto(trx: Trx, photo: NewPhoto): Promise<number | undefined> {
  const row = await trx
    .selectFrom('ticket_photos')
    .select('id')
    .where('ticket_id', '=', photo.ticketId)
    .where('account_id', '=', photo.accountId)
    .where('stage', '=', photo.stage)
    .where('bytes', '=', Buffer.from(photo.bytes))
    .executeTakeFirst();
  return row?.id;
}

export async function countPhotos(trx: Trx, ticketId: number): Promise<number> {
  const row = await trx
    .selectFrom('ticket_photos')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('ticket_id', '=', ticketId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function readPhoto(
  db: Queryable,
  id: number,
): Promise<{ ticketId: number; type: PhotoType; bytes: Uint8Array } | undefined> {
  const row = await db
    .selectFrom('ticket_photos')
    .select(['ticket_id', 'type', 'bytes'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { ticketId: row.ticket_id, type: row.type, bytes: row.bytes };
}
