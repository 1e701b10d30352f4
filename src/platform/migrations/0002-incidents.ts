import { type Kysely, sql } from 'kysely';

/** Incidents with their time lines, the outbox, the access log. */
const statements = `
create table incidents (
  id bigint generated always as identity primary key,
  kind text not null,
  severity text not null check (severity in ('critical', 'warning', 'info')),
  status text not null check (status in ('raised', 'notified', 'acknowledged', 'en_route', 'on_scene', 'resolved', 'closed')),
  dedup_key text not null,
  subject_id bigint references subjects (id),
  device_id bigint,
  protocol text not null,
  native_id text not null,
  source text not null default '',
  grid_id bigint references grids (id),
  responsible_by text not null check (responsible_by in ('fix', 'home', 'registration', 'none')),
  location jsonb,
  address text,
  presses int not null default 1,
  late boolean not null default false,
  raised_at timestamptz not null,
  observed_at timestamptz not null,
  last_press_at timestamptz not null,
  owner_id bigint references accounts (id),
  hand_over_to bigint references accounts (id),
  eta_at timestamptz,
  notified_at timestamptz,
  acknowledged_at timestamptz,
  en_route_at timestamptz,
  on_scene_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  outcome text,
  note text,
  policy jsonb not null,
  next_step int not null default 0,
  next_step_at timestamptz,
  lease_until timestamptz,
  evidence jsonb not null
);
create unique index incidents_one_open on incidents (dedup_key) where status not in ('resolved', 'closed');
create index on incidents (next_step_at) where next_step_at is not null;
create index on incidents (lease_until) where lease_until is not null;
create index on incidents (subject_id, raised_at);
create index on incidents (status, raised_at);
create index on incidents (dedup_key, resolved_at);
create index on incidents (source, raised_at) where device_id is null;
create index on incidents (owner_id);

create table timeline (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incidents (id),
  at timestamptz not null,
  kind text not null,
  actor_id bigint references accounts (id),
  detail jsonb not null
);
create index on timeline (incident_id, id);

create table notifications (
  id bigint generated always as identity primary key,
  incident_id bigint references incidents (id),
  alert_id bigint references alerts (id),
  account_id bigint references accounts (id),
  channel text not null,
  template text not null,
  step int,
  why text not null,
  payload jsonb not null,
  state text not null check (state in ('queued', 'accepted', 'delivered', 'rung', 'answered', 'read', 'acknowledged', 'failed')),
  reason text,
  attempts int not null default 0,
  due_at timestamptz,
  claimed_until timestamptz,
  provider_id text,
  created_at timestamptz not null,
  sent_at timestamptz,
  updated_at timestamptz not null
);
create index on notifications (due_at) where due_at is not null;
create index on notifications (incident_id, id);
create index on notifications (account_id, created_at);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  account_id bigint references accounts (id),
  action text not null,
  subject_id bigint,
  incident_id bigint,
  device_id bigint,
  detail jsonb not null
);
create index on audit (at);
create index on audit (subject_id, at);

create table incident_uplinks (
  incident_id bigint not null references incidents (id),
  uplink_id bigint not null,
  received_at timestamptz not null,
  device_id bigint,
  protocol text not null,
  transport text not null,
  native_id text,
  source text not null,
  topic text,
  command text not null,
  outcome text not null,
  reason text,
  reading_count int not null,
  bytes bytea not null,
  primary key (incident_id, uplink_id)
);
create index on incident_uplinks (received_at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
create trigger timeline_append_only before update or delete on timeline for each row execute function refuse_change();
create trigger audit_append_only before update on audit for each row execute function refuse_change();
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
