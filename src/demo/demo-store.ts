import { sql } from 'kysely';
import { registerDevice } from '../devices/device-store.ts';
import { createAccount } from '../people/account-store.ts';
import { addDeskMember, insertGrid } from '../people/grid-store.ts';
import { insertShift } from '../people/roster-store.ts';
import { addMember, createSubject } from '../people/subject-store.ts';
import type { Db, Trx } from '../platform/database.ts';
import { gridOfGroup, maoqi } from './maoqi.ts';
import { type DemoBand, type DemoElder, shortId } from './maoqi-elders.ts';
import { DEMO_PASSWORD } from './maoqi-people.ts';

/** A device of the demo as the simulator's credentials file names it. */
export interface DemoDevice {
  protocol: 'watch' | 'native';
  id: string;
  secret?: string;
  name: string;
  home: { latitude: number; longitude: number };
  part?: string;
  unregistered?: boolean;
}

export interface SeededDemo {
  accounts: { login: string; name: string; roles: string[]; password: string }[];
  devices: DemoDevice[];
}

/**
 * Writes the demo village into a database that has no account yet, in one transaction; does nothing to any other and returns
 * undefined. Secrets of devices exist only in what is returned.
 */
export function seedDemo(
  db: Db,
  { hashPassword }: { hashPassword: (password: string) => Promise<string> },
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
    return {
      accounts: maoqi.accounts.map(({ login, name, roles }) => ({
        login,
        name,
        roles,
        password: DEMO_PASSWORD,
      })),
      devices: [...devices, spareDevice()],
    };
  });
}

type Ids = ReadonlyMap<string, number>;

function idOf(ids: Ids, key: string): number {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`the demo names ${key}, which it does not have`);
  return id;
}

async function seedGrids(trx: Trx): Promise<Ids> {
  const ids = new Map<string, number>();
  for (const { level, code, parent, name, ring } of maoqi.grids) {
    const polygon = { type: 'Polygon' as const, coordinates: [ring.map((point) => [...point])] };
    const parentId = parent === null ? null : idOf(ids, parent);
    ids.set(code, await insertGrid(trx, { parentId, level, code, name, polygon }));
  }
  return ids;
}

async function seedAccounts(
  trx: Trx,
  grids: Ids,
  hashPassword: (password: string) => Promise<string>,
): Promise<Ids> {
  const ids = new Map<string, number>();
  for (const { login, name, roles, phone, desk } of maoqi.accounts) {
    const passwordHash = await hashPassword(DEMO_PASSWORD);
    const account = await createAccount(trx, { login, name, roles, phone, passwordHash });
    ids.set(login, account.id);
    if (desk) await addDeskMember(trx, idOf(grids, desk), account.id);
  }
  return ids;
}

async function seedShifts(trx: Trx, grids: Ids, accounts: Ids): Promise<void> {
  for (const { grid, login, ...shift } of maoqi.shifts)
    await insertShift(trx, { ...shift, gridId: idOf(grids, grid), accountId: idOf(accounts, login) });
}

async function seedElders(trx: Trx, grids: Ids, accounts: Ids): Promise<DemoDevice[]> {
  const devices: DemoDevice[] = [];
  for (const elder of maoqi.elders) {
    const gridId = idOf(grids, gridOfGroup(elder.group));
    const subjectId = await createSubject(trx, subjectOf(elder, gridId));
    for (const { login, relation } of familyOf(elder.name))
      await addMember(trx, { subjectId, accountId: idOf(accounts, login), relation, guardian: true });
    if (elder.band) devices.push(await seedBand(trx, elder, elder.band, { subjectId, gridId }));
  }
  return devices;
}

function subjectOf(elder: DemoElder, homeGridId: number) {
  const { name, sex, birthYear, address, latitude, longitude, livesAlone, mobility, careNotes } = elder;
  return {
    kind: 'elder' as const,
    name,
    sex,
    birthYear,
    homeAddress: address,
    homeLatitude: latitude,
    homeLongitude: longitude,
    homeGridId,
    livesAlone,
    mobility,
    careNotes,
  };
}

function familyOf(elder: string): { login: string; relation: string }[] {
  return maoqi.accounts.flatMap(({ login, familyOf: ties = [] }) =>
    ties.filter((tie) => tie.elder === elder).map(({ relation }) => ({ login, relation })),
  );
}

async function seedBand(
  trx: Trx,
  elder: DemoElder,
  band: DemoBand,
  of: { subjectId: number; gridId: number },
): Promise<DemoDevice> {
  const { secret } = await registerDevice(trx, {
    protocol: band.protocol,
    nativeId: band.nativeId,
    aliases: band.protocol === 'watch' ? [shortId(band.nativeId)] : [],
    name: `${elder.name}的手环`,
    ...of,
    withSecret: band.protocol === 'native',
  });
  return {
    protocol: band.protocol,
    id: band.wireId,
    ...(secret === null ? {} : { secret }),
    name: elder.name,
    home: { latitude: elder.latitude, longitude: elder.longitude },
    ...(band.part ? { part: band.part } : {}),
  };
}

function spareDevice(): DemoDevice {
  const { wireId, latitude, longitude } = maoqi.spareBand;
  return {
    protocol: 'watch',
    id: wireId,
    name: '未登记的新手环',
    home: { latitude, longitude },
    unregistered: true,
  };
}
