import { type Kysely, sql } from 'kysely';

/** A family does not know which language a wristband speaks: a claim may be of an id in any, with all of its spellings. */
const statements = `
alter table claims alter column protocol drop not null;
alter table claims add column native_ids text[];
update claims set native_ids = array[native_id];
alter table claims alter column native_ids set not null;
alter table claims drop column native_id;
create index on claims using gin (native_ids) where state = 'open';
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
