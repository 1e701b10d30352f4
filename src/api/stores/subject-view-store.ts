import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../../platform/database.ts';
import type { Visible } from '../authorisation.ts';

export interface SubjectRow {
  id: number;
  kind: 'elder' | 'child';
  name: string;
  sex: 'female' | 'male' | null;
  birth_year: number | null;
  phone: string | null;
  home_address: string | null;
  home_latitude: number | null;
  home_longitude: number | null;
  home_grid_id: number | null;
  grid_name: string | null;
  lives_alone: boolean;
  mobility: 'normal' | 'impaired';
  care_notes: string | null;
  traits: string[];
  watch_home: boolean;
  home_radius_m: number | null;
  open_incident_id: number | null;
  devices: SubjectDevice[];
  alerts: SubjectAlert[];
  family: { id: number; name: string; phone: string | null; relation: string }[];
}

/** The most recently heard of first; times in milliseconds. */
export interface SubjectDevice {
  id: number;
  protocol: string;
  model: string | null;
  nativeId: string;
  battery: number | null;
  lastSeenAt: number | null;
  assignedAt: number | null;
}

export interface SubjectAlert {
  id: number;
  kind: string;
  severity: string;
  firedAt: number;
  /** What it rests on. */
  signal: string | null;
}

/** Milliseconds, inside of JSON. */
const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`;

/** Wearers in the order of their ids: those that `visible` names, or one. */
export async function readSubjects(
  db: Queryable,
  which: { visible: Visible } | { id: number },
): Promise<SubjectRow[]> {
  const { rows } = await sql<SubjectRow>`
    select s.*, g.name as grid_name,
      (select i.id from incidents i where i.subject_id = s.id and i.status not in ('resolved', 'closed')
        order by i.severity = 'critical' desc, i.id limit 1) as open_incident_id,
      coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'protocol', d.protocol, 'model', d.model,
          'nativeId', d.native_id, 'battery', b.number, 'lastSeenAt', ${ms('d.last_seen_at')}, 'assignedAt', ${ms('d.assigned_at')})
          order by d.last_seen_at desc nulls last, d.id)
        from devices d left join latest_readings b on b.device_id = d.id and b.signal = 'battery' and b.channel = ''
        where d.subject_id = s.id and d.active), '[]') as devices,
      coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'severity', a.severity,
          'firedAt', ${ms('a.fired_at')}, 'signal', a.evidence ->> 'signal') order by a.fired_at)
        from alerts a where a.subject_id = s.id and a.state = 'firing'), '[]') as alerts,
      coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'phone', p.phone, 'relation', m.relation)
          order by m.guardian desc, m.created_at, p.id)
        from subject_members m join accounts p on p.id = m.account_id and p.active
        where m.subject_id = s.id), '[]') as family
    from subjects s left join grids g on g.id = s.home_grid_id
    where ${'id' in which ? sql`s.id = ${which.id}` : selects(which.visible)}
    order by s.id`.execute(db);
  return rows;
}

function selects(visible: Visible): RawBuilder<unknown> {
  if (visible.everything) return sql`true`;
  return sql`(s.id = any(${[...visible.subjectIds]}::bigint[])
    or s.home_grid_id = any(${[...visible.gridIds]}::bigint[])
    or (${visible.unplaced} and s.home_grid_id is null))`;
}
