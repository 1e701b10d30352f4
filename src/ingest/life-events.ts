import type { LifeEvent } from '../model/alerts.ts';
import { isLifeSignal } from '../model/signals.ts';
import type { Decoded, Uplink } from '../model/uplinks.ts';
import { isLevel, type KeyedEvent, type LevelReports, type Reset } from './level-reports.ts';
import { retransmissionKey } from './retransmission.ts';

const NOTHING = { life: [], resets: [] };

function saysOfLife({ readings }: Decoded): boolean {
  for (const { signal } of readings) if (isLifeSignal(signal)) return true;
  return false;
}

/**
 * The events for the inbox, each with what makes it the same as another one: a press is told from its retransmission, a level from its
 * report of a minute ago.
 */
export function keyEvents(
  uplink: Uplink,
  decoded: Decoded,
  told: {
    events: readonly LifeEvent[];
    deviceId: number | undefined;
    levels: LevelReports;
    isOpen?: boolean | undefined;
  },
): { life: KeyedEvent[]; resets: Reset[] } {
  if (!saysOfLife(decoded)) return NOTHING;
  const { events: levels, resets } = told.levels.read(uplink, decoded, told);
  if (levels.length === told.events.length) return { life: levels, resets };
  const { key, windowMs } = retransmissionKey(uplink, decoded, told.isOpen);
  const presses = told.events
    .filter((event) => !isLevel(event))
    .map((event) => ({
      key: `${key}|${event.signal}${event.channel === undefined ? '' : `/${event.channel}`}`,
      windowMs,
      event,
      level: false,
      anew: false,
    }));
  return { life: [...presses, ...levels], resets };
}
