import { binhuGateways, binhuSensors, type DemoGateway, type DemoSensor } from './binhu-devices.ts';
import { binhuAssets, type DemoAsset } from './binhu-estates.ts';
import { binhuGrids } from './binhu-grids.ts';
import { binhuAccounts, binhuCompanies, binhuDesks, binhuShifts, type DemoCompany } from './binhu-people.ts';
import type { DemoGrid } from './maoqi-grids.ts';
import type { DemoAccount, DemoShift } from './maoqi-people.ts';

export interface DemoNeighbourhood {
  grids: readonly DemoGrid[];
  accounts: readonly DemoAccount[];
  desks: readonly { grid: string; login: string }[];
  shifts: readonly DemoShift[];
  companies: readonly DemoCompany[];
  assets: readonly DemoAsset[];
  gateways: readonly DemoGateway[];
  sensors: readonly DemoSensor[];
}

/** The demo neighbourhood Binhu (滨湖) in the city of the village: 9 estates in 13 grids, 4 companies, 4 gateways. */
export const binhu: DemoNeighbourhood = {
  grids: binhuGrids,
  accounts: binhuAccounts,
  desks: binhuDesks,
  shifts: binhuShifts,
  companies: binhuCompanies,
  assets: binhuAssets,
  gateways: binhuGateways,
  sensors: binhuSensors,
};
