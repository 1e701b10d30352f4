import type pg from 'pg';
import type { UplinkOutcome } from '../model/uplinks.ts';
import { jsonText } from '../platform/json-text.ts';
import { LIVE_CHANNEL } from '../platform/live-store.ts';
import type { KeyedEvent, Reset } from './level-reports.ts';
import { anyState, type States } from './states.ts';

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

export interface LifeRow extends KeyedEvent {
  /** Index into the uplinks of the same commit. */
  uplink: number;
}

export interface Commit {
  uplinks: UplinkRow[];
  /** JSON text of a `LogBatch` per partition. */
  log: Map<number, string>;
  life: LifeRow[];
  states: States;
  /** Levels that are over: the next report of them is a new event. */
  resets: Reset[];
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

/**
 * What a reading changes at once, beside the log: whether a device is online, a command that is seen to be carried out, a level that is over.
 * Rows of devices are locked in order, as everybody does.
 */
const statesPart = (first: number) => {
  const $ = (n: number, type: string) => `$${first + n}::${type}[]`;
  return `, changing as (
    select d.id, t.online, t.at from unnest(${$(0, 'bigint')}, ${$(1, 'boolean')}, ${$(2, 'timestamptz')}) t (id, online, at)
    join devices d on d.id = t.id where d.online is distinct from t.online
    order by d.id for no key update of d
  ), changed as (
    update devices d set online = c.online, online_changed_at = c.at from changing c where d.id = c.id
  ), confirmed as (
    update downlinks d set state = 'acknowledged', done_at = t.at
    from unnest(${$(3, 'bigint')}, ${$(4, 'text')}, ${$(5, 'text')}, ${$(6, 'text')}, ${$(7, 'timestamptz')})
      t (device_id, signal, channel, value, at)
    where d.device_id = t.device_id and d.state = 'sent' and d.confirm is not null and d.sent_at < t.at
      and d.confirm->>'signal' = t.signal and d.confirm->>'value' = t.value
      and coalesce(d.confirm->>'channel', t.channel) = t.channel
    returning d.device_id
  ), told as (
    select pg_notify('${LIVE_CHANNEL}', json_build_object('type', 'device', 'id', device_id)::text) from confirmed
  ), over as (
    delete from life_keys k using unnest(${$(8, 'text')}, ${$(9, 'timestamptz')}) t (key, at)
    where k.key = t.key and k.seen_at <= t.at
  )`;
};
const toldOf = (withStates: boolean) => (withStates ? '(select count(*) from told) as told' : '0 as told');

const plainCommit = (withStates: boolean) => `
  with ${logPart}, stored as (
    insert into uplinks (${uplinkColumns}) select * from ${uplinkArrays}
  )${withStates ? statesPart(15) : ''}
  select 0 as fresh, ${toldOf(withStates)}`;

const lifeCommit = (withStates: boolean) => `
  with life as (
    select * from unnest($15::int[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[], $20::text[], $21::text[],
      $22::text[], $23::bigint[], $24::bigint[], $25::text[], $26::text[], $27::jsonb[], $28::boolean[], $29::boolean[])
      t (uplink, key, until, received_at, observed_at, protocol, native_id, source, device_id, subject_id, signal, origin, payload,
        level, anew)
  ), fresh as (
    insert into life_keys (key, seen_at, until)
    select distinct on (key) key, received_at, until from life order by key
    on conflict (key) do update set seen_at = excluded.seen_at, until = excluded.until
      where life_keys.until <= excluded.seen_at or exists (select 1 from life l where l.anew and l.key = life_keys.key)
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
      select coalesce(bool_and(l.key not in (select key from fresh)) filter (where not l.level), false) as repeated
      from life l where l.uplink = g.n - 1
    ) r
  )${withStates ? statesPart(30) : ''}
  select (select count(*)::int from put) as fresh, ${toldOf(withStates)}`;

const statements: ReadonlyMap<string, string> = new Map(
  [false, true].flatMap((withStates) => [
    [`plain ${withStates}`, plainCommit(withStates)] as const,
    [`life ${withStates}`, lifeCommit(withStates)] as const,
  ]),
);

/**
 * One group commit in one statement: raw uplinks with their outcomes, a log row per partition, an inbox row per life event that is
 * no retransmission. Returns how many life events were new. When it resolves, everything is durable.
 */
export async function writeCommit(pool: pg.Pool, commit: Commit): Promise<number> {
  const withStates = anyState(commit.states) || commit.resets.length > 0;
  const name = `${commit.life.length > 0 ? 'life' : 'plain'} ${withStates}`;
  const result = await pool.query<{ fresh: number }>({
    name: `ingest ${name}`,
    text: statements.get(name) ?? '',
    values: [
      ...uplinkValues(commit.uplinks),
      [...commit.log.keys()],
      [...commit.log.values()],
      ...(commit.life.length > 0 ? lifeValues(commit.life) : []),
      ...(withStates ? stateValues(commit) : []),
    ],
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
    rows.map((r) => clean(r.key)),
    rows.map((r) => iso(r.event.receivedAt + r.windowMs)),
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
    rows.map((r) => r.level),
    rows.map((r) => r.anew),
  ];
}

function stateValues({ states: { online, positions }, resets }: Commit): unknown[][] {
  return [
    online.map((o) => o.deviceId),
    online.map((o) => o.online),
    online.map((o) => iso(o.at)),
    positions.map((p) => p.deviceId),
    positions.map((p) => p.signal),
    positions.map((p) => clean(p.channel)),
    positions.map((p) => clean(p.value)),
    positions.map((p) => iso(p.at)),
    resets.map((r) => clean(r.key)),
    resets.map((r) => iso(r.at)),
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
