import { type Kysely, sql } from 'kysely';

/** Every table of the rescue flow. Times are timestamptz; ids are bigints; what grows by the day is partitioned by the day. */
const statements = `
create table processes (
  id text primary key,
  roles text[] not null,
  seen_at timestamptz not null
);

create table log_partitions (
  id int primary key,
  next_no bigint not null default 1,
  owner text,
  epoch bigint not null default 0,
  lease_until timestamptz
);
create table log_cursors (
  partition int not null references log_partitions (id),
  consumer text not null,
  no bigint not null default 0,
  epoch bigint not null default 0,
  primary key (partition, consumer)
);
create table log (
  partition int not null,
  no bigint not null,
  payload text not null,
  committed_at timestamptz not null default now(),
  primary key (partition, no)
);
alter table log alter column payload set storage external;

create table grids (
  id bigint generated always as identity primary key,
  parent_id bigint references grids (id),
  level text not null check (level in ('city', 'street', 'community', 'grid')),
  code text not null unique,
  name text not null,
  polygon jsonb not null
);
create index on grids (parent_id);
create table grid_version (version bigint not null);
insert into grid_version values (1);
create function grids_changed() returns trigger language plpgsql as $$
begin
  update grid_version set version = version + 1;
  return null;
end $$;
create trigger grids_changed after insert or update or delete or truncate on grids
  for each statement execute function grids_changed();

create table accounts (
  id bigint generated always as identity primary key,
  login text not null unique,
  name text not null,
  phone text,
  email text,
  locale text not null default 'zh-CN',
  large_print boolean not null default false,
  roles text[] not null,
  password_hash text not null,
  webhook_url text,
  webhook_secret text,
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create table sessions (
  token_hash text primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on sessions (account_id);

create table desk_members (
  grid_id bigint not null references grids (id),
  account_id bigint not null references accounts (id),
  primary key (grid_id, account_id)
);
create table shifts (
  id bigint generated always as identity primary key,
  grid_id bigint not null references grids (id),
  account_id bigint not null references accounts (id),
  duty text not null check (duty in ('worker', 'deputy')),
  weekday int not null check (weekday between 1 and 7),
  from_minute int not null check (from_minute between 0 and 1439),
  to_minute int not null check (to_minute between 1 and 1440),
  check (from_minute < to_minute)
);
create index on shifts (grid_id, weekday);
create index on shifts (account_id);

create table subjects (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('elder', 'child')),
  name text not null,
  sex text check (sex in ('female', 'male')),
  birth_year int,
  phone text,
  home_address text,
  home_latitude double precision,
  home_longitude double precision,
  home_grid_id bigint references grids (id),
  lives_alone boolean not null default false,
  mobility text not null default 'normal' check (mobility in ('normal', 'impaired')),
  care_notes text,
  created_at timestamptz not null default now()
);
create table subject_members (
  subject_id bigint not null references subjects (id) on delete cascade,
  account_id bigint not null references accounts (id),
  relation text not null,
  guardian boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (subject_id, account_id)
);
create index on subject_members (account_id);

create table devices (
  id bigint generated always as identity primary key,
  protocol text not null,
  native_id text not null,
  name text,
  model text,
  subject_id bigint references subjects (id),
  grid_id bigint references grids (id),
  secret_salt text,
  secret_hash text,
  active boolean not null default true,
  registered_by bigint references accounts (id),
  created_at timestamptz not null default now(),
  assigned_at timestamptz,
  last_seen_at timestamptz,
  unique (protocol, native_id)
);
create index on devices (subject_id);
create table device_aliases (
  protocol text not null,
  alias text not null,
  device_id bigint not null references devices (id) on delete cascade,
  primary key (protocol, alias)
);
create table unknown_devices (
  protocol text not null,
  native_id text not null,
  source text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  uplinks bigint not null default 1,
  primary key (protocol, native_id)
);
create table claims (
  id bigint generated always as identity primary key,
  account_id bigint not null references accounts (id) on delete cascade,
  protocol text not null,
  native_id text not null,
  method text not null check (method in ('code', 'press')),
  code_hash text,
  attempts int not null default 0,
  state text not null check (state in ('open', 'proved', 'used', 'failed', 'expired')),
  draft jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on claims (protocol, native_id) where state = 'open';
create index on claims (account_id);

create table downlinks (
  id bigint generated always as identity primary key,
  protocol text not null,
  native_id text not null,
  device_id bigint references devices (id),
  command jsonb not null,
  state text not null check (state in ('queued', 'sent', 'acknowledged', 'failed', 'expired')),
  answered_by text,
  reason text,
  requested_by bigint references accounts (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  sent_at timestamptz,
  done_at timestamptz
);
create index on downlinks (protocol, native_id) where state in ('queued', 'sent');
create index on downlinks (expires_at) where state in ('queued', 'sent');

create table uplinks (
  id bigint generated always as identity,
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
  bytes bytea not null
) partition by range (received_at);
create index on uplinks using brin (received_at);
create index on uplinks (native_id, received_at);

create table readings (
  device_id bigint not null,
  signal text not null,
  channel text not null default '',
  observed_at timestamptz not null,
  received_at timestamptz not null,
  origin text not null,
  number double precision,
  value jsonb,
  primary key (device_id, signal, channel, observed_at)
) partition by range (observed_at);
create table latest_readings (
  device_id bigint not null,
  signal text not null,
  channel text not null default '',
  observed_at timestamptz not null,
  received_at timestamptz not null,
  origin text not null,
  number double precision,
  value jsonb,
  primary key (device_id, signal, channel)
) with (fillfactor = 70);

create table life_keys (
  key text primary key,
  seen_at timestamptz not null,
  until timestamptz not null
);
create index on life_keys (seen_at);
create table inbox (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  observed_at timestamptz not null,
  protocol text not null,
  native_id text not null,
  source text not null,
  device_id bigint,
  subject_id bigint,
  signal text not null,
  origin text not null,
  payload jsonb not null,
  claimed_until timestamptz,
  done_at timestamptz
);
create index on inbox (received_at) where done_at is null;
create index on inbox (done_at) where done_at is not null;

create table rule_states (
  rule text not null,
  scope text not null,
  partition int not null,
  state jsonb not null,
  due_at timestamptz,
  primary key (rule, scope)
);
create index on rule_states (scope);
create index on rule_states (partition, due_at) where due_at is not null;
create table alerts (
  id bigint generated always as identity primary key,
  rule text not null,
  kind text not null,
  severity text not null check (severity in ('critical', 'warning', 'info')),
  state text not null check (state in ('firing', 'resolved')),
  device_id bigint,
  subject_id bigint,
  native_id text not null,
  protocol text not null,
  fired_at timestamptz not null,
  resolved_at timestamptz,
  evidence jsonb not null,
  incident_id bigint
);
create unique index alerts_one_firing on alerts (rule, protocol, native_id) where state = 'firing';
create index on alerts (subject_id, fired_at);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
  await sql`insert into log_partitions (id) select generate_series(0, 7)`.execute(db);
  await sql`insert into log_cursors (partition, consumer)
    select id, consumer from log_partitions cross join (values ('rules'), ('telemetry')) c (consumer)`.execute(
    db,
  );
}
