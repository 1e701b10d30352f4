import { type Kysely, sql } from 'kysely';

/** What is known of wearers and matters to rules, when we listened at all, and what fell silent together. */
const statements = `
alter table subjects
  add column traits text[] not null default '{}',
  add column watch_home boolean not null default false,
  add column home_radius_m int check (home_radius_m between 30 and 20000);
alter table devices add column operator text;

create table intake_times (
  began_at timestamptz primary key,
  ended_at timestamptz not null,
  check (began_at <= ended_at)
);
create table outages (
  id bigint generated always as identity primary key,
  scope text not null check (scope in ('building', 'estate', 'grid', 'operator', 'platform', 'everything')),
  scope_key text not null,
  incident_id bigint not null references incidents (id),
  began_at timestamptz not null,
  ended_at timestamptz
);
create unique index outages_one_open on outages (scope, scope_key) where ended_at is null;
create index on outages (incident_id);
create table outage_devices (
  outage_id bigint not null references outages (id),
  device_id bigint not null references devices (id) on delete cascade,
  silent_since timestamptz not null,
  back_at timestamptz,
  held jsonb not null default '[]',
  primary key (outage_id, device_id)
);
create index on outage_devices (device_id) where back_at is null;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
