import { type Kysely, sql } from 'kysely';

/** Tickets with their time lines, breaches, tasks and photos. */
const statements = `
create table tickets (
  id bigint generated always as identity primary key,
  dedup_key text not null,
  fault_class text not null,
  kind text not null,
  severity text not null check (severity in ('critical', 'warning', 'info')),
  status text not null check (status in ('reported', 'dispatched', 'accepted', 'in_progress', 'paused', 'finished', 'verified', 'closed')),
  level text not null check (level in ('property', 'community', 'city')),
  asset_id bigint references assets (id),
  device_id bigint references devices (id),
  protocol text not null,
  native_id text not null,
  channel text not null default '',
  grid_id bigint references grids (id),
  company_id bigint references companies (id),
  desk_grid_id bigint references grids (id),
  owner_id bigint references accounts (id),
  occurrences int not null default 1,
  reworks int not null default 0,
  returned boolean not null default false,
  observed_at timestamptz not null,
  reported_at timestamptz not null,
  last_fault_at timestamptz not null,
  recovered_at timestamptz,
  accepted_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  verified_at timestamptz,
  verified_by bigint references accounts (id),
  closed_at timestamptz,
  finished_by bigint references accounts (id),
  note text,
  policy jsonb not null,
  clock jsonb not null,
  due_at timestamptz,
  next_at timestamptz,
  reminded int not null default 0,
  request jsonb,
  paused_at timestamptz,
  paused_until timestamptz,
  paused_ms bigint not null default 0,
  extensions int not null default 0,
  rating int check (rating between 1 and 5),
  rating_note text,
  evidence jsonb not null
);
create unique index tickets_one_open on tickets (dedup_key) where status <> 'closed';
create index on tickets (next_at) where next_at is not null;
create index tickets_unwatched on tickets (id) where status <> 'closed' and next_at is null;
create index on tickets (dedup_key, closed_at);
create index on tickets (company_id, status);
create index on tickets (grid_id, status);
create index on tickets (device_id);
create index on tickets (asset_id);

create table ticket_timeline (
  id bigint generated always as identity primary key,
  ticket_id bigint not null references tickets (id),
  at timestamptz not null,
  kind text not null,
  actor_id bigint references accounts (id),
  detail jsonb not null
);
create index on ticket_timeline (ticket_id, id);

create table ticket_breaches (
  id bigint generated always as identity primary key,
  ticket_id bigint not null references tickets (id),
  at timestamptz not null,
  stage text not null check (stage in ('accept', 'finish')),
  level text not null check (level in ('property', 'community', 'city')),
  company_id bigint references companies (id),
  desk_grid_id bigint references grids (id),
  owner_id bigint references accounts (id),
  due_at timestamptz not null
);
create index on ticket_breaches (ticket_id);
create index on ticket_breaches (company_id, at);

create table ticket_tasks (
  id bigint generated always as identity primary key,
  ticket_id bigint not null references tickets (id),
  account_id bigint references accounts (id),
  company_id bigint references companies (id),
  assigned_by bigint references accounts (id),
  note text,
  created_at timestamptz not null,
  done_at timestamptz
);
create index on ticket_tasks (ticket_id);
create index on ticket_tasks (account_id) where done_at is null;
create index on ticket_tasks (company_id) where done_at is null;

create table ticket_photos (
  id bigint generated always as identity primary key,
  ticket_id bigint not null references tickets (id),
  at timestamptz not null,
  account_id bigint not null references accounts (id),
  stage text not null check (stage in ('before', 'after')),
  type text not null check (type in ('image/jpeg', 'image/png', 'image/webp')),
  bytes bytea not null
);
create index on ticket_photos (ticket_id);

alter table notifications add column ticket_id bigint references tickets (id);
create index on notifications (ticket_id, id) where ticket_id is not null;
alter table audit add column ticket_id bigint;
create index on alerts (ticket_id) where ticket_id is not null;

create table ticket_uplinks (like incident_uplinks including indexes);
alter table ticket_uplinks rename column incident_id to ticket_id;
alter table ticket_uplinks add foreign key (ticket_id) references tickets (id);

create trigger ticket_timeline_append_only before update or delete on ticket_timeline for each row execute function refuse_change();
create trigger ticket_breaches_append_only before update or delete on ticket_breaches for each row execute function refuse_change();

create function refuse_lower_level() returns trigger language plpgsql as $$
begin
  if array_position(array['property', 'community', 'city'], new.level) < array_position(array['property', 'community', 'city'], old.level) then
    raise exception 'a ticket never falls: % after %', new.level, old.level;
  end if;
  return new;
end $$;
create trigger tickets_only_rise before update of level on tickets for each row execute function refuse_lower_level();
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
