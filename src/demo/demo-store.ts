import { sql } from 'kysely';
import { createAccount } from '../people/account-store.ts';
import { addDeskMember, insertGrid } from '../people/grid-store.ts';
import { insertShift } from '../people/roster-store.ts';
import type { Db, Trx } from '../platform/database.ts';
import { binhu } from './binhu.ts';
import { type SeededGateway, type SeededSensor, seedNeighbourhood } from './binhu-store.ts';
import { type Ids, idOf } from './ids.ts';
import { maoqi } from './maoqi.ts';
import { DEMO_PASSWORD } from './maoqi-people.ts';
import { type DemoDevice, seedElders } from './maoqi-store.ts';

export interface SeededDemo {
  accounts: { login: string; name: string; roles: string[]; password: string }[];
  /** Wristbands of the village. */
  devices: DemoDevice[];
  /** Zigbee2MQTT gateways and native sensors of the neighbourhood. */
  gateways: SeededGateway[];
  sensors: SeededSensor[];
}

type HashPassword = (password: string) => Promise<string>;

const allGrids = [...maoqi.grids, ...binhu.grids];
const allAccounts = [...maoqi.accounts, ...binhu.accounts];
const allShifts = [...maoqi.shifts, ...binhu.shifts];

/**
 * Writes the demo village and neighbourhood into a database that has no account yet, in one transaction; does nothing to any other and
 * returns undefined. Secrets of devices exist only in what is returned.
 */
export function seedDemo(
  db: Db,
  { hashPassword }: { hashPassword: HashPassword },
): Promise<SeededDemo | undefined> {
  return db.transaction().execute(async (trx) => {
    // Of two processes that start at once the second waits here, and then finds the accounts of the first.
    await sql`lock table accounts in share row exclusive mode`.execute(trx);
    const first = await trx.selectFrom('accounts').select('id').limit(1).executeTakeFirst();
    if (first) return undefined;
    const grids = await seedGrids(trx);
    const accounts = await seedAccounts(trx, grids, hashPassword);
    await seedShifts(trx, grids, accounts);
    const devices = await seedElders(trx, grids, accounts);
    const { gateways, sensors } = await seedNeighbourhood(trx, grids, accounts);
    return {
      accounts: allAccounts.map(({ login, name, roles }) => ({
        login,
        name,
        roles,
        password: DEMO_PASSWORD,
      })),
      devices,
      gateways,
      sensors,
    };
  });
}

async function seedGrids(trx: Trx): Promise<Ids> {
  const ids = new Map<string, number>();
  for (const { level, code, parent, name, ring } of allGrids) {
    const polygon = { type: 'Polygon' as const, coordinates: [ring.map((point) => [...point])] };
    const parentId = parent === null ? null : idOf(ids, parent);
    ids.set(code, await insertGrid(trx, { parentId, level, code, name, polygon }));
  }
  return ids;
}

async function seedAccounts(trx: Trx, grids: Ids, hashPassword: HashPassword): Promise<Ids> {
  const ids = new Map<string, number>();
  const hashes = await Promise.all(allAccounts.map(() => hashPassword(DEMO_PASSWORD)));
  for (const [i, { login, name, roles, phone, desk }] of allAccounts.entries()) {
    const account = await createAccount(trx, { login, name, roles, phone, passwordHash: hashes[i] ?? '' });
    ids.set(login, account.id);
    if (desk) await addDeskMember(trx, idOf(grids, desk), account.id);
  }
  for (const { grid, login } of binhu.desks) await addDeskMember(trx, idOf(grids, grid), idOf(ids, login));
  return ids;
}

async function seedShifts(trx: Trx, grids: Ids, accounts: Ids): Promise<void> {
  for (const { grid, login, ...shift } of allShifts)
    await insertShift(trx, { ...shift, gridId: idOf(grids, grid), accountId: idOf(accounts, login) });
}
