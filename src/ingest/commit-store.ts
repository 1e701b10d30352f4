import type pg from 'pg';
import type { LifeEvent } from '../model/alerts.ts';
import type { UplinkOutcome } from '../model/uplinks.ts';
import type { RetransmissionKey } from './retransmission.ts';

export interface UplinkRow {
  receivedAt: number;
  deviceId: number | null;
  protocol: string;
  transport: string;
  nativeId: string | null;
  source: string;
  topic: string | null;
  command: string;
  outcome: UplinkOutcome;
  reason: string | null;
  readingCount: number;
  bytes: Uint8Array;
}

export interface LifeRow {
  /** Index into the uplinks of the same commit. */
  uplink: number;
  key: RetransmissionKey;
  event: LifeEvent;
}

export interface Commit {
  uplinks: UplinkRow[];
  /** JSON text of a `LogBatch` per partition. */
  log: Map<number, string>;
  life: LifeRow[];
}

const uplinkArrays = `unnest($1::timestamptz[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::int[], $12::bytea[])`;
const uplinkColumns = `received_at, device_id, protocol, transport, native_id, source, topic, command, outcome, reason, reading_count, bytes`;

/**
 * The row of a partition is to be locked last, so that numbers follow commits and nobody waits for it longer than it takes. PostgreSQL runs
 * the writing parts of WITH that nothing else asks for in reverse order, hence it stands before the uplinks.
 */
const logPart = `
  wanted as (
    select id from log_partitions where id = any($13::int[]) order by id for no key update
  ), numbered as (
    update log_partitions p set next_no = p.next_no + 1 from wanted w where p.id = w.id returning p.id, p.next_no - 1 as no
  ), logged as (
    insert into log (partition, no, payload)
    select n.id, n.no, t.payload from numbered n join unnest($13::int[], $14::text[]) t (partition, payload) on t.partition = n.id
  )`;

const plainCommit = `
  with ${logPart}, stored as (
    insert into uplinks (${uplinkColumns}) select * from ${uplinkArrays}
  )
  select 1`;

const lifeCommit = `
  with life as (
    select * from unnest($15::int[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[], $20::text[], $21::text[],
      $22::text[], $23::bigint[], $24::bigint[], $25::text[], $26::text[], $27::jsonb[])
      t (uplink, key, until, received_at, observed_at, protocol, native_id, source, device_id, subject_id, signal, origin, payload)
  ), fresh as (
    insert into life_keys (key, seen_at, until)
    select distinct on (key) key, received_at, until from life order by key
    on conflict (key) do update set seen_at = excluded.seen_at, until = excluded.until where life_keys.until <= excluded.seen_at
    returning key
  ), put as (
    insert into inbox (received_at, observed_at, protocol, native_id, source, device_id, subject_id, signal, origin, payload)
    select distinct on (l.key) l.received_at, l.observed_at, l.protocol, l.native_id, l.source, l.device_id, l.subject_id, l.signal, l.origin, l.payload
    from life l join fresh f on f.key = l.key order by l.key
    returning id
  ), ${logPart}, given as (
    select * from ${uplinkArrays} with ordinality as t (${uplinkColumns}, n)
  ), stored as (
    insert into uplinks (${uplinkColumns})
    select received_at, device_id, protocol, transport, native_id, source, topic, command,
      case when repeated then 'duplicate' else outcome end, reason, reading_count, bytes
    from given g, lateral (
      select coalesce(bool_and(l.key not in (select key from fresh)), false) as repeated from life l where l.uplink = g.n - 1
    ) r
  )
  select count(*)::int as fresh from put`;

/**
 * One group commit in one statement: raw uplinks with their outcomes, a log row per partition, an inbox row per life event that is
 * no retransmission. Returns how many life events were new. When it resolves, everything is durable.
 */
export async function writeCommit(pool: pg.Pool, commit: Commit): Promise<number> {
  const values = [...uplinkValues(commit.uplinks), [...commit.log.keys()], [...commit.log.values()]];
  if (commit.life.length === 0) {
    await pool.query({ name: 'ingest-plain', text: plainCommit, values });
    return 0;
  }
  const result = await pool.query<{ fresh: number }>({
    name: 'ingest-life',
    text: lifeCommit,
    values: [...values, ...lifeValues(commit.life)],
  });
  return result.rows[0]?.fresh ?? 0;
}

function uplinkValues(rows: readonly UplinkRow[]): unknown[][] {
  return [
    rows.map((r) => iso(r.receivedAt)),
    rows.map((r) => r.deviceId),
    rows.map((r) => r.protocol),
    rows.map((r) => r.transport),
    rows.map((r) => clean(r.nativeId)),
    rows.map((r) => r.source),
    rows.map((r) => clean(r.topic)),
    rows.map((r) => clean(r.command)),
    rows.map((r) => r.outcome),
    rows.map((r) => clean(r.reason)),
    rows.map((r) => r.readingCount),
    rows.map((r) => r.bytes),
  ];
}

function lifeValues(rows: readonly LifeRow[]): unknown[][] {
  return [
    rows.map((r) => r.uplink),
    rows.map((r) => clean(`${r.key.key}|${r.event.signal}`)),
    rows.map((r) => iso(r.event.receivedAt + r.key.windowMs)),
    rows.map((r) => iso(r.event.receivedAt)),
    rows.map((r) => iso(r.event.observedAt)),
    rows.map((r) => r.event.protocol),
    rows.map((r) => clean(r.event.nativeId)),
    rows.map((r) => r.event.source),
    rows.map((r) => r.event.deviceId ?? null),
    rows.map((r) => r.event.subjectId ?? null),
    rows.map((r) => r.event.signal),
    rows.map((r) => r.event.origin),
    rows.map((r) => jsonText(r.event)),
  ];
}

/** Whether the database refused what was written (class 22, 23, 54) rather than failed to write. */
export function isDataFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(22|23|54)/.test(code);
}

const iso = (ms: number) => new Date(ms).toISOString();

/** PostgreSQL's text takes no NUL, and a lone surrogate is no UTF-8. */
function clean<T extends string | null>(text: T): T {
  return (text === null ? null : text.replaceAll('\0', '�').toWellFormed()) as T;
}

/** The same for jsonb, which refuses the escape of NUL. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? clean(inner) : inner));
}
