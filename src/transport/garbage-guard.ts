import { LRUCache } from 'lru-cache';
import { isLifeSignal } from '../model/signals.ts';
import type { Decoded, Protocol, ProtocolSession, Uplink } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';

const WINDOW_MS = 60_000;
const MOST_SOURCES = 10_000;
/** Of one source within a minute. */
const MOST_GARBAGE = 120;

/** What an uplink would mean, for whoever has to choose what is heard; undefined where its decoder fails. */
export function peek(
  protocol: Pick<Protocol, 'decode'>,
  uplink: Uplink,
  session: ProtocolSession,
): Decoded | undefined {
  try {
    return protocol.decode(session, uplink);
  } catch {
    return undefined;
  }
}

/** Whether it is understood, or says something all the same. */
export function isUnderstood(decoded: Decoded | undefined): boolean {
  return decoded !== undefined && (decoded.outcome !== 'undecodable' || decoded.readings.length > 0);
}

/** Whether somebody calls for help, or there is smoke: no guard may keep that away. */
export function callsForHelp(decoded: Decoded | undefined): boolean {
  const parts = decoded ? [decoded, ...(decoded.others ?? [])] : [];
  return parts.some(({ readings }) =>
    readings.some(({ signal, value }) => isLifeSignal(signal) && value === true),
  );
}

/** Tells who brings what nobody understands, and more of it than is worth recording. */
export interface GarbageGuard {
  /** What this source brought could not be understood. */
  note(source: string): void;
  isOver(source: string): boolean;
}

export function createGarbageGuard(clock: Clock): GarbageGuard {
  const noted = new LRUCache<string, { since: number; count: number }>({ max: MOST_SOURCES });
  const current = (source: string) => {
    const known = noted.get(source);
    return known && clock.now() - known.since < WINDOW_MS ? known : undefined;
  };
  return {
    note(source) {
      const known = current(source);
      if (known) known.count++;
      else noted.set(source, { since: clock.now(), count: 1 });
    },
    isOver: (source) => (current(source)?.count ?? 0) >= MOST_GARBAGE,
  };
}
