import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import Flatbush from 'flatbush';
import { type GridLevel, gridLevels } from '../model/incidents.ts';

/** GeoJSON, longitude first, WGS-84. */
export type GridPolygon =
  | { type: 'Polygon'; coordinates: number[][][] }
  | { type: 'MultiPolygon'; coordinates: number[][][][] };

export interface Grid {
  id: number;
  parentId: number | null;
  level: GridLevel;
  name: string;
  polygon: GridPolygon;
}

export interface Point {
  latitude: number;
  longitude: number;
}

export interface GridIndex {
  /** The deepest grid that holds the point, its boundary included; of two that share a boundary the one with the lower id. */
  at(point: Point): number | null;
  get(id: number): Grid | undefined;
  /** The grid and what lies above it, itself first. Empty for an id that is not there. */
  chain(id: number): number[];
  /** The grid itself or what lies above it, at that level. */
  ancestorAt(id: number, level: GridLevel): number | null;
  /** Grids of the same level that touch it or lie within about 100 m, then those below the same parent. */
  neighbours(id: number): number[];
  ofLevel(level: GridLevel): number[];
}

type Box = readonly [minX: number, minY: number, maxX: number, maxY: number];

const rank = new Map<GridLevel, number>(gridLevels.map((level, i) => [level, i]));
/** About 100 m. */
const NEAR_DEGREES = 0.001;

/** Polygons that hold no number anywhere are left out: a grid that is drawn wrongly must not hide the others. */
export function buildGridIndex(grids: readonly Grid[]): GridIndex {
  const byId = new Map(grids.map((grid) => [grid.id, grid]));
  const drawn = grids
    .map((grid) => ({ grid, box: boxOf(grid.polygon) }))
    .filter((entry) => entry.box.every(Number.isFinite))
    .sort((a, b) => deepestFirst(a.grid, b.grid));
  const boxes = new Map(drawn.map(({ grid, box }) => [grid.id, box]));
  const tree = drawn.length > 0 ? new Flatbush(drawn.length) : undefined;
  for (const { box } of drawn) tree?.add(...box);
  tree?.finish();
  const touching = (box: Box): Grid[] =>
    (tree?.search(...box) ?? []).sort((a, b) => a - b).flatMap((i) => drawn[i]?.grid ?? []);

  const chain = (id: number): number[] => {
    const ids: number[] = [];
    for (let grid = byId.get(id); grid && !ids.includes(grid.id); grid = byId.get(grid.parentId ?? -1)) {
      ids.push(grid.id);
    }
    return ids;
  };
  return {
    at({ latitude, longitude }) {
      const found = touching([longitude, latitude, longitude, latitude]).find((grid) =>
        booleanPointInPolygon([longitude, latitude], grid.polygon),
      );
      return found?.id ?? null;
    },
    get: (id) => byId.get(id),
    chain,
    ancestorAt: (id, level) => chain(id).find((above) => byId.get(above)?.level === level) ?? null,
    neighbours(id) {
      const grid = byId.get(id);
      if (!grid) return [];
      const box = boxes.get(id);
      const near = box ? touching(widened(box)) : [];
      const siblings = grids.filter((other) => other.parentId !== null && other.parentId === grid.parentId);
      const ids = [...near, ...siblings].filter((other) => other.level === grid.level && other.id !== id);
      return [...new Set(ids.map((other) => other.id))];
    },
    ofLevel: (level) => grids.filter((grid) => grid.level === level).map((grid) => grid.id),
  };
}

function deepestFirst(a: Grid, b: Grid): number {
  return (rank.get(b.level) ?? 0) - (rank.get(a.level) ?? 0) || a.id - b.id;
}

function boxOf(polygon: GridPolygon): Box {
  const points = (polygon.type === 'Polygon' ? [polygon.coordinates] : polygon.coordinates).flat(2);
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x === undefined || y === undefined) continue;
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return [minX, minY, maxX, maxY];
}

function widened([minX, minY, maxX, maxY]: Box): Box {
  return [minX - NEAR_DEGREES, minY - NEAR_DEGREES, maxX + NEAR_DEGREES, maxY + NEAR_DEGREES];
}
