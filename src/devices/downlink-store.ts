import { sql } from 'kysely';
import type { DownlinkCommand, PositionProof } from '../model/uplinks.ts';
import { at, type Queryable } from '../platform/database.ts';
import { announceAll } from '../platform/live-store.ts';
import { isAnswerTo } from './downlink-answers.ts';

/**
 * NOTIFY channel on which the process that holds a device's connection hears of a downlink; payload `protocol\nnative id`, of the gateway
 * where the device speaks through one.
 */
export const DOWNLINK_CHANNEL = 'gg_downlink';

const MINUTE_MS = 60_000;
/** A wristband says at once that it will measure, and is busy with it for as long. */
const MEASURING_MS = MINUTE_MS;
/** The sweep that wakes the next one comes each second; it may be late. */
const WAKING_MS = 5_000;
/**
 * How long a command waits for its device. A switch that is carried out late may harm whoever works on the circuit by then, and other
 * measurements wait for one; a setting is of use whenever the device comes back.
 */
const lifeMs: Readonly<Record<DownlinkCommand['kind'], number>> = {
  switch: 30_000,
  measure: 3 * MINUTE_MS,
  locate_now: 10 * MINUTE_MS,
  ring: 10 * MINUTE_MS,
  message: 60 * MINUTE_MS,
  restart: 10 * MINUTE_MS,
  power_off: 10 * MINUTE_MS,
  set_sos_numbers: 24 * 60 * MINUTE_MS,
  set_interval: 24 * 60 * MINUTE_MS,
  fall_detection: 24 * 60 * MINUTE_MS,
};

export interface QueuedDownlink {
  id: number;
  command: DownlinkCommand;
  nativeId: string;
  deviceId: number | null;
}

export interface NewDownlink {
  protocol: string;
  nativeId: string;
  deviceId?: number | undefined;
  command: DownlinkCommand;
  requestedBy?: number | undefined;
  ticketId?: number | undefined;
  /** By its kind, where it is not said. */
  expiresInMs?: number | undefined;
}

/**
 * Queues a command; whoever holds the connection is told at the commit, else it waits for the device or expires. A switch that is wished for
 * already is not queued twice; the opposite wish takes the place of the one before.
 */
export async function queueDownlink(db: Queryable, downlink: NewDownlink, now: number): Promise<number> {
  const { command } = downlink;
  const open = command.kind === 'switch' ? await openSwitches(db, { ...downlink, command }, now) : [];
  const same = open.find((one) => one.command.on === (command.kind === 'switch' && command.on));
  if (same) return same.id;
  const row = await db
    .insertInto('downlinks')
    .values({
      protocol: downlink.protocol,
      native_id: downlink.nativeId,
      device_id: downlink.deviceId ?? null,
      command: JSON.stringify(command),
      state: 'queued',
      requested_by: downlink.requestedBy ?? null,
      ticket_id: downlink.ticketId ?? null,
      created_at: at(now),
      expires_at: at(now + (downlink.expiresInMs ?? lifeMs[command.kind])),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { id } of open) await failDownlink(db, id, `superseded by ${row.id}`, now);
  await tellWaiting(db, downlink.protocol, downlink.nativeId);
  return row.id;
}

export interface BandCommand {
  protocol: string;
  /** Under which it is kept, and under which the device spoke last. */
  nativeId: string;
  spokenAs: string;
  deviceId: number;
  command: DownlinkCommand;
}

/** Queues commands of the service itself, save those of a kind that the device got lately, and notes them in the access log; one statement. */
export async function queueUnlessRecent(
  db: Queryable,
  commands: readonly BandCommand[],
  { now, againAfterMs }: { now: number; againAfterMs: number },
): Promise<void> {
  const expiries = commands.map(({ command }) => new Date(now + lifeMs[command.kind]).toISOString());
  await sql`
    with wanted as (
      select distinct on (t.device_id, t.command->>'kind') t.*
      from unnest(${commands.map((c) => c.protocol)}::text[], ${commands.map((c) => c.nativeId)}::text[],
        ${commands.map((c) => c.spokenAs)}::text[], ${commands.map((c) => c.deviceId)}::bigint[],
        ${commands.map((c) => JSON.stringify(c.command))}::jsonb[], ${expiries}::timestamptz[])
        with ordinality t (protocol, native_id, spoken_as, device_id, command, expires_at, n)
      where not exists (
        select from downlinks d where d.device_id = t.device_id and d.command->>'kind' = t.command->>'kind'
          and d.created_at > ${at(now - againAfterMs)} and d.state in ('queued', 'sent', 'acknowledged')
      )
      order by t.device_id, t.command->>'kind', t.n
    ), queued as (
      insert into downlinks (protocol, native_id, device_id, command, state, created_at, expires_at)
      select protocol, native_id, device_id, command, 'queued', ${at(now)}, expires_at from wanted order by n
      returning device_id, command
    ), noted as (
      insert into audit (at, action, subject_id, device_id, detail)
      select ${at(now)}, 'downlink_sent', d.subject_id, d.id, q.command
      from queued q join devices d on d.id = q.device_id
    )
    select pg_notify(${DOWNLINK_CHANNEL}, w.protocol || E'\\n' || coalesce(g.native_id, w.spoken_as))
    from (select distinct protocol, spoken_as, device_id from wanted) w
    join devices d on d.id = w.device_id left join devices g on g.id = d.gateway_id
    where exists (select from queued)`.execute(db);
}

/** Tells whoever holds the connection of a device, or of the gateway in front of it. */
export async function tellWaiting(db: Queryable, protocol: string, nativeId: string): Promise<void> {
  await sql`
    select pg_notify(${DOWNLINK_CHANNEL}, ${`${protocol}\n`} || coalesce((
      select g.native_id from devices d join devices g on g.id = d.gateway_id
      where d.protocol = ${protocol} and d.native_id = ${nativeId}
    ), ${nativeId}))`.execute(db);
}

/** What is still open of the switches of one point; whoever else wishes to switch it waits for this transaction. */
async function openSwitches(
  db: Queryable,
  wish: Pick<NewDownlink, 'protocol' | 'nativeId'> & { command: { channel?: string } },
  now: number,
): Promise<{ id: number; command: { on: boolean } }[]> {
  const point = `switch ${wish.protocol} ${wish.nativeId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${point}, 0))`.execute(db);
  const { rows } = await sql<{ id: number; command: { on: boolean } }>`
    select id, command from downlinks
    where protocol = ${wish.protocol} and native_id = ${wish.nativeId} and state in ('queued', 'sent')
      and expires_at > ${at(now)} and command->>'kind' = 'switch'
      and coalesce(command->>'channel', '') = ${wish.command.channel ?? ''}
    order by id`.execute(db);
  return rows;
}

export interface WaitingFor {
  protocol: string;
  spellings: readonly string[];
  /** Also what waits for the devices behind it. */
  isGateway: boolean;
}

/** Takes what waits for any spelling of a device, oldest first, and marks it sent: nobody else sends it. */
export async function takeQueued(db: Queryable, device: WaitingFor, now: number): Promise<QueuedDownlink[]> {
  const rows = await db
    .updateTable('downlinks')
    .set({ state: 'sent', sent_at: at(now) })
    .where('protocol', '=', device.protocol)
    .where('state', '=', 'queued')
    .where('expires_at', '>', at(now))
    .where(mayBeSent(now))
    .where((e) =>
      e.or([
        e('native_id', 'in', [...device.spellings]),
        ...(device.isGateway
          ? [
              e('device_id', 'in', (sub) =>
                sub
                  .selectFrom('devices')
                  .innerJoin('devices as gateway', 'gateway.id', 'devices.gateway_id')
                  .select('devices.id')
                  .where('gateway.protocol', '=', device.protocol)
                  .where('gateway.native_id', 'in', [...device.spellings]),
              ),
            ]
          : []),
      ]),
    )
    .returning(['id', 'command', 'native_id', 'device_id'])
    .execute();
  await announceDevices(db, rows);
  return rows
    .map((row) => ({
      id: row.id,
      command: row.command as DownlinkCommand,
      nativeId: row.native_id,
      deviceId: row.device_id,
    }))
    .sort((a, b) => a.id - b.id);
}

/** A device measures one thing at a time: the next waits until the one before is over, has failed or has expired. */
const mayBeSent = (now: number) => sql<boolean>`(command->>'kind' <> 'measure' or not exists (
  select from downlinks o
  where o.protocol = downlinks.protocol and o.native_id = downlinks.native_id and o.command->>'kind' = 'measure'
    and o.expires_at > ${at(now)} and (
      o.state = 'sent' or (o.state = 'queued' and o.id < downlinks.id)
      or (o.state = 'acknowledged' and o.sent_at > ${at(now - MEASURING_MS)})
    )
))`;

/** Wakes the measurements whose turn it is, because the one before is over by its time. */
export async function tellMeasured(db: Queryable, now: number): Promise<void> {
  const { rows } = await sql<{ protocol: string; native_id: string }>`
    select distinct q.protocol, q.native_id
    from downlinks q join downlinks o on o.protocol = q.protocol and o.native_id = q.native_id
    where q.state = 'queued' and q.command->>'kind' = 'measure' and q.expires_at > ${at(now)}
      and o.state = 'acknowledged' and o.command->>'kind' = 'measure'
      and o.sent_at between ${at(now - MEASURING_MS - WAKING_MS)} and ${at(now - MEASURING_MS)}`.execute(db);
  for (const { protocol, native_id } of rows) await tellWaiting(db, protocol, native_id);
}

/** How a command that is being sent will be known to have been carried out. */
export async function noteSent(
  db: Queryable,
  id: number,
  proof: { answeredBy: string | undefined; confirm: PositionProof | undefined },
): Promise<void> {
  await db
    .updateTable('downlinks')
    .set({
      answered_by: proof.answeredBy ?? null,
      confirm: proof.confirm ? JSON.stringify(proof.confirm) : null,
    })
    .where('id', '=', id)
    .execute();
}

export async function failDownlink(db: Queryable, id: number, reason: string, now: number): Promise<void> {
  const rows = await db
    .updateTable('downlinks')
    .set({ state: 'failed', reason, done_at: at(now) })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'sent'])
    .returning(ended)
    .execute();
  await announceEnded(db, rows);
}

/**
 * An answer of the device: the oldest sent command that such an answer acknowledges, or the one with that serial. What only the device's own
 * state proves is not acknowledged by its saying so.
 */
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
    .select(['id', 'answered_by', 'confirm'])
    .where('protocol', '=', answer.protocol)
    .where('native_id', 'in', [...answer.spellings])
    .where('state', '=', 'sent')
    .orderBy('id')
    .execute();
  const match = open.find((sent) => isAnswerTo(sent, answer));
  if (!match || (answer.ok && match.confirm)) return;
  if (!answer.ok) return failDownlink(db, match.id, 'the device says no', now);
  const rows = await db
    .updateTable('downlinks')
    .set({ state: 'acknowledged', done_at: at(now) })
    .where('id', '=', match.id)
    .where('state', '=', 'sent')
    .returning(ended)
    .execute();
  await announceEnded(db, rows);
}

export async function expireDownlinks(db: Queryable, now: number): Promise<void> {
  const rows = await db
    .updateTable('downlinks')
    .set({ state: 'expired', done_at: at(now) })
    .where('state', 'in', ['queued', 'sent'])
    .where('expires_at', '<=', at(now))
    .returning(ended)
    .execute();
  await announceEnded(db, rows);
}

const ended = ['device_id', 'protocol', 'native_id', 'command'] as const;

/** What waited for the end of a measurement may be sent. */
async function announceEnded(
  db: Queryable,
  rows: readonly { device_id: number | null; protocol: string; native_id: string; command: unknown }[],
): Promise<void> {
  await announceDevices(db, rows);
  const measured = rows.filter(({ command }) => (command as DownlinkCommand).kind === 'measure');
  for (const { protocol, native_id } of measured) await tellWaiting(db, protocol, native_id);
}

/** Open pages show what became of a command. */
async function announceDevices(db: Queryable, rows: readonly { device_id: number | null }[]): Promise<void> {
  const ids = new Set(rows.flatMap((row) => row.device_id ?? []));
  if (ids.size > 0)
    await announceAll(
      db,
      [...ids].map((id) => ({ type: 'device', id })),
    );
}
