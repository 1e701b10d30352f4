import { sql } from 'kysely';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import type { RuleState } from './rule-state.ts';

export interface StoredState {
  rule: string;
  deviceId: number;
  partition: number;
  state: unknown;
}

/** Every state of these devices, whatever partition wrote it: a device moves when it changes hands. */
export async function loadStates(db: Queryable, deviceIds: readonly number[]): Promise<StoredState[]> {
  const rows = await sql<{ rule: string; scope: string; partition: number; state: unknown }>`
    select rule, scope, partition, state from rule_states where scope = any(${deviceIds.map(String)}::text[])`.execute(
    db,
  );
  return rows.rows.map(toStored);
}

/** States of the partition that are due by then, the earliest first. */
export async function dueStates(
  db: Queryable,
  due: { partition: number; by: number; most: number },
): Promise<StoredState[]> {
  const rows = await db
    .selectFrom('rule_states')
    .select(['rule', 'scope', 'partition', 'state'])
    .where('partition', '=', due.partition)
    .where('due_at', '<=', at(due.by))
    .orderBy('due_at')
    .limit(due.most)
    .execute();
  return rows.map(toStored);
}

/** The partitions of `partitions` that hold a state which is due. */
export async function duePartitions(
  db: Queryable,
  partitions: readonly number[],
  by: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('rule_states')
    .select('partition')
    .distinct()
    .where('partition', 'in', [...partitions])
    .where('due_at', '<=', at(by))
    .execute();
  return rows.map((row) => row.partition);
}

const toStored = (row: { rule: string; scope: string; partition: number; state: unknown }): StoredState => ({
  rule: row.rule,
  deviceId: Number(row.scope),
  partition: row.partition,
  state: row.state,
});

export interface StateToSave {
  rule: string;
  deviceId: number;
  state: RuleState;
  dueAt: number | undefined;
}

export async function saveStates(trx: Trx, partition: number, states: readonly StateToSave[]): Promise<void> {
  if (states.length === 0) return;
  await sql`
    insert into rule_states (rule, scope, partition, state, due_at)
    select rule, scope, ${partition}, state, due_at
    from unnest(${states.map((s) => s.rule)}::text[], ${states.map((s) => String(s.deviceId))}::text[],
      ${states.map((s) => JSON.stringify(s.state))}::jsonb[],
      ${states.map((s) => (s.dueAt === undefined ? null : at(s.dueAt)))}::timestamptz[]) t (rule, scope, state, due_at)
    on conflict (rule, scope)
    do update set partition = excluded.partition, state = excluded.state, due_at = excluded.due_at`.execute(
    trx,
  );
}

export async function deleteStates(
  trx: Trx,
  states: readonly { rule: string; deviceId: number }[],
): Promise<void> {
  if (states.length === 0) return;
  await sql`
    delete from rule_states s
    using unnest(${states.map((s) => s.rule)}::text[], ${states.map((s) => String(s.deviceId))}::text[]) t (rule, scope)
    where s.rule = t.rule and s.scope = t.scope`.execute(trx);
}

/** Ends what is left of rules that no longer exist: nothing would ever clear their alerts. */
export async function retireOtherRules(
  trx: Trx,
  partition: number,
  retire: { known: readonly string[]; now: number },
): Promise<void> {
  await sql`
    with gone as (
      delete from rule_states where partition = ${partition} and rule <> all(${[...retire.known]}::text[])
      returning (state -> 'alert' ->> 'id')::bigint as alert_id
    )
    update alerts set state = 'resolved', resolved_at = ${at(retire.now)}
    where id in (select alert_id from gone) and state = 'firing'`.execute(trx);
}

export interface DeviceFacts {
  id: number;
  protocol: string;
  nativeId: string;
  subjectId: number | undefined;
  active: boolean;
  heardAt: number | undefined;
}

/**
 * The devices, each with when it was last heard of by any uplink since `since`: one that only sends keep-alives, which carry
 * no reading, is not silent.
 */
export async function factsOfDevices(
  db: Queryable,
  ids: readonly number[],
  since: number,
): Promise<Map<number, DeviceFacts>> {
  const heard = sql<number | null>`greatest(d.last_seen_at, (
    select max(u.received_at) from device_aliases a
    join uplinks u on u.native_id = a.alias and u.protocol = a.protocol
    where a.device_id = d.id and u.received_at > ${at(since)} and u.outcome not in ('shed', 'forbidden')))`;
  const rows = await db
    .selectFrom('devices as d')
    .select(['d.id', 'd.protocol', 'd.native_id', 'd.subject_id', 'd.active', heard.as('heard_at')])
    .where('d.id', 'in', [...ids])
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        protocol: row.protocol,
        nativeId: row.native_id,
        subjectId: row.subject_id ?? undefined,
        active: row.active,
        heardAt: row.heard_at ?? undefined,
      },
    ]),
  );
}
