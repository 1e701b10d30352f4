import { useCallback, useEffect, useState } from 'react';

export interface Place {
  latitude: number;
  longitude: number;
}
export interface OwnPosition {
  state: 'unavailable' | 'ask' | 'waiting' | 'known' | 'refused';
  place: Place | undefined;
  /** Asks the person for permission; browsers want this to follow a touch. */
  ask: () => void;
}

let lastKnown: Place | undefined;

/** Where this phone was last found to be, for reports that carry it along and never wait for it. */
export function lastOwnPlace(): Place | undefined {
  return lastKnown;
}

/** Position of this phone, watched while shown; never asked for unless it was allowed before or the person touches. */
export function useOwnPosition(): OwnPosition {
  const available = 'geolocation' in navigator && window.isSecureContext;
  const [state, setState] = useState<OwnPosition['state']>(available ? 'ask' : 'unavailable');
  const [place, setPlace] = useState(lastKnown);
  const [watching, setWatching] = useState(false);

  useEffect(() => {
    if (!available || !('permissions' in navigator)) return;
    navigator.permissions.query({ name: 'geolocation' }).then(
      (permission) => {
        if (permission.state === 'granted') setWatching(true);
        if (permission.state === 'denied') setState('refused');
      },
      () => undefined,
    );
  }, [available]);

  useEffect(() => {
    if (!watching) return;
    setState((before) => (before === 'known' ? before : 'waiting'));
    const id = navigator.geolocation.watchPosition(
      ({ coords }) => {
        lastKnown = { latitude: coords.latitude, longitude: coords.longitude };
        setPlace(lastKnown);
        setState('known');
      },
      (error) => setState(error.code === error.PERMISSION_DENIED ? 'refused' : 'waiting'),
      { enableHighAccuracy: true, maximumAge: 15_000 },
    );
    return () => navigator.geolocation.clearWatch(id);
  }, [watching]);

  const ask = useCallback(() => setWatching(true), []);
  return { state, place, ask };
}

/** Metres between two points on a sphere of the earth's mean radius. */
export function distanceM(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const dLat = (b.latitude - a.latitude) * rad;
  const dLon = (b.longitude - a.longitude) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}
