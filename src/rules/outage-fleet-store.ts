import { type RawBuilder, sql } from 'kysely';
import { CHINA_MCC, operators } from '../model/operators.ts';
import { at } from '../platform/database.ts';
import type { IntakeGap } from '../platform/intake-times-store.ts';

/** How long a device may say nothing, by its model where that is known, else by its protocol; milliseconds. */
export interface AllowedSilence {
  byProtocol: ReadonlyMap<string, number>;
  byModel: readonly { protocol: string; model: string; everyMs: number }[];
}

/** What the look at a fleet depends on. */
export interface Look {
  now: number;
  silences: AllowedSilence;
  /** When nobody of us listened. */
  gaps: readonly IntakeGap[];
}

/** From this share of the silence that it is allowed a device counts as silent together with others. */
const NEARLY = 0.5;
/** Said to be offline this long before the first that is due: that was another reason. */
const TOGETHER_MS = 3_600_000;
/** What was on its way may be heard after the word that a device is gone. */
const LAST_WORD_MS = 60_000;

/** Operators by the code of their network. */
const networks = JSON.stringify(
  Object.fromEntries(operators.flatMap(({ code, networks: of }) => of.map((mnc) => [mnc, code]))),
);

/**
 * Rows `fleet (id, gateway_key, building_id, estate_id, grid_id, operator, protocol, last_seen_at, allowed_ms, silent_ms, off_at)` of every active
 * device that was ever heard, to stand after `with recursive`. The operator is the one that somebody wrote, else that of the cell it last named.
 */
export function fleetRows({ now, silences, gaps }: Look): RawBuilder<unknown> {
  const languages = JSON.stringify(Object.fromEntries(silences.byProtocol));
  const models = JSON.stringify(
    Object.fromEntries(
      silences.byModel.map(({ protocol, model, everyMs }) => [`${protocol} ${model}`, everyMs]),
    ),
  );
  const at_ = (times: number[]) => times.map((ms) => new Date(ms).toISOString());
  return sql`
    known as materialized (select ${languages}::jsonb as languages, ${models}::jsonb as models, ${networks}::jsonb as networks),
    places as (
      select id, site_id, grid_id, case when kind = 'building' then id end as building_id from assets where parent_id is null
      union all
      select a.id, a.site_id, coalesce(a.grid_id, p.grid_id), case when a.kind = 'building' then a.id else p.building_id end
      from assets a join places p on p.id = a.parent_id
    ),
    fleet as materialized (
      select d.id, d.protocol, d.last_seen_at,
        coalesce(d.gateway_id, case when d.topic_prefix is not null then d.id end) as gateway_key,
        p.building_id, p.site_id as estate_id, coalesce(p.grid_id, s.home_grid_id, d.grid_id, gw.grid_id) as grid_id,
        coalesce(d.operator, case when scan.value #>> '{cells,0,mcc}' = ${String(CHINA_MCC)}
          then (select networks from known) ->> (scan.value #>> '{cells,0,mnc}') end) as operator,
        coalesce((select models from known) ->> (d.protocol || ' ' || lower(d.model)), (select languages from known) ->> d.protocol)::float8 as allowed_ms,
        extract(epoch from ${at(now)}::timestamptz - d.last_seen_at)::float8 * 1000 - deaf.ms as silent_ms,
        greatest(case when not d.online then d.online_changed_at end, case when not gw.online then gw.online_changed_at end) as off_at
      from devices d
      left join devices gw on gw.id = d.gateway_id
      left join subjects s on s.id = d.subject_id
      left join places p on p.id = coalesce(d.asset_id, gw.asset_id)
      left join latest_readings scan on scan.device_id = d.id and scan.signal = 'network_scan' and scan.channel = ''
      left join lateral (
        select coalesce(sum(extract(epoch from g.ended - greatest(g.began, d.last_seen_at))::float8 * 1000) filter (where g.ended > d.last_seen_at), 0) as ms
        from unnest(${at_(gaps.map(({ from }) => from))}::timestamptz[], ${at_(gaps.map(({ to }) => to))}::timestamptz[]) g (began, ended)
      ) deaf on true
      where d.active and d.last_seen_at is not null
    )`;
}

/** What the device of row `f` may share with others. */
const keys: readonly (readonly [scope: string, key: RawBuilder<string | null>])[] = [
  ['gateway', sql`f.gateway_key::text`],
  ['building', sql`f.building_id::text`],
  ['estate', sql`f.estate_id::text`],
  ['grid', sql`f.grid_id::text`],
  ['operator', sql`f.operator`],
  ['platform', sql`f.protocol`],
  ['everything', sql`'*'`],
];

/** A row source `(scope, key)` of what the device of row `f` shares with others, for `cross join lateral`. */
export const groupsOf: RawBuilder<unknown> = sql`(
  select * from (values ${sql.join(keys.map(([scope, key]) => sql`(${sql.lit(scope)}, ${key})`))}) shared (scope, key)
  where key is not null
)`;

/** The devices of rows `wanted (scope, key)` with these columns of theirs: a join for each scope, which is cheaper than a look at each device. */
export const devicesOf = (columns: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql.join(
    keys.map(
      ([scope, key]) => sql`
      select w.scope, w.key, ${columns} from wanted w join fleet f on ${key} = w.key where w.scope = ${sql.lit(scope)}`,
    ),
    sql` union all `,
  );

/**
 * Whether the device of row `f` fell silent together with those that were last heard at `since` or later: half of what it is allowed has passed,
 * or it or its gateway was said to be gone.
 */
export const isQuiet = (since: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`(
  coalesce(f.off_at >= f.last_seen_at - ${LAST_WORD_MS} * interval '1 ms' and f.off_at >= ${since} - ${TOGETHER_MS} * interval '1 ms', false)
  or coalesce(f.silent_ms >= ${NEARLY} * f.allowed_ms and f.last_seen_at >= ${since} - f.allowed_ms * interval '1 ms', false))`;
