import { useCallback, useEffect, useState } from 'react';
import type { IncidentSummary } from '../../api/schemas.ts';

/** A muted phone rings again after this time if still nobody has it: as long as the service waits before it asks everybody again. */
export const MUTE_MS = 120_000;

interface Mute {
  stamp: string;
  until: number;
}

/** Changes with everything that has to be heard anew: a press, a return from somebody who had it, an offer. */
export function stampOf(incident: IncidentSummary): string {
  return [incident.lastPressAt, incident.acknowledgedAt, incident.handOverTo?.id].join();
}

export interface Mutes<T = IncidentSummary> {
  isMuted: (one: T) => boolean;
  /** Stops the sound on this device for a while; nobody is told, nothing is acknowledged. */
  mute: (all: readonly T[]) => void;
}

/** `stamp` says when something muted has to be heard anew all the same. */
export function useMutes<T extends { id: number }>(stamp: (one: T) => string): Mutes<T> {
  const [mutes, setMutes] = useState<ReadonlyMap<number, Mute>>(new Map());
  useEffect(() => {
    if (mutes.size === 0) return;
    const first = Math.min(...[...mutes.values()].map((one) => one.until));
    const expire = () => setMutes((all) => new Map([...all].filter(([, one]) => one.until > Date.now())));
    const timer = window.setTimeout(expire, Math.max(0, first - Date.now()) + 50);
    return () => window.clearTimeout(timer);
  }, [mutes]);
  const isMuted = useCallback((one: T) => mutes.get(one.id)?.stamp === stamp(one), [mutes, stamp]);
  const mute = useCallback(
    (muted: readonly T[]) => {
      const until = Date.now() + MUTE_MS;
      setMutes((all) => {
        const added = muted.map((one) => [one.id, { stamp: stamp(one), until }] as const);
        return new Map([...all, ...added]);
      });
    },
    [stamp],
  );
  return { isMuted, mute };
}
