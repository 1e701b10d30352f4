import { sql } from 'kysely';
import { at, type Db } from './database.ts';

/**
 * Takes the lease where nobody holds it, or prolongs one's own; returns its epoch, which grows with every new holder and with every
 * gap, or undefined where somebody else holds it.
 */
export async function takeLease(
  db: Db,
  lease: { name: string; owner: string; now: number; until: number },
): Promise<number | undefined> {
  const { rows } = await sql<{ epoch: number }>`
    insert into leases (name, owner, until) values (${lease.name}, ${lease.owner}, ${at(lease.until)})
    on conflict (name) do update set
      owner = excluded.owner,
      until = excluded.until,
      epoch = leases.epoch + case when leases.owner = excluded.owner and leases.until >= ${at(lease.now)} then 0 else 1 end
    where leases.owner = excluded.owner or leases.until < ${at(lease.now)}
    returning epoch`.execute(db);
  return rows[0]?.epoch;
}

/** Gives the lease back, so that nobody has to wait for its end. */
export async function releaseLease(
  db: Db,
  lease: { name: string; owner: string; now: number },
): Promise<void> {
  await db
    .updateTable('leases')
    .set({ until: at(lease.now - 1) })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .execute();
}
