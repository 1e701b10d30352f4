import type { GridPolygon } from './grid-index.ts';

/** What can be wrong with a polygon as people draw or export it (RFC 7946, 3.1.6). */
export const polygonFaults = [
  'POLYGON_BROKEN',
  'POLYGON_OUT_OF_RANGE',
  'POLYGON_NOT_CLOSED',
  'POLYGON_TOO_SMALL',
  'POLYGON_TOO_MANY_POINTS',
  'POLYGON_CROSSES_ITSELF',
] as const;
export type PolygonFault = (typeof polygonFaults)[number];

type Point = readonly [longitude: number, latitude: number];
type Ring = readonly Point[];

/** A street of a city has hundreds; every edge is compared with every other. */
const MOST_POINTS = 5_000;
/** Three corners and the first again. */
const FEWEST_POINTS = 4;

/**
 * Reads GeoJSON coordinates, longitude first, WGS-84 degrees: rings that are closed, touch themselves nowhere and hold some area.
 * Elevations are dropped. Of several faults it names the first.
 */
export function readPolygon(given: { type: string; coordinates: unknown }): GridPolygon | PolygonFault {
  const parts = given.type === 'Polygon' ? [given.coordinates] : given.coordinates;
  if ((given.type !== 'Polygon' && given.type !== 'MultiPolygon') || !Array.isArray(parts))
    return 'POLYGON_BROKEN';
  if (parts.length === 0) return 'POLYGON_BROKEN';
  const polygons: Ring[][] = [];
  for (const part of parts) {
    const rings = Array.isArray(part) && part.length > 0 ? part.map(readRing) : ['POLYGON_BROKEN' as const];
    const fault = rings.find((ring) => typeof ring === 'string');
    if (fault) return fault as PolygonFault;
    polygons.push(rings as Ring[]);
  }
  if (polygons.flat(2).length > MOST_POINTS) return 'POLYGON_TOO_MANY_POINTS';
  if (polygons.some(crossesItself)) return 'POLYGON_CROSSES_ITSELF';
  const coordinates = polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => [x, y])));
  const [first] = coordinates;
  return given.type === 'Polygon' && first
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates };
}

export const isPolygonFault = (read: GridPolygon | PolygonFault): read is PolygonFault =>
  typeof read === 'string';

function readRing(given: unknown): Ring | PolygonFault {
  if (!Array.isArray(given)) return 'POLYGON_BROKEN';
  const points: Point[] = [];
  for (const position of given) {
    const [x, y] = Array.isArray(position) ? (position as unknown[]) : [];
    if (typeof x !== 'number' || typeof y !== 'number') return 'POLYGON_BROKEN';
    if (!(Math.abs(x) <= 180 && Math.abs(y) <= 90)) return 'POLYGON_OUT_OF_RANGE';
    const last = points.at(-1);
    if (!last || last[0] !== x || last[1] !== y) points.push([x, y]);
  }
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first[0] !== last[0] || first[1] !== last[1]) return 'POLYGON_NOT_CLOSED';
  return points.length < FEWEST_POINTS || isFlat(points) ? 'POLYGON_TOO_SMALL' : points;
}

/** Whether all corners lie on one line. */
function isFlat(ring: Ring): boolean {
  const [first = [0, 0], second = first] = ring;
  return ring.every((point) => side(first, second, point) === 0);
}

interface Edge {
  from: Point;
  to: Point;
  ring: number;
  place: number;
  /** Edges of its ring. */
  of: number;
}

/** Whether two edges of a polygon, its holes among them, meet anywhere but where one ends and the next begins. */
function crossesItself(rings: readonly Ring[]): boolean {
  const edges = rings.flatMap((ring, number) => edgesOf(ring, number)).sort((a, b) => westOf(a) - westOf(b));
  return edges.some((edge, i) => {
    for (let j = i + 1; j < edges.length; j++) {
      const other = edges[j];
      if (!other || westOf(other) > eastOf(edge)) return false;
      if (!isNeighbour(edge, other) && meet(edge, other)) return true;
    }
    return false;
  });
}

function edgesOf(ring: Ring, number: number): Edge[] {
  return ring.slice(1).map((to, place) => ({
    from: ring[place] ?? to,
    to,
    ring: number,
    place,
    of: ring.length - 1,
  }));
}

const westOf = ({ from, to }: Edge): number => Math.min(from[0], to[0]);
const eastOf = ({ from, to }: Edge): number => Math.max(from[0], to[0]);

/** Edges that follow each other share a corner; they are at fault only where one runs back along the other. */
function isNeighbour(a: Edge, b: Edge): boolean {
  if (a.ring !== b.ring) return false;
  const apart = Math.abs(a.place - b.place);
  if (apart !== 1 && apart !== a.of - 1) return false;
  const [first, second] = (a.place + 1) % a.of === b.place ? [a, b] : [b, a];
  const isBack = side(first.from, first.to, second.to) === 0 && isBetween(first, second.to);
  return !isBack;
}

function meet(a: Edge, b: Edge): boolean {
  const [a1, a2] = [side(a.from, a.to, b.from), side(a.from, a.to, b.to)];
  const [b1, b2] = [side(b.from, b.to, a.from), side(b.from, b.to, a.to)];
  if (a1 * a2 < 0 && b1 * b2 < 0) return true;
  return (
    (a1 === 0 && isBetween(a, b.from)) ||
    (a2 === 0 && isBetween(a, b.to)) ||
    (b1 === 0 && isBetween(b, a.from)) ||
    (b2 === 0 && isBetween(b, a.to))
  );
}

/** 1, 0 or -1: on which side of a line a point lies. */
function side([x1, y1]: Point, [x2, y2]: Point, [x, y]: Point): number {
  return Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));
}

/** Of a point on the line of the edge: whether it is on the edge. */
function isBetween({ from, to }: Edge, [x, y]: Point): boolean {
  return (
    x >= Math.min(from[0], to[0]) &&
    x <= Math.max(from[0], to[0]) &&
    y >= Math.min(from[1], to[1]) &&
    y <= Math.max(from[1], to[1])
  );
}
