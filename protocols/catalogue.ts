import { buildingFamilies } from './catalogue/buildings.ts';
import { lorawanFamilies } from './catalogue/lorawan.ts';
import { type CatalogueModel, modelsOf } from './catalogue/model.ts';
import { wearableFamilies } from './catalogue/wearables.ts';
import { zigbeeFamilies } from './catalogue/zigbee.ts';

/** The models that GridGuard knows by name. A device of another model speaks all the same: its language decides, not its name. */
export const catalogue: readonly CatalogueModel[] = modelsOf([
  ...wearableFamilies,
  ...zigbeeFamilies,
  ...lorawanFamilies,
  ...buildingFamilies,
]);
