import { sql } from 'kysely';
import type { Queryable } from '../../platform/database.ts';

/** Whether the database answers. */
export async function isDatabaseUp(db: Queryable): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}
