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

const networks = operators.flatMap(({ code, networks: of }) => of.map((mnc) => ({ code, mnc })));

/**
 * Rows `fleet (id, gateway_key, building_id, estate_id, grid_id, operator, protocol, last_seen_at, allowed_ms, silent_ms, off_at)` of every active
 * device that was ever heard, to stand after `with recursive`. The operator is the one that somebody wrote, else that of the cell it last named.
 */
export function fleetRows({ now, silences, gaps }: Look): RawBuilder<unknown> {
  const { byProtocol, byModel } = silences;
  const at_ = (times: number[]) => times.map((ms) => new Date(ms).toISOString());
  return sql`
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
        coalesce(d.operator, network.operator) as operator,
        coalesce(known.every_ms, language.every_ms) as allowed_ms,
        extract(epoch from ${at(now)}::timestamptz - d.last_seen_at) * 1000 - deaf.ms as silent_ms,
        greatest(case when not d.online then d.online_changed_at end, case when not gw.online then gw.online_changed_at end) as off_at
      from devices d
      left join devices gw on gw.id = d.gateway_id
      left join subjects s on s.id = d.subject_id
      left join places p on p.id = coalesce(d.asset_id, gw.asset_id)
      left join unnest(${[...byProtocol.keys()]}::text[], ${[...byProtocol.values()]}::float8[])
        as language (protocol, every_ms) on language.protocol = d.protocol
      left join unnest(${byModel.map(({ protocol }) => protocol)}::text[], ${byModel.map(({ model }) => model)}::text[],
          ${byModel.map(({ everyMs }) => everyMs)}::float8[])
        as known (protocol, model, every_ms) on known.protocol = d.protocol and known.model = lower(d.model)
      left join latest_readings scan on scan.device_id = d.id and scan.signal = 'network_scan' and scan.channel = ''
      left join unnest(${networks.map(({ mnc }) => mnc)}::int[], ${networks.map(({ code }) => code)}::text[])
        as network (mnc, operator) on scan.value #>> '{cells,0,mcc}' = ${String(CHINA_MCC)} and scan.value #>> '{cells,0,mnc}' = network.mnc::text
      left join lateral (
        select coalesce(sum(extract(epoch from g.ended - greatest(g.began, d.last_seen_at)) * 1000) filter (where g.ended > d.last_seen_at), 0) as ms
        from unnest(${at_(gaps.map(({ from }) => from))}::timestamptz[], ${at_(gaps.map(({ to }) => to))}::timestamptz[]) g (began, ended)
      ) deaf on true
      where d.active and d.last_seen_at is not null
    )`;
}

/** A row source `(scope, key)` of what the device of row `f` shares with others, for `cross join lateral`. */
export const groupsOf: RawBuilder<unknown> = sql`(
  select * from (values ('gateway', f.gateway_key::text), ('building', f.building_id::text), ('estate', f.estate_id::text),
    ('grid', f.grid_id::text), ('operator', f.operator), ('platform', f.protocol), ('everything', '*')) shared (scope, key)
  where key is not null
)`;

/**
 * Whether the device of row `f` fell silent together with those that were last heard at `since` or later: half of what it is allowed has passed,
 * or it or its gateway was said to be gone.
 */
export const isQuiet = (since: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`(
  coalesce(f.off_at >= f.last_seen_at - ${LAST_WORD_MS} * interval '1 ms' and f.off_at >= ${since} - ${TOGETHER_MS} * interval '1 ms', false)
  or coalesce(f.silent_ms >= ${NEARLY} * f.allowed_ms and f.last_seen_at >= ${since} - f.allowed_ms * interval '1 ms', false))`;
