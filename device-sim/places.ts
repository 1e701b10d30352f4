import type { Noise } from './noise.ts';

export interface Point {
  /** WGS-84 degrees. */
  latitude: number;
  longitude: number;
}

const METRES_PER_DEGREE = 111_320;

/** A point `eastM`, `northM` metres away; good for the few kilometres of a village. */
export function moved(from: Point, eastM: number, northM: number): Point {
  return {
    latitude: from.latitude + northM / METRES_PER_DEGREE,
    longitude: from.longitude + eastM / (METRES_PER_DEGREE * Math.cos((from.latitude * Math.PI) / 180)),
  };
}

export function metresBetween(a: Point, b: Point): number {
  const east = (b.longitude - a.longitude) * METRES_PER_DEGREE * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(east, (b.latitude - a.latitude) * METRES_PER_DEGREE);
}

/** Even over the disc around `centre`. */
export function scattered(noise: Noise, key: string, around: { centre: Point; radiusM: number }): Point {
  const distance = around.radiusM * Math.sqrt(noise.uniform(`${key}/distance`));
  const angle = 2 * Math.PI * noise.uniform(`${key}/direction`);
  return moved(around.centre, distance * Math.cos(angle), distance * Math.sin(angle));
}
