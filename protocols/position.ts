import type { Location } from '../src/model/signals.ts';

type Fix = Omit<Location, 'latitude' | 'longitude' | 'source'> & { source?: Location['source'] };

/** A position; undefined for 0,0 and for what is not on the globe. What is negative or no number in the rest of it is left out. */
export function locationAt(latitude: number, longitude: number, fix: Fix = {}): Location | undefined {
  const onGlobe = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (!onGlobe || (latitude === 0 && longitude === 0)) return undefined;
  const { source = 'gps', altitude, accuracyM, satellites, speedKmh } = fix;
  return {
    latitude: round(latitude),
    longitude: round(longitude),
    ...(isNumber(altitude) ? { altitude } : {}),
    ...(isNumber(accuracyM) && accuracyM > 0 ? { accuracyM } : {}),
    source,
    ...(isNumber(satellites) && satellites >= 0 ? { satellites } : {}),
    ...(isNumber(speedKmh) && speedKmh >= 0 ? { speedKmh } : {}),
  };
}

/** Seven digits of a degree are a centimetre, six a tenth of a metre. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** Degrees and minutes as `ddmm.mmmm` or `dddmm.mmmm` with a hemisphere letter; undefined for anything else. */
export function fromMinutes(text: string | undefined, letter = ''): number | undefined {
  const [, degrees, minutes] = /^\s*-?(\d{1,3})(\d\d(?:\.\d*)?)\s*$/.exec(text ?? '') ?? [];
  if (degrees === undefined || minutes === undefined || Number(minutes) >= 60) return undefined;
  const value = Number(degrees) + Number(minutes) / 60;
  return /^\s*[SW]\s*$/i.test(letter) || text?.trim().startsWith('-') ? -value : value;
}
