import { type Kysely, sql } from 'kysely';

/**
 * Versions of rules, and what a version on trial would have raised. A row of `rule_versions` is never changed: the last one of a rule
 * and lane is what holds, without a body where the rule was taken away or the trial ended. Its highest id is the generation of the set.
 */
const statements = `
create table rule_versions (
  id bigint generated always as identity primary key,
  rule text not null,
  shadow boolean not null default false,
  revision integer not null,
  version text,
  body text,
  tests text,
  origin text not null check (origin in ('file', 'page')),
  action text not null,
  account_id bigint references accounts (id),
  note text,
  created_at timestamptz not null,
  check ((version is null) = (body is null))
);
create unique index rule_versions_revision on rule_versions (rule, shadow, revision);

create table shadow_alerts (
  id bigint generated always as identity primary key,
  rule text not null,
  rule_version text,
  kind text not null,
  severity text not null check (severity in ('critical', 'warning', 'info')),
  state text not null check (state in ('firing', 'resolved')),
  device_id bigint,
  subject_id bigint,
  asset_id bigint,
  native_id text not null,
  protocol text not null,
  channel text not null default '',
  fault_class text,
  fired_at timestamptz not null,
  resolved_at timestamptz,
  withdrawn_at timestamptz,
  evidence jsonb not null
);
create unique index shadow_alerts_one_firing on shadow_alerts (rule, protocol, native_id, channel) where state = 'firing';
create index on shadow_alerts (rule, fired_at);
create index on shadow_alerts (fired_at);

alter table alerts add column rule_version text, add column withdrawn_at timestamptz;
create index on alerts (rule, fired_at);

alter table processes add column rules jsonb;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
