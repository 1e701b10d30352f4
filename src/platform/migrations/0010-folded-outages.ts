import { type Kysely, sql } from 'kysely';

/** An outage that a wider one explains. */
const statement = 'alter table outages add column into_id bigint references outages (id)';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}
