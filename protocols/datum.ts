/** Chinese map datums to WGS-84. GCJ-02 shifts a position by some 500 m, BD-09 by some 1,100 m. */

interface Degrees {
  latitude: number;
  longitude: number;
}

export const datums = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof datums)[number];

/** Krasovsky 1940, on which GCJ-02 is built. */
const AXIS_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const BD_ANGLE = (Math.PI * 3000) / 180;

/** GCJ-02 is only defined around China; elsewhere it equals WGS-84. */
function isShifted({ latitude, longitude }: Degrees): boolean {
  return longitude >= 72.004 && longitude <= 137.8347 && latitude >= 0.8293 && latitude <= 55.8271;
}

function waves(t: number, long: number): number {
  return ((20 * Math.sin(t * Math.PI) + 40 * Math.sin((t * Math.PI) / 3)) * 2) / 3 + long;
}

function ripple(x: number): number {
  return ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
}

/** What GCJ-02 adds to a WGS-84 position, in degrees. */
function shift({ latitude, longitude }: Degrees): Degrees {
  const x = longitude - 105;
  const y = latitude - 35;
  const root = Math.sqrt(Math.abs(x));
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ripple(x) +
    waves(y, ((160 * Math.sin((y * Math.PI) / 12) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3);
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ripple(x) +
    waves(x, ((150 * Math.sin((x * Math.PI) / 12) + 300 * Math.sin((x * Math.PI) / 30)) * 2) / 3);
  const radians = (latitude / 180) * Math.PI;
  const curve = 1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2;
  const meridian = (AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (curve * Math.sqrt(curve));
  const parallel = (AXIS_M / Math.sqrt(curve)) * Math.cos(radians);
  return { latitude: (north * 180) / (meridian * Math.PI), longitude: (east * 180) / (parallel * Math.PI) };
}

/** The shift has no closed inverse; it changes so slowly that three rounds reach a centimetre. */
function fromGcj(given: Degrees): Degrees {
  if (!isShifted(given)) return given;
  let found = given;
  for (let round = 0; round < 3; round += 1) {
    const by = shift(found);
    found = { latitude: given.latitude - by.latitude, longitude: given.longitude - by.longitude };
  }
  return found;
}

function fromBd({ latitude, longitude }: Degrees): Degrees {
  const x = longitude - 0.0065;
  const y = latitude - 0.006;
  const radius = Math.hypot(x, y) - 0.00002 * Math.sin(y * BD_ANGLE);
  const angle = Math.atan2(y, x) - 0.000003 * Math.cos(x * BD_ANGLE);
  return { latitude: radius * Math.sin(angle), longitude: radius * Math.cos(angle) };
}

/** A position in WGS-84 degrees, rounded to 0.1 m. */
export function toWgs84(given: Degrees, datum: Datum): Degrees {
  if (datum === 'wgs84') return given;
  const found = fromGcj(datum === 'bd09' ? fromBd(given) : given);
  return {
    latitude: Math.round(found.latitude * 1e6) / 1e6,
    longitude: Math.round(found.longitude * 1e6) / 1e6,
  };
}
