import { type Kysely, sql } from 'kysely';

/** What alerts and tickets turned out to be, and the report on the quality of alarms that reads them by time. */
const statements = `
alter table alerts
  add column finding text check (finding in ('real', 'false_press', 'device_fault', 'harmless', 'test')),
  add column found_by bigint references accounts (id),
  add column found_at timestamptz;
alter table tickets
  add column finding text check (finding in ('real', 'false_press', 'device_fault', 'harmless', 'test'));
create index on alerts (fired_at);
create index on incidents (raised_at);
create index on tickets (reported_at);
create index on notifications using brin (created_at) with (pages_per_range = 32, autosummarize = on);
create index on notifications (alert_id) where alert_id is not null;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
