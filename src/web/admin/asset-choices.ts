import type { AssetView } from '../../api/asset-schemas.ts';
import { type AssetNode, treesOf } from '../property/tree.ts';

export interface AssetRow {
  asset: AssetView;
  depth: number;
}

/** The tree in the order in which it is read: each asset above those below it. */
export function assetRows(assets: readonly AssetView[], locale: string): AssetRow[] {
  const rows = (nodes: readonly AssetNode[], depth: number): AssetRow[] =>
    nodes.flatMap(({ asset, inside }) => [{ asset, depth }, ...rows(inside, depth + 1)]);
  return rows(treesOf(assets, locale), 0);
}

/** Choices of a select, indented as the tree. */
export function assetChoices(
  assets: readonly AssetView[],
  locale: string,
): { value: string; label: string }[] {
  return assetRows(assets, locale).map(({ asset, depth }) => ({
    value: String(asset.id),
    label: `${'　'.repeat(depth)}${asset.name}`,
  }));
}
