import { sql } from 'kysely';
import { at, type Trx } from '../platform/database.ts';
import { RIGHT_MS } from './device-clocks.ts';
import { CLOCK } from './device-states.ts';
import { scopeKey } from './scopes.ts';

/** A clock that was right so long ago may have lost its time since. */
const KNOWN_FOR_MS = 7 * 86_400_000;

/**
 * Which of these devices have clocks that are known to be right: they said a time of their own lately that was ours, and none was learned to be
 * off since. What was received at the very time that it bears had none of its own.
 */
export async function readRightClocks(trx: Trx, ids: readonly number[], now: number): Promise<Set<number>> {
  const off = ids.map((id) => scopeKey(id, undefined));
  const { rows } = await sql<{ device_id: number }>`
    select distinct l.device_id from latest_readings l
    where l.device_id = any(${[...ids]}::bigint[]) and l.received_at >= ${at(now - KNOWN_FOR_MS)} and l.received_at <> l.observed_at
      and l.received_at - l.observed_at between ${-RIGHT_MS} * interval '1 ms' and ${RIGHT_MS} * interval '1 ms'
      and not exists (
        select from rule_states s where s.rule = ${CLOCK} and s.scope = any(${off}::text[]) and s.scope = l.device_id::text
      )`.execute(trx);
  return new Set(rows.map((row) => row.device_id));
}
