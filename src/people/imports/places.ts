import type { Cells } from './cells.ts';
import { wordsOf } from './cells.ts';
import type { ImportField, ImportRow } from './import-fault.ts';

export type Datum = 'wgs84' | 'gcj02' | 'bd09';
export interface Degrees {
  latitude: number;
  longitude: number;
}
/** Brings a position into WGS-84. */
export type ToWgs84 = (given: Degrees, datum: Datum) => Degrees;

export const placeFields: readonly ImportField[] = [
  { name: 'latitude', zh: '纬度', en: 'latitude', others: ['lat'] },
  { name: 'longitude', zh: '经度', en: 'longitude', others: ['lon', 'lng'] },
  { name: 'datum', zh: '坐标系', en: 'datum', others: ['坐标系统', 'crs'] },
];

export const datumWords = wordsOf<Datum>({
  wgs84: ['wgs-84', 'gps', 'epsg:4326', '天地图'],
  gcj02: ['gcj-02', '火星坐标', '高德', '腾讯'],
  bd09: ['bd-09', 'bd09ll', '百度'],
});

/** Where a line lies, by its two columns or its geometry; the middle of what is more than a point. Both coordinates or none. */
export function readPlace(row: ImportRow, cells: Cells, toWgs84: ToWgs84): Degrees | undefined {
  const datum = cells.choice('datum', datumWords) ?? 'wgs84';
  const before = cells.faults.length;
  const latitude = cells.number('latitude', [-90, 90]);
  const longitude = cells.number('longitude', [-180, 180]);
  if (cells.faults.length > before) return undefined;
  if (latitude !== undefined && longitude !== undefined) return toWgs84({ latitude, longitude }, datum);
  if (latitude !== undefined || longitude !== undefined) {
    const field = latitude === undefined ? 'latitude' : 'longitude';
    cells.faults.push({ line: row.line, field, code: 'IMPORT_POINT_INCOMPLETE' });
    return undefined;
  }
  if (!row.geometry) return undefined;
  const middle = middleOf(row.geometry.coordinates);
  if (!middle) cells.faults.push({ line: row.line, field: null, code: 'IMPORT_GEOMETRY_BROKEN' });
  return middle && toWgs84(middle, datum);
}

/** The middle of the box around all positions; undefined where one of them is none on earth. */
function middleOf(coordinates: unknown): Degrees | undefined {
  const positions = positionsIn(coordinates, 0);
  if (positions.length === 0 || positions.some(([x, y]) => !(Math.abs(x) <= 180 && Math.abs(y) <= 90)))
    return undefined;
  const middle = (values: readonly number[]): number => {
    const [least, most] = values.reduce(
      ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
      [Infinity, -Infinity],
    );
    return (least + most) / 2;
  };
  return { latitude: middle(positions.map(([, y]) => y)), longitude: middle(positions.map(([x]) => x)) };
}

/** A GeoJSON position stands three levels deep at most (RFC 7946, 3.1). */
const MOST_LEVELS = 3;

function positionsIn(value: unknown, level: number): [number, number][] {
  if (!Array.isArray(value) || level > MOST_LEVELS) return [];
  const [x, y] = value as unknown[];
  if (typeof x === 'number') return [[x, typeof y === 'number' ? y : Number.NaN]];
  return value.flatMap((part) => positionsIn(part, level + 1));
}
