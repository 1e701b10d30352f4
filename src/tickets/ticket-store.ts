import { sql } from 'kysely';
import { containerKinds } from '../model/assets.ts';
import type { GridLevel } from '../model/incidents.ts';
import type { FaultClass } from '../model/tickets.ts';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import { jsonText } from '../platform/json-text.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import { fromColumns, isoOf, mutableNames, mutableTypes, toColumns } from './ticket-columns.ts';
import type { Breach, NewTask, Task, TicketMutable, TicketState, TimelineDraft } from './ticket-state.ts';

/** A ticket as it stands while its row is locked, with what messages about it say. */
export interface LockedTicket extends TicketState {
  dedupKey: string;
  assetId: number | null;
  deviceId: number | null;
  protocol: string;
  nativeId: string;
  channel: string;
  gridId: number | null;
  reportedAt: number;
  companyName: string | null;
}

const names = sql.raw(mutableNames.join(', '));
const recordTypes = sql.raw(mutableTypes.join(', '));

/** Locks a ticket and gives it as it is then; undefined where it is not there or, with `skipLocked`, where another holds it now. */
export async function lockTicket(
  trx: Trx,
  id: number,
  { skipLocked = false }: { skipLocked?: boolean } = {},
): Promise<LockedTicket | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from tickets where id = ${id} for no key update ${skipLocked ? sql`skip locked` : sql``}`.execute(
    trx,
  );
  return rows.length === 0 ? undefined : (await readTickets(trx, [id]))[0];
}

/**
 * Locks the open ticket of each key, else the one closed last, and gives them as they are then. In the order of the keys, so that two
 * transactions never wait for each other.
 */
export async function lockTicketsOf(trx: Trx, keys: readonly string[]): Promise<LockedTicket[]> {
  const { rows } = await sql<{ id: number }>`
    select id from tickets where id in (
      select distinct on (dedup_key) id from tickets where dedup_key = any(${[...keys]}::text[])
      order by dedup_key, closed_at desc nulls first, id desc
    ) order by dedup_key for no key update`.execute(trx);
  return rows.length === 0
    ? []
    : readTickets(
        trx,
        rows.map((row) => row.id),
      );
}

interface TicketRow {
  [column: string]: unknown;
  tasks: Task[];
  last_act: TicketState['lastAct'];
}

/** Reads what was locked before by another statement: this one sees what the lock waited for. */
export async function readTickets(db: Queryable, ids: readonly number[]): Promise<LockedTicket[]> {
  const { rows } = await sql<TicketRow>`
    select t.*, o.name as owner_name, g.level as desk_level, c.name as company_name,
      coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'accountId', k.account_id, 'companyId', k.company_id) order by k.id)
        from ticket_tasks k where k.ticket_id = t.id and k.done_at is null), '[]') as tasks,
      exists (select from ticket_photos p where p.ticket_id = t.id and p.stage = 'after' and p.at >= coalesce((
        select max(b.at) from ticket_timeline b where b.ticket_id = t.id and b.kind in ('reopened', 'rejected')
      ), t.reported_at)) as has_photo_after,
      exists (select from alerts a where a.ticket_id = t.id and a.state = 'firing') as is_firing,
      (select jsonb_build_object('kind', l.kind, 'actorId', l.actor_id, 'at', extract(epoch from l.at) * 1000, 'detail', l.detail)
        from ticket_timeline l where l.ticket_id = t.id and l.actor_id is not null order by l.id desc limit 1) as last_act
    from tickets t
    left join accounts o on o.id = t.owner_id
    left join grids g on g.id = t.desk_grid_id
    left join companies c on c.id = t.company_id
    where t.id = any(${[...ids]}::bigint[]) order by t.dedup_key`.execute(db);
  return rows.map(toTicket);
}

function toTicket(row: TicketRow): LockedTicket {
  return {
    ...fromColumns(row),
    id: row.id as number,
    dedupKey: row.dedup_key as string,
    faultClass: row.fault_class as FaultClass,
    assetId: row.asset_id as number | null,
    deviceId: row.device_id as number | null,
    protocol: row.protocol as string,
    nativeId: row.native_id as string,
    channel: row.channel as string,
    gridId: row.grid_id as number | null,
    reportedAt: row.reported_at as number,
    ownerName: row.owner_name as string | null,
    deskLevel: row.desk_level as GridLevel | null,
    companyName: row.company_name as string | null,
    tasks: row.tasks,
    hasPhotoAfter: row.has_photo_after as boolean,
    isFiring: row.is_firing as boolean,
    lastAct: row.last_act,
  };
}

/** What is written of one ticket whose row is locked. */
export interface TicketWrite {
  id: number;
  ticket: TicketMutable;
  entries: readonly TimelineDraft[];
  breach?: Breach | undefined;
  tasksDone?: readonly number[] | undefined;
  newTasks?: readonly NewTask[] | undefined;
  /** Alerts that belong to it. */
  alertIds?: readonly number[];
  /** Who is named in the live change. */
  accounts: readonly number[];
}

/** Writes any number of tickets with their time lines, breaches and tasks and tells open pages, in one statement. */
export async function writeTickets(trx: Trx, writes: readonly TicketWrite[], now: number): Promise<void> {
  if (writes.length === 0) return;
  const rows = writes.map(({ id, ticket, ...rest }) => ({ id, ...toColumns(ticket), ...partsOf(rest) }));
  await sql`
    with w as materialized (
      select * from jsonb_to_recordset(${jsonText(rows)}::jsonb) as w (id bigint, ${recordTypes}, entries jsonb, breach jsonb,
        tasks_done jsonb, new_tasks jsonb, alert_ids jsonb, accounts jsonb)
    ), changed as (
      update tickets t set (${names}) = (select ${sql.raw(mutableNames.map((name) => `w.${name}`).join(', '))})
      from w where t.id = w.id returning t.id
    ), told as (
      insert into ticket_timeline (ticket_id, at, kind, actor_id, detail)
      select w.id, ${at(now)}, e.entry->>'kind', (e.entry->>'actorId')::bigint, e.entry->'detail'
      from w, jsonb_array_elements(w.entries) with ordinality e (entry, no) order by w.id, e.no
    ), breached as (
      insert into ticket_breaches (ticket_id, at, stage, level, company_id, desk_grid_id, owner_id, due_at)
      select w.id, ${at(now)}, b.stage, b.level, b.company_id, b.desk_grid_id, b.owner_id, b.due_at
      from w, jsonb_to_record(w.breach) as b (stage text, level text, company_id bigint, desk_grid_id bigint, owner_id bigint, due_at timestamptz)
      where w.breach is not null
    ), done as (
      update ticket_tasks k set done_at = ${at(now)} from w
      where k.ticket_id = w.id and k.done_at is null and w.tasks_done @> to_jsonb(k.id)
    ), given as (
      insert into ticket_tasks (ticket_id, account_id, company_id, assigned_by, note, created_at)
      select w.id, n.account_id, n.company_id, n.assigned_by, n.note, ${at(now)}
      from w, jsonb_to_recordset(w.new_tasks) as n (account_id bigint, company_id bigint, assigned_by bigint, note text)
    ), linked as (
      update alerts a set ticket_id = w.id from w, jsonb_array_elements_text(w.alert_ids) l (alert_id) where a.id = l.alert_id::bigint
    )
    select pg_notify(${LIVE_CHANNEL}, jsonb_strip_nulls(jsonb_build_object('type', 'ticket', 'id', w.id, 'status', w.status,
      'accounts', w.accounts))::text) from w`.execute(trx);
}

/** NOTIFY carries at most 8,000 bytes; who is not named looks for himself. */
const MOST_ANNOUNCED = 500;

function partsOf({
  entries,
  breach,
  tasksDone,
  newTasks,
  alertIds,
  accounts,
}: Omit<TicketWrite, 'id' | 'ticket'>) {
  const named = [...new Set(accounts)];
  return {
    entries,
    breach: breach && {
      stage: breach.stage,
      level: breach.level,
      company_id: breach.companyId,
      desk_grid_id: breach.deskGridId,
      owner_id: breach.ownerId,
      due_at: isoOf(breach.dueAt),
    },
    tasks_done: tasksDone ?? [],
    new_tasks: (newTasks ?? []).map((task) => ({
      account_id: task.accountId,
      company_id: task.companyId,
      assigned_by: task.assignedBy,
      note: task.note,
    })),
    alert_ids: alertIds ?? [],
    accounts: named.length > 0 && named.length <= MOST_ANNOUNCED ? named : null,
  };
}

/** A ticket that is to be opened. */
export interface NewTicket extends Omit<TicketWrite, 'id' | 'breach' | 'tasksDone' | 'newTasks'> {
  dedupKey: string;
  faultClass: FaultClass;
  assetId: number | null;
  deviceId: number | null;
  protocol: string;
  nativeId: string;
  channel: string;
  gridId: number | null;
  observedAt: number;
  evidence: Readonly<Record<string, unknown>>;
}

/** Opens those whose key has no open ticket and returns their ids; for the others somebody else was first. */
export async function openTickets(
  trx: Trx,
  tickets: readonly NewTicket[],
  now: number,
): Promise<Map<string, number>> {
  if (tickets.length === 0) return new Map();
  const fixed =
    'dedup_key, fault_class, asset_id, device_id, protocol, native_id, channel, grid_id, observed_at, evidence';
  const columns = sql.raw([fixed, ...mutableNames].join(', '));
  const { rows } = await sql<{ id: number; dedup_key: string }>`
    with w as materialized (
      select * from jsonb_to_recordset(${jsonText(tickets.map(newRow))}::jsonb) as w (dedup_key text, fault_class text,
        asset_id bigint, device_id bigint, protocol text, native_id text, channel text, grid_id bigint, observed_at timestamptz,
        evidence jsonb, ${recordTypes}, entries jsonb, alert_ids jsonb, accounts jsonb)
    ), opened as (
      insert into tickets (${columns}, reported_at) select ${columns}, ${at(now)}::timestamptz from w order by dedup_key
      on conflict (dedup_key) where status <> 'closed' do nothing
      returning id, dedup_key
    ), told as (
      insert into ticket_timeline (ticket_id, at, kind, detail)
      select o.id, ${at(now)}, e.entry->>'kind', e.entry->'detail'
      from opened o join w using (dedup_key), jsonb_array_elements(w.entries) with ordinality e (entry, no) order by o.id, e.no
    ), linked as (
      update alerts a set ticket_id = o.id from opened o join w using (dedup_key), jsonb_array_elements_text(w.alert_ids) l (alert_id)
      where a.id = l.alert_id::bigint
    )
    select o.id, o.dedup_key, pg_notify(${LIVE_CHANNEL}, jsonb_strip_nulls(jsonb_build_object('type', 'ticket', 'id', o.id,
      'status', w.status, 'accounts', w.accounts))::text)
    from opened o join w using (dedup_key)`.execute(trx);
  return new Map(rows.map((row) => [row.dedup_key, row.id]));
}

function newRow({ ticket, entries, alertIds, accounts, ...fixed }: NewTicket) {
  return {
    dedup_key: fixed.dedupKey,
    fault_class: fixed.faultClass,
    asset_id: fixed.assetId,
    device_id: fixed.deviceId,
    protocol: fixed.protocol,
    native_id: fixed.nativeId,
    channel: fixed.channel,
    grid_id: fixed.gridId,
    observed_at: isoOf(fixed.observedAt),
    evidence: fixed.evidence,
    ...toColumns(ticket),
    ...partsOf({ entries, accounts, ...(alertIds ? { alertIds } : {}) }),
  };
}

/** Ids of what is due, the longest due first. */
export async function readDue(db: Queryable, now: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from tickets where next_at <= ${at(now)} order by next_at limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Ids of open tickets that nothing will look at again. There must be none. */
export async function readUnwatched(db: Queryable): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from tickets where status <> 'closed' and next_at is null`.execute(db);
  return rows.map((row) => row.id);
}

/** Of these tickets those for which another alert fires still. */
export async function readStillFiring(
  trx: Trx,
  ticketIds: readonly number[],
  ended: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select distinct ticket_id as id from alerts where state = 'firing' and ticket_id = any(${[...ticketIds]}::bigint[])
      and id <> all(${[...ended]}::bigint[])`.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** Keys of the tickets that these alerts were put to, by alert. */
export async function readKeysOfAlerts(trx: Trx, alertIds: readonly number[]): Promise<Map<number, string>> {
  if (alertIds.length === 0) return new Map();
  const { rows } = await sql<{ id: number; dedup_key: string }>`
    select a.id, t.dedup_key from alerts a join tickets t on t.id = a.ticket_id
    where a.id = any(${[...alertIds]}::bigint[])`.execute(trx);
  return new Map(rows.map((row) => [row.id, row.dedup_key]));
}

/** Those of the assets that are one point each, and do not hold many. */
export async function readPoints(trx: Trx, assetIds: readonly number[]): Promise<Set<number>> {
  if (assetIds.length === 0) return new Set();
  const { rows } = await sql<{ id: number }>`
    select id from assets where id = any(${[...assetIds]}::bigint[]) and kind <> all(${[...containerKinds]}::text[])`.execute(
    trx,
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * Open tickets of dead gateways among these devices, by device: what is silent behind one belongs to it. Not once the gateway is back or its
 * ticket verified: what is silent then has a fault of its own.
 */
export async function readRootKeys(trx: Trx, gatewayIds: readonly number[]): Promise<Map<number, string>> {
  if (gatewayIds.length === 0) return new Map();
  const { rows } = await sql<{ device_id: number; dedup_key: string }>`
    select device_id, dedup_key from tickets where fault_class = 'gateway_dead' and status not in ('verified', 'closed')
      and recovered_at is null and device_id = any(${[...gatewayIds]}::bigint[])`.execute(trx);
  return new Map(rows.map((row) => [row.device_id, row.dedup_key]));
}
