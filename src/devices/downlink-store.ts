import type { DownlinkCommand } from '../model/uplinks.ts';
import { at, type Queryable } from '../platform/database.ts';

/** NOTIFY channel on which the process that holds a device's connection hears of a downlink; payload `protocol\nnative id`. */
export const DOWNLINK_CHANNEL = 'gg_downlink';

export interface QueuedDownlink {
  id: number;
  command: DownlinkCommand;
}

export interface NewDownlink {
  protocol: string;
  nativeId: string;
  deviceId?: number | undefined;
  command: DownlinkCommand;
  requestedBy?: number | undefined;
  expiresInMs: number;
}

/** Queues a command; whoever holds the device's connection is told at the commit, else it waits for the device or expires. */
export async function queueDownlink(db: Queryable, downlink: NewDownlink, now: number): Promise<number> {
  const row = await db
    .insertInto('downlinks')
    .values({
      protocol: downlink.protocol,
      native_id: downlink.nativeId,
      device_id: downlink.deviceId ?? null,
      command: JSON.stringify(downlink.command),
      state: 'queued',
      requested_by: downlink.requestedBy ?? null,
      created_at: at(now),
      expires_at: at(now + downlink.expiresInMs),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const payload = `${downlink.protocol}\n${downlink.nativeId}`;
  await db
    .selectNoFrom((e) => e.fn('pg_notify', [e.val(DOWNLINK_CHANNEL), e.val(payload)]).as('told'))
    .execute();
  return row.id;
}

/** Takes what waits for any spelling of a device, oldest first, and marks it sent: nobody else sends it. */
export async function takeQueued(
  db: Queryable,
  device: { protocol: string; spellings: readonly string[] },
  now: number,
): Promise<QueuedDownlink[]> {
  const rows = await db
    .updateTable('downlinks')
    .set({ state: 'sent', sent_at: at(now) })
    .where('protocol', '=', device.protocol)
    .where('native_id', 'in', [...device.spellings])
    .where('state', '=', 'queued')
    .where('expires_at', '>', at(now))
    .returning(['id', 'command'])
    .execute();
  return rows
    .map((row) => ({ id: row.id, command: row.command as DownlinkCommand }))
    .sort((a, b) => a.id - b.id);
}

export async function noteAnsweredBy(
  db: Queryable,
  id: number,
  answeredBy: string | undefined,
): Promise<void> {
  await db
    .updateTable('downlinks')
    .set({ answered_by: answeredBy ?? null })
    .where('id', '=', id)
    .execute();
}

export async function failDownlink(db: Queryable, id: number, reason: string, now: number): Promise<void> {
  await db
    .updateTable('downlinks')
    .set({ state: 'failed', reason, done_at: at(now) })
    .where('id', '=', id)
    .execute();
}

/** An answer of the device: the oldest sent command that such an answer acknowledges, or the one with that serial. */
export async function answerDownlink(
  db: Queryable,
  answer: {
    protocol: string;
    spellings: readonly string[];
    command: string;
    serial?: string | undefined;
    ok: boolean;
  },
  now: number,
): Promise<void> {
  const open = await db
    .selectFrom('downlinks')
    .select(['id', 'answered_by'])
    .where('protocol', '=', answer.protocol)
    .where('native_id', 'in', [...answer.spellings])
    .where('state', '=', 'sent')
    .orderBy('id')
    .execute();
  const match = open.find((d) =>
    answer.serial === undefined ? d.answered_by === answer.command : String(d.id) === answer.serial,
  );
  if (!match) return;
  await db
    .updateTable('downlinks')
    .set({ state: answer.ok ? 'acknowledged' : 'failed', done_at: at(now) })
    .where('id', '=', match.id)
    .execute();
}

export async function expireDownlinks(db: Queryable, now: number): Promise<void> {
  await db
    .updateTable('downlinks')
    .set({ state: 'expired', done_at: at(now) })
    .where('state', 'in', ['queued', 'sent'])
    .where('expires_at', '<=', at(now))
    .execute();
}
