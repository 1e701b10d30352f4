import { AppError } from '../platform/errors.ts';
import { changeTicket } from './change.ts';
import type { TicketsDeps } from './deps.ts';
import { countPhotos, findPhoto, insertPhoto, type PhotoType } from './photo-store.ts';
import { doorOf, notFound } from './ticket-door.ts';
import { isHolder } from './ticket-machine.ts';
import { unfinished } from './ticket-state.ts';
import type { TicketActor } from './tickets.ts';

export const MOST_PHOTO_BYTES = 4 * 1024 * 1024;
const MOST_PHOTOS = 40;

/** What the bytes are by their first ones, whatever the sender says; undefined where none of the three. */
export function photoTypeOf(bytes: Uint8Array): PhotoType | undefined {
  const begins = (signature: readonly number[], from = 0) =>
    bytes.length >= from + signature.length && signature.every((byte, i) => bytes[from + i] === byte);
  if (begins([0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (begins([0x52, 0x49, 0x46, 0x46]) && begins([0x57, 0x45, 0x42, 0x50], 8)) return 'image/webp';
  return undefined;
}

/** Stores a photo of work that is not finished; the same picture a second time is the same photo. */
export async function addPhoto(
  deps: TicketsDeps,
  { id, actor }: { id: number; actor: TicketActor },
  photo: { stage: 'before' | 'after'; bytes: Uint8Array },
): Promise<number> {
  const type = photoTypeOf(photo.bytes);
  if (!type) throw new AppError('TICKET_PHOTO_UNREADABLE', 'a photo is a JPEG, PNG or WebP');
  if (photo.bytes.length > MOST_PHOTO_BYTES) {
    throw new AppError('TICKET_PHOTO_TOO_LARGE', 'a photo has at most 4 MB', { status: 413 });
  }
  let photoId = 0;
  const result = await changeTicket(deps, id, {
    async decide(ticket, ground, trx) {
      const doer = await doorOf(trx, id, actor);
      const fresh = { ...photo, type, ticketId: id, accountId: actor.id };
      const known = await findPhoto(trx, fresh);
      if (known !== undefined) {
        photoId = known;
        return { decision: undefined };
      }
      if (!unfinished.includes(ticket.status) || (await countPhotos(trx, id)) >= MOST_PHOTOS) {
        throw new AppError('TICKET_WRONG_STATE', `no photos for what is ${ticket.status}`, {
          status: 409,
          details: { action: 'photo', status: ticket.status },
        });
      }
      if (!isHolder(ticket, doer) && !doer.hasTask && !doer.manages && doer.desks.length === 0) {
        throw new AppError('TICKET_NOT_YOURS', 'photos are for who works on it', {
          status: 403,
          details: { action: 'photo' },
        });
      }
      photoId = await insertPhoto(trx, fresh, ground.now);
      const entry = { kind: 'photo' as const, actorId: actor.id, detail: { photoId, stage: photo.stage } };
      return { decision: { changes: {}, entries: [entry], tells: [] }, doer };
    },
  });
  if (result === 'absent') throw notFound(id);
  return photoId;
}
