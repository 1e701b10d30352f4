import type { GridView } from '../../api/schemas.ts';
import type { Place } from '../core/position.ts';

/** A flat picture of a small area: metres east and south of its middle, which an SVG takes as they are. */
export interface Point {
  x: number;
  y: number;
}
export interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}
export interface Projection {
  toPoint: (place: Place) => Point;
  toPlace: (point: Point) => Place;
}

const METRES_PER_DEGREE = 111_195;

/** Equirectangular around a place: within a street's area it is off by less than a metre in a kilometre. */
export function projectionAround(middle: Place): Projection {
  const perLongitude = METRES_PER_DEGREE * Math.cos((middle.latitude * Math.PI) / 180);
  return {
    toPoint: ({ latitude, longitude }) => ({
      x: (longitude - middle.longitude) * perLongitude,
      y: (middle.latitude - latitude) * METRES_PER_DEGREE,
    }),
    toPlace: ({ x, y }) => ({
      latitude: middle.latitude - y / METRES_PER_DEGREE,
      longitude: middle.longitude + x / perLongitude,
    }),
  };
}

/** Outer and inner rings of a grid, whichever of the two GeoJSON types it is. */
export function ringsOf(polygon: GridView['polygon']): Place[][] {
  const parts = polygon.type === 'Polygon' ? [polygon.coordinates] : polygon.coordinates;
  return parts.flatMap((part) => (Array.isArray(part) ? part.map(toRing) : []));
}

function toRing(ring: unknown): Place[] {
  if (!Array.isArray(ring)) return [];
  return ring.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return [];
    const [longitude, latitude]: unknown[] = pair;
    return typeof longitude === 'number' && typeof latitude === 'number' ? [{ latitude, longitude }] : [];
  });
}

export function pathOf(rings: Place[][], projection: Projection): string {
  return rings
    .map((ring) => {
      const points = ring.map((place) => {
        const { x, y } = projection.toPoint(place);
        return `${x.toFixed(1)} ${y.toFixed(1)}`;
      });
      return points.length > 0 ? `M${points.join('L')}Z` : '';
    })
    .join('');
}

export function boxOf(points: readonly Point[]): Box | undefined {
  if (points.length === 0) return undefined;
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
}

/** The box with a margin on each side, widened to the picture's shape (width / height). */
export function frame(box: Box, shape: number, leastM = 120): Box {
  const margin = 1.16;
  let width = Math.max(box.maxX - box.minX, leastM) * margin;
  let height = Math.max(box.maxY - box.minY, leastM) * margin;
  if (width / height < shape) width = height * shape;
  else height = width / shape;
  const middleX = (box.minX + box.maxX) / 2;
  const middleY = (box.minY + box.maxY) / 2;
  return {
    minX: middleX - width / 2,
    maxX: middleX + width / 2,
    minY: middleY - height / 2,
    maxY: middleY + height / 2,
  };
}

/** A place for a name inside the largest ring, near its top, where pins stand least, and how wide the ring is there, in metres. */
export function labelPoint(
  rings: Place[][],
  projection: Projection,
): (Point & { width: number }) | undefined {
  const longest = [...rings].sort((a, b) => b.length - a.length)[0] ?? [];
  const points = longest.map(projection.toPoint);
  const box = boxOf(points);
  if (!box) return undefined;
  const y = box.minY + (box.maxY - box.minY) * 0.2;
  const crossings = points
    .flatMap((from, index) => {
      const to = points[(index + 1) % points.length] ?? from;
      const crosses = from.y > y !== to.y > y;
      return crosses ? [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)] : [];
    })
    .sort((a, b) => a - b);
  const [left, right] = [crossings[0] ?? box.minX, crossings.at(-1) ?? box.maxX];
  return { x: (left + right) / 2, y, width: right - left };
}

/** A round length for the scale bar, at most `mostM`. */
export function scaleLength(mostM: number): number {
  const power = 10 ** Math.floor(Math.log10(mostM));
  return ([5, 2, 1].find((step) => step * power <= mostM) ?? 1) * power;
}
