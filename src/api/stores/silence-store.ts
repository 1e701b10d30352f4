import { sql } from 'kysely';
import { at } from '../../platform/database.ts';
import type { Silences } from '../silence.ts';

/** Joins to devices `d` how long each may say nothing; `isSilent` asks it. */
export function withSilence({ byProtocol, byModel }: Silences) {
  return sql`
    left join unnest(${[...byProtocol.keys()]}::text[], ${[...byProtocol.values()]}::float8[])
      as language (protocol, every_ms) on language.protocol = d.protocol
    left join unnest(${byModel.map(({ protocol }) => protocol)}::text[], ${byModel.map(({ model }) => model)}::text[],
        ${byModel.map(({ everyMs }) => everyMs)}::float8[])
      as known (protocol, model, every_ms) on known.protocol = d.protocol and known.model = lower(d.model)`;
}

/** Of a device `d` that was joined `withSilence`. */
export function isSilent(now: number) {
  return sql<boolean>`(d.last_seen_at is null or d.last_seen_at
    < ${at(now)}::timestamptz - coalesce(known.every_ms, language.every_ms) * interval '1 millisecond')`;
}
