import type { Reading } from '../model/readings.ts';
import { positionSignals } from '../model/uplinks.ts';

/** What readings say of the present that others must know before any rule is asked. */
export interface States {
  /** One per device. */
  online: { deviceId: number; online: boolean; at: number }[];
  /** Positions of breakers and valves, which prove that a command was carried out. */
  positions: { deviceId: number; signal: string; channel: string; value: string; at: number }[];
}

const positioned: ReadonlySet<string> = new Set(positionSignals);

/** The states in readings that are committed together, the last word of each device; only what is live says anything of now. */
export function statesIn(items: readonly { readings: readonly Reading[] }[]): States {
  const online = new Map<number, States['online'][number]>();
  const positions: States['positions'] = [];
  for (const { readings } of items) {
    for (const reading of readings) {
      const { signal, value } = reading;
      if (reading.origin !== 'live') continue;
      const { deviceId, channel = '', receivedAt: at } = reading;
      if (signal === 'online' && typeof value === 'boolean')
        online.set(deviceId, { deviceId, online: value, at });
      else if (typeof value === 'string' && positioned.has(signal))
        positions.push({ deviceId, signal, channel, value, at });
    }
  }
  return { online: [...online.values()], positions };
}

export function anyState({ online, positions }: States): boolean {
  return online.length > 0 || positions.length > 0;
}
