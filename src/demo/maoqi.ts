import { type DemoElder, demoElders, shortId } from './maoqi-elders.ts';
import { type DemoGrid, demoGrids } from './maoqi-grids.ts';
import { type DemoAccount, type DemoShift, demoAccounts, demoShifts } from './maoqi-people.ts';

export interface DemoVillage {
  grids: readonly DemoGrid[];
  elders: readonly DemoElder[];
  accounts: readonly DemoAccount[];
  shifts: readonly DemoShift[];
  /** A wristband that lies switched on in a drawer, to be registered by a family member. */
  spareBand: { imei: string; wireId: string; latitude: number; longitude: number };
}

const SPARE_IMEI = '001017010046632';

/** The demo village Maoqi (茅圻) near Ezhou: 43 elders, 19 wristbands, 4 grids. */
export const maoqi: DemoVillage = {
  grids: demoGrids,
  elders: demoElders,
  accounts: demoAccounts,
  shifts: demoShifts,
  spareBand: { imei: SPARE_IMEI, wireId: shortId(SPARE_IMEI), latitude: 30.39246, longitude: 114.87879 },
};

/** Code of the grid that a group of the village lies in: two groups to a grid. */
export function gridOfGroup(group: number): string {
  return `EZ-LH-MQ-${Math.ceil(group / 2)}`;
}
