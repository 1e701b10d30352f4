import { type Kysely, sql } from 'kysely';

/** Assets, companies, gateways with what they taught, and alerts by channel. */
const statements = `
create table companies (
  id bigint generated always as identity primary key,
  code text not null unique,
  name text not null,
  phone text,
  created_at timestamptz not null default now()
);
create table company_members (
  company_id bigint not null references companies (id) on delete cascade,
  account_id bigint not null references accounts (id),
  duty text not null check (duty in ('manager', 'repairer')),
  primary key (company_id, account_id)
);
create index on company_members (account_id);
create table company_shifts (
  id bigint generated always as identity primary key,
  company_id bigint not null references companies (id) on delete cascade,
  account_id bigint not null references accounts (id),
  weekday int not null check (weekday between 1 and 7),
  from_minute int not null check (from_minute between 0 and 1439),
  to_minute int not null check (to_minute between 1 and 1440),
  check (from_minute < to_minute)
);
create index on company_shifts (company_id, weekday);

create table assets (
  id bigint generated always as identity primary key,
  parent_id bigint references assets (id),
  site_id bigint not null references assets (id) deferrable initially deferred,
  kind text not null check (kind in ('estate', 'building', 'floor', 'unit', 'pipe', 'valve', 'manhole', 'bin', 'breaker', 'panel', 'room')),
  code text not null unique,
  name text not null,
  grid_id bigint references grids (id),
  company_id bigint references companies (id),
  address text,
  latitude double precision,
  longitude double precision,
  remote_switch text not null default 'manual' check (remote_switch in ('never', 'manual', 'automatic')),
  created_at timestamptz not null default now()
);
create index on assets (parent_id);
create index on assets (site_id);
create index on assets (grid_id);
create index on assets (company_id);

alter table devices
  add column asset_id bigint references assets (id),
  add column gateway_id bigint references devices (id),
  add column topic_prefix text,
  add column vendor text,
  add column online boolean,
  add column online_changed_at timestamptz;
create index on devices (asset_id);
create index on devices (gateway_id);
create unique index devices_topic_prefix on devices (topic_prefix) where active and topic_prefix is not null;

create table gateway_children (
  gateway_id bigint not null references devices (id) on delete cascade,
  native_id text not null,
  name text,
  model text,
  vendor text,
  primary key (gateway_id, native_id)
);
create index on gateway_children (native_id);
create table protocol_sessions (
  protocol text not null,
  native_id text not null,
  session jsonb not null,
  updated_at timestamptz not null,
  primary key (protocol, native_id)
);
create table leases (
  name text primary key,
  owner text not null,
  epoch bigint not null default 1,
  until timestamptz not null
);

alter table unknown_devices add column gateway_native_id text, add column description text;
alter table downlinks add column confirm jsonb, add column ticket_id bigint;
create index on downlinks (device_id) where state = 'sent' and confirm is not null;

alter table alerts
  add column channel text not null default '',
  add column asset_id bigint,
  add column fault_class text,
  add column ticket_id bigint;
drop index alerts_one_firing;
create unique index alerts_one_firing on alerts (rule, protocol, native_id, channel) where state = 'firing';
create index on alerts (device_id, fired_at);
create index on alerts (asset_id, fired_at) where asset_id is not null;

alter table incidents add column asset_id bigint references assets (id);
create index on incidents (asset_id) where asset_id is not null;

drop index rule_states_scope_idx;
create index on rule_states (split_part(scope, '/', 1));
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
