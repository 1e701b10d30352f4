import { registerDevice } from '../devices/device-store.ts';
import { addMember, createSubject } from '../people/subject-store.ts';
import type { Trx } from '../platform/database.ts';
import { type Ids, idOf } from './ids.ts';
import { gridOfGroup, maoqi } from './maoqi.ts';
import { type DemoBand, type DemoElder, shortId } from './maoqi-elders.ts';

/** A wristband of the demo as the simulator's credentials file names it. */
export interface DemoDevice {
  protocol: 'watch' | 'native';
  id: string;
  secret?: string;
  name: string;
  home: { latitude: number; longitude: number };
  part?: string;
  unregistered?: boolean;
}

/** Elders with their families and wristbands, and the band that nobody has registered. */
export async function seedElders(trx: Trx, grids: Ids, accounts: Ids): Promise<DemoDevice[]> {
  const devices: DemoDevice[] = [];
  for (const elder of maoqi.elders) {
    const gridId = idOf(grids, gridOfGroup(elder.group));
    const subjectId = await createSubject(trx, subjectOf(elder, gridId));
    for (const { login, relation } of familyOf(elder.name))
      await addMember(trx, { subjectId, accountId: idOf(accounts, login), relation, guardian: true });
    if (elder.band) devices.push(await seedBand(trx, elder, elder.band, { subjectId, gridId }));
  }
  return [...devices, spareDevice()];
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
