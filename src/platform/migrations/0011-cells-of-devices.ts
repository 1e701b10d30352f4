import { type Kysely, sql } from 'kysely';

/** Which cells devices named last is read of all of them at once, where many fell silent together. */
const statement = `create index latest_readings_network_scans on latest_readings (device_id)
  where signal = 'network_scan' and channel = ''`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}
