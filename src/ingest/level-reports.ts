import { LRUCache } from 'lru-cache';
import type { LifeEvent } from '../model/alerts.ts';
import { definitionOf, lifeSignals } from '../model/signals.ts';
import type { Decoded, Uplink } from '../model/uplinks.ts';

const MOST_REMEMBERED = 50_000;
/** A detector says each minute that it still smells smoke: people hear of it again after this, the inbox too. */
const AGAIN_MS = 10 * 60_000;

const levels: ReadonlySet<string> = new Set(
  lifeSignals.filter((signal) => definitionOf(signal).kind === 'boolean'),
);

/** A life event with what makes it the same as another one. */
export interface KeyedEvent {
  key: string;
  /** For how long the same key is the same event. */
  windowMs: number;
  event: LifeEvent;
  level: boolean;
  /** It was known to be false a moment ago: no earlier report stands for this one. */
  anew: boolean;
}

export interface Reset {
  key: string;
  at: number;
}

/**
 * The life signals that are levels (smoke, gas …) are reported as long as they last. One that becomes true is a life event at once; then one
 * each ten minutes, however often it is said. The database remembers by a key with an end, so that a restart forgets nothing; this remembers
 * in which order a device said what, which batches that are written side by side do not.
 */
export class LevelReports {
  #last = new LRUCache<string, boolean>({ max: MOST_REMEMBERED });

  /** The events of levels that became true or still are, and the keys that a false ends. */
  read(
    uplink: Uplink,
    decoded: Decoded,
    told: { events: readonly LifeEvent[]; deviceId: number | undefined },
  ): { events: KeyedEvent[]; resets: Reset[] } {
    const who =
      told.deviceId ?? `${uplink.protocol}|${uplink.claimedId ?? uplink.source}|${decoded.nativeId ?? ''}`;
    const keyOf = (point: Pick<LifeEvent, 'signal' | 'channel' | 'origin'>) =>
      `level|${who}|${point.signal}|${point.channel ?? ''}|${point.origin}`;
    const resets: Reset[] = [];
    for (const reading of decoded.readings) {
      if (!levels.has(reading.signal) || reading.value !== false || reading.origin !== 'live') continue;
      const key = keyOf(reading as Pick<LifeEvent, 'signal' | 'channel' | 'origin'>);
      resets.push({ key, at: uplink.receivedAt });
      this.#last.set(key, false);
    }
    const events = told.events.filter(isLevel).map((event) => {
      const key = keyOf(event);
      const before = event.origin === 'live' ? this.#last.get(key) : undefined;
      if (event.origin === 'live') this.#last.set(key, true);
      return {
        key,
        windowMs: AGAIN_MS,
        event: before === true ? { ...event, repeated: true as const } : event,
        level: true,
        anew: before === false,
      };
    });
    return { events, resets };
  }

  /** An event that was not stored will come again, and is to be judged as it was. */
  undo(events: readonly KeyedEvent[]): void {
    for (const { key, level, anew, event } of events) {
      if (!level || event.repeated) continue;
      if (anew) this.#last.set(key, false);
      else this.#last.delete(key);
    }
  }
}

export function isLevel(event: LifeEvent): boolean {
  return levels.has(event.signal);
}
