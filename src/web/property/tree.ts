import type { AssetView } from '../../api/asset-schemas.ts';
import type { AssetKind } from '../../model/assets.ts';
import type { IconName } from '../ui/icons.tsx';

export interface AssetNode {
  asset: AssetView;
  inside: AssetNode[];
}

export const assetIcons: Readonly<Record<AssetKind, IconName>> = {
  estate: 'home',
  building: 'building',
  floor: 'list',
  unit: 'door',
  pipe: 'pipe',
  valve: 'valve',
  manhole: 'manhole',
  bin: 'bin',
  breaker: 'breaker',
  panel: 'bolt',
  room: 'door',
};

/** The trees of a flat list, each in the order of names as people count (2 before 10); whose parent is not there stands at the top. */
export function treesOf(assets: readonly AssetView[], locale: string): AssetNode[] {
  const nodes = new Map(assets.map((asset) => [asset.id, { asset, inside: [] as AssetNode[] }]));
  const tops: AssetNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.asset.parentId === null ? undefined : nodes.get(node.asset.parentId);
    (parent?.inside ?? tops).push(node);
  }
  const order = new Intl.Collator(locale, { numeric: true });
  const sort = (list: AssetNode[]) => list.sort((a, b) => order.compare(a.asset.name, b.asset.name));
  for (const node of nodes.values()) sort(node.inside);
  return sort(tops);
}

/** What fits the text, with everything above it; the whole below a place that fits itself. */
export function pruned(nodes: readonly AssetNode[], text: string): AssetNode[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...nodes];
  return nodes.flatMap((node) => {
    const { name, code, address } = node.asset;
    if ([name, code, address].some((field) => field?.toLowerCase().includes(wanted))) return [node];
    const inside = pruned(node.inside, wanted);
    return inside.length > 0 ? [{ ...node, inside }] : [];
  });
}

/** Ids of the asset and of everything below it. */
export function idsBelow(assets: readonly AssetView[], id: number): ReadonlySet<number> {
  const found = new Set([id]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const asset of assets) if (asset.parentId !== null && found.has(asset.parentId)) found.add(asset.id);
  }
  return found;
}

/** From the estate down to the parent of this asset. */
export function ancestorsOf(assets: readonly AssetView[], id: number): AssetView[] {
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const path: AssetView[] = [];
  let at = byId.get(byId.get(id)?.parentId ?? 0);
  while (at && !path.includes(at)) {
    path.unshift(at);
    at = byId.get(at.parentId ?? 0);
  }
  return path;
}

/** Whether somebody has to look there: the tree opens down to it by itself. */
export function isTroubled({ openTickets, silentDevices }: AssetView): boolean {
  return openTickets > 0 || silentDevices > 0;
}
