import { type Kysely, sql } from 'kysely';

/** What did not become an alert because another one stood. */
const statements = `
create table held_alerts (
  rule text not null,
  device_id bigint not null references devices (id) on delete cascade,
  channel text not null default '',
  held_at timestamptz not null
);
create index on held_alerts (held_at);
create index on held_alerts (device_id);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
