import { sql } from 'kysely';
import { at, type Queryable, type Trx } from '../platform/database.ts';
import type { RuleState } from './rule-state.ts';
import { type Holder, holderKey } from './scopes.ts';

export interface StoredState {
  rule: string;
  /** `12`, `12/a` or `asset:12`: see `scopes.ts`. */
  scope: string;
  partition: number;
  state: unknown;
}

/** Every state of these, whatever partition wrote it: a device moves when it changes hands. */
export async function loadStates(db: Queryable, holders: readonly Holder[]): Promise<StoredState[]> {
  const { rows } = await sql<StoredState>`
    select rule, scope, partition, state from rule_states
    where split_part(scope, '/', 1) = any(${holders.map(holderKey)}::text[])`.execute(db);
  return rows;
}

/** States of the partition that are due by then, the earliest first. */
export async function dueStates(
  db: Queryable,
  due: { partition: number; by: number; most: number },
): Promise<StoredState[]> {
  return db
    .selectFrom('rule_states')
    .select(['rule', 'scope', 'partition', 'state'])
    .where('partition', '=', due.partition)
    .where('due_at', '<=', at(due.by))
    .orderBy('due_at')
    .limit(due.most)
    .execute();
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

export interface StateToSave {
  rule: string;
  scope: string;
  state: RuleState | { behindMs: number };
  dueAt: number | undefined;
}

export async function saveStates(trx: Trx, partition: number, states: readonly StateToSave[]): Promise<void> {
  if (states.length === 0) return;
  await sql`
    insert into rule_states (rule, scope, partition, state, due_at)
    select rule, scope, ${partition}, state, due_at
    from unnest(${states.map((s) => s.rule)}::text[], ${states.map((s) => s.scope)}::text[],
      ${states.map((s) => JSON.stringify(s.state))}::jsonb[],
      ${states.map((s) => (s.dueAt === undefined ? null : at(s.dueAt)))}::timestamptz[]) t (rule, scope, state, due_at)
    on conflict (rule, scope)
    do update set partition = excluded.partition, state = excluded.state, due_at = excluded.due_at`.execute(
    trx,
  );
}

export async function deleteStates(
  trx: Trx,
  states: readonly { rule: string; scope: string }[],
): Promise<void> {
  if (states.length === 0) return;
  await sql`
    delete from rule_states s
    using unnest(${states.map((s) => s.rule)}::text[], ${states.map((s) => s.scope)}::text[]) t (rule, scope)
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
