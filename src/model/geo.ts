const EARTH_RADIUS_M = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres between two WGS-84 points (haversine, mean earth radius). */
export function distanceM(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const sinLat = Math.sin(radians(b.latitude - a.latitude) / 2);
  const sinLon = Math.sin(radians(b.longitude - a.longitude) / 2);
  const h = sinLat * sinLat + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * sinLon * sinLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
