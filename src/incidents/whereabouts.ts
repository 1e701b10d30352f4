import { distanceM } from '../model/geo.ts';
import type { IncidentLocation } from '../model/incidents.ts';
import type { Location } from '../model/signals.ts';

export type Spot = Location & { observedAt: number };

/** This near to her home the address of her home is where to go. */
const AT_HOME_M = 150;

/** Where she is believed to be: the fix of the event, else the last one known, else her home. What nobody wears is where its asset is. */
export function locate(known: {
  fix: Spot | undefined;
  lastKnown: Spot | null;
  home: { latitude: number; longitude: number } | null;
  asset: { point: { latitude: number; longitude: number } | null } | null;
}): IncidentLocation | null {
  if (known.asset?.point) return { ...known.asset.point, source: 'asset', fresh: true };
  if (known.fix) return fromSpot(known.fix, true);
  if (known.lastKnown) return fromSpot(known.lastKnown, false);
  return known.home ? { ...known.home, source: 'home', fresh: false } : null;
}

/** The home address where she is at home, as far as is known. */
export function addressOf(
  location: IncidentLocation | null,
  home: { latitude: number; longitude: number } | null,
  address: string | null,
): string | null {
  if (!location || location.source === 'home') return address;
  return home && distanceM(location, home) <= AT_HOME_M ? address : null;
}

export function fromSpot(spot: Spot, fresh: boolean): IncidentLocation {
  return {
    latitude: spot.latitude,
    longitude: spot.longitude,
    ...(spot.accuracyM === undefined ? {} : { accuracyM: spot.accuracyM }),
    source: spot.source,
    observedAt: spot.observedAt,
    fresh,
  };
}
