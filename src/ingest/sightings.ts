import type { Decoded, Uplink, UplinkOutcome } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import type { Speaker } from './speaker.ts';

const WRITE_EVERY_MS = 2_000;
const MOST_AT_ONCE = 2_000;
/** Of one list of a gateway that nobody registered. */
const MOST_CHILDREN = 500;

export interface Sighting {
  protocol: string;
  nativeId: string;
  source: string;
  seenAt: number;
  uplinks: number;
  gatewayNativeId?: string;
  description?: string;
}

export interface Sightings {
  /** A device that nobody registered spoke, or a registered one gave a sign of life; so does the gateway through which it came. */
  heard(uplink: Uplink, decoded: Decoded, who: Speaker & { outcome: UplinkOutcome }): void;
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
  const note = (sighting: Omit<Sighting, 'uplinks'>) => {
    const key = `${sighting.protocol}\n${sighting.nativeId}`;
    const before = seen.get(key);
    if (!before && seen.size >= MOST_AT_ONCE) return;
    seen.set(key, { ...before, ...sighting, uplinks: (before?.uplinks ?? 0) + 1 });
  };
  return {
    heard(uplink, decoded, { outcome, device, gateway }) {
      const { receivedAt } = uplink;
      if (outcome === 'unknown_device') for (const stranger of strangersIn(uplink, decoded)) note(stranger);
      if (uplink.retained) return;
      if (outcome === 'empty' && device) alive.set(device.id, receivedAt);
      if (gateway && !isFarewell(decoded)) alive.set(gateway.id, receivedAt);
    },
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

/** A gateway that says, or of which is said, that it is gone. */
function isFarewell({ readings }: Decoded): boolean {
  return readings.some(({ signal, value }) => signal === 'online' && value === false);
}

/** Who speaks without being registered, and what it says is behind it. */
function strangersIn(
  uplink: Uplink,
  { nativeId, children = [], introduces = [] }: Decoded,
): Omit<Sighting, 'uplinks'>[] {
  const { protocol, source, receivedAt: seenAt, claimedId, topicPrefix } = uplink;
  // A gateway that nobody registered is known by the last level of its topics.
  const through = claimedId ?? topicPrefix?.slice(topicPrefix.lastIndexOf('/') + 1);
  const gateway = through === undefined ? {} : { gatewayNativeId: through };
  const speaker = nativeId ?? through;
  const base = { protocol, source, seenAt };
  return [
    ...(speaker === undefined
      ? []
      : [{ ...base, nativeId: speaker, ...(speaker === through ? {} : gateway) }]),
    ...[...children, ...introduces].slice(0, MOST_CHILDREN).map((child) => ({
      ...base,
      ...gateway,
      nativeId: child.nativeId,
      description: [child.vendor, child.model, child.name].filter(Boolean).join(' ').slice(0, 200),
    })),
  ];
}
