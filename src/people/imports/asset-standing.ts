import type { Asset } from '../asset-store.ts';
import type { AssetLine } from './asset-lines.ts';

/** What there is already, and what the caller may do. */
export interface AssetWorld {
  /** All of them. */
  assets: readonly Asset[];
  companies: ReadonlyMap<string, number>;
  grids: ReadonlyMap<string, number>;
  gridAt(point: { latitude: number; longitude: number }): number | null;
  mayEdit(gridId: number | null): boolean;
}

/** An asset as it would stand. */
interface Node {
  code: string;
  parentCode: string | undefined;
  gridId: number | null;
}

/** The tree as it would be with these lines; with none, as it is. */
export interface Standing {
  has(code: string): boolean;
  /** The asset and what it stands in, itself first; up to where it meets itself again. */
  chain(code: string): Node[];
  /** Whether it would stand in itself. */
  isCircular(code: string): boolean;
  /** Its own grid, else that of the nearest it stands in. */
  gridOf(code: string): number | null;
  /** The same for what it stands in; undefined for a root. */
  gridAbove(code: string): number | null | undefined;
  codes(): Iterable<string>;
}

export function standingWith(lines: readonly AssetLine[], world: AssetWorld): Standing {
  const nodes = nodesOf(lines, world);
  const chain = (code: string): Node[] => {
    const found = new Map<string, Node>();
    for (let node = nodes.get(code); node && !found.has(node.code); node = nodes.get(node.parentCode ?? ''))
      found.set(node.code, node);
    return [...found.values()];
  };
  const nearest = (above: readonly Node[]): number | null =>
    above.find(({ gridId }) => gridId !== null)?.gridId ?? null;
  return {
    has: (code) => nodes.has(code),
    chain,
    isCircular: (code) => chain(code).at(-1)?.parentCode === code,
    gridOf: (code) => nearest(chain(code)),
    gridAbove(code) {
      const [, ...above] = chain(code);
      return above.length === 0 ? undefined : nearest(above);
    },
    codes: () => nodes.keys(),
  };
}

function nodesOf(lines: readonly AssetLine[], { assets, grids, gridAt }: AssetWorld): Map<string, Node> {
  const codeOf = new Map(assets.map(({ id, code }) => [id, code]));
  const nodes = new Map<string, Node>();
  for (const { code, parentId, gridId } of assets)
    nodes.set(code, { code, parentCode: parentId === null ? undefined : codeOf.get(parentId), gridId });
  for (const { code, parent, grid } of lines) {
    const before = nodes.get(code);
    const named = grid === undefined ? undefined : grids.get(grid);
    const gridId = named ?? before?.gridId ?? null;
    nodes.set(code, { code, parentCode: parent ?? before?.parentCode, gridId });
  }
  return withGridsOfPoints(nodes, lines, gridAt);
}

/** An asset that has no grid from anywhere takes that of its point. */
function withGridsOfPoints(
  nodes: Map<string, Node>,
  lines: readonly AssetLine[],
  gridAt: AssetWorld['gridAt'],
): Map<string, Node> {
  const isPlaced = (code: string): boolean => {
    const seen = new Set<string>();
    for (let node = nodes.get(code); node && !seen.has(node.code); node = nodes.get(node.parentCode ?? '')) {
      if (node.gridId !== null) return true;
      seen.add(node.code);
    }
    return false;
  };
  const lost = lines.filter(({ code }) => !isPlaced(code));
  for (const { code, latitude, longitude } of lost) {
    const node = nodes.get(code);
    if (node && latitude !== undefined && longitude !== undefined)
      nodes.set(code, { ...node, gridId: gridAt({ latitude, longitude }) });
  }
  return nodes;
}
