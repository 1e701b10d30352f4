import type { Uplink } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';

const WRITE_EVERY_MS = 2_000;
const MOST_AT_ONCE = 2_000;

export interface Sighting {
  protocol: string;
  nativeId: string;
  source: string;
  seenAt: number;
  uplinks: number;
}

export interface Sightings {
  /** A device that nobody registered spoke. */
  note(uplink: Uplink, nativeId: string): void;
  /** A registered device gave a sign of life that carries no reading. */
  alive(deviceId: number, seenAt: number): void;
  /** An uplink of a device was refused under overload. */
  shed(protocol: string, nativeId: string): void;
  close(): Promise<void>;
}

export interface SightingStore {
  noteUnknown(sightings: readonly Sighting[]): Promise<void>;
  noteAlive(devices: ReadonlyMap<number, number>): Promise<void>;
}

/** Gathers who was seen and writes it every other second, so that strangers cost no statement each. */
export function createSightings(clock: Clock, store: SightingStore, log: Logger): Sightings {
  let seen = new Map<string, Sighting>();
  let alive = new Map<number, number>();
  let shed = new Map<string, number>();
  const flush = async () => {
    const batch = seen;
    seen = new Map();
    const living = alive;
    alive = new Map();
    if (shed.size > 0) log.warn({ shed: Object.fromEntries([...shed].slice(0, 100)) }, 'telemetry was shed');
    shed = new Map();
    try {
      if (batch.size > 0) await store.noteUnknown([...batch.values()]);
      if (living.size > 0) await store.noteAlive(living);
    } catch (error) {
      log.warn({ err: error }, 'signs of life could not be noted');
    }
  };
  const timer = clock.every(WRITE_EVERY_MS, flush);
  return {
    note(uplink, nativeId) {
      const key = `${uplink.protocol}\n${nativeId}`;
      const before = seen.get(key);
      if (!before && seen.size >= MOST_AT_ONCE) return;
      seen.set(key, {
        protocol: uplink.protocol,
        nativeId,
        source: uplink.source,
        seenAt: uplink.receivedAt,
        uplinks: (before?.uplinks ?? 0) + 1,
      });
    },
    alive: (deviceId, seenAt) => void alive.set(deviceId, seenAt),
    shed(protocol, nativeId) {
      const key = `${protocol}:${nativeId}`;
      shed.set(key, (shed.get(key) ?? 0) + 1);
    },
    async close() {
      timer.cancel();
      await flush();
    },
  };
}
