import { type Kysely, sql } from 'kysely';

/** What one physical unit is known by in whatever language it speaks: MAC address, EUI-64 or IMEI, from its native id. Commands by device. */
const statements = `
alter table devices add column hardware_id text;
update devices set hardware_id = case
  when native_id ~ '^[0-9]{15}$' then native_id
  when native_id ~* '^0x([0-9a-f]{12}|[0-9a-f]{16})$' then lower(substr(native_id, 3))
  when native_id ~* '^([0-9a-f]{12}|[0-9a-f]{16})$' and native_id ~* '[a-f]' then lower(native_id)
end;
create index on devices (hardware_id) where active and hardware_id is not null;
create index on downlinks (device_id, id);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db);
}
