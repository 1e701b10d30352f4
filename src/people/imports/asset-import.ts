import type { Trx } from '../../platform/database.ts';
import { buildGridIndex } from '../grid-index.ts';
import { readGrids } from '../grid-store.ts';
import { applyAssetPlan, lockAllAssets, readCompanyCodes } from './asset-import-store.ts';
import { readAssetLines } from './asset-lines.ts';
import { planAssets } from './asset-plan.ts';
import type { ImportFile, ImportOutcome } from './import-fault.ts';
import type { ToWgs84 } from './places.ts';

/**
 * Brings assets in, in the caller's transaction: by code, so that the same file again changes nothing; what a line leaves empty stays. With
 * `dryRun` it only says what it would do.
 */
export async function importAssets(
  trx: Trx,
  file: ImportFile,
  by: { mayEdit(gridId: number | null): boolean; toWgs84: ToWgs84; dryRun: boolean },
): Promise<ImportOutcome> {
  const read = readAssetLines(file.rows, by.toWgs84);
  const assets = await lockAllAssets(trx);
  const grids = await readGrids(trx);
  const index = buildGridIndex(grids);
  const plan = planAssets(read.lines, {
    assets,
    companies: await readCompanyCodes(trx),
    grids: new Map(grids.map(({ code, id }) => [code, id])),
    gridAt: (point) => index.at(point),
    mayEdit: by.mayEdit,
  });
  if (!by.dryRun) await applyAssetPlan(trx, plan, assets);
  return {
    created: plan.inserts.length,
    updated: plan.updates.length,
    unchanged: plan.unchanged,
    faults: [...file.faults, ...read.faults, ...plan.faults].sort((a, b) => a.line - b.line),
  };
}
