import type { Reading } from '../model/readings.ts';

/** What comes so much later than the device's readings usually do tells of the past. */
export const STALE_MS = 5 * 60_000;

/** A clock that is no further off counts as right: networks are as slow as that. */
export const RIGHT_MS = 2 * 60_000;

/** So long and so many readings tell a wrong clock from a late message. */
const LEARN_MS = 10 * 60_000;
const LEARN_READINGS = 5;

interface Clock {
  behindMs: number;
  /** Since then, by our clock, so many readings came, none by less behind ours than this. */
  since: number;
  count: number;
  least: number;
}

/** By how much the clocks of devices are usually behind ours; a right one by nothing. */
export class DeviceClocks {
  #clocks = new Map<number, Clock>();
  #onChange: (deviceId: number) => void;

  constructor(onChange: (deviceId: number) => void = () => undefined) {
    this.#onChange = onChange;
  }

  behindMs(deviceId: number): number {
    return this.#clocks.get(deviceId)?.behindMs ?? 0;
  }

  /** As it was stored. */
  set(deviceId: number, behindMs: number): void {
    this.#clocks.set(deviceId, { behindMs, since: 0, count: 0, least: Infinity });
  }

  /** Learns from a live reading; returns what is usual. */
  hear({ deviceId, observedAt, receivedAt }: Reading): number {
    const behind = receivedAt - observedAt;
    const clock = this.#clocks.get(deviceId);
    if (!clock) {
      if (Math.abs(behind) <= RIGHT_MS) return 0;
      this.#clocks.set(deviceId, { behindMs: 0, since: receivedAt, count: 1, least: behind });
      return 0;
    }
    if (behind < clock.behindMs - RIGHT_MS) return this.#change(deviceId, clock, behind);
    if (clock.count === 0) clock.since = receivedAt;
    clock.count++;
    clock.least = Math.min(clock.least, behind);
    if (receivedAt - clock.since < LEARN_MS || clock.count < LEARN_READINGS) return clock.behindMs;
    const { least } = clock;
    clock.count = 0;
    clock.least = Infinity;
    return least > clock.behindMs + RIGHT_MS ? this.#change(deviceId, clock, least) : clock.behindMs;
  }

  #change(deviceId: number, clock: Clock, behind: number): number {
    clock.behindMs = Math.abs(behind) <= RIGHT_MS ? 0 : behind;
    clock.count = 0;
    clock.least = Infinity;
    this.#onChange(deviceId);
    return clock.behindMs;
  }

  isStale({ observedAt, receivedAt }: Reading, behindMs: number): boolean {
    return receivedAt - observedAt - behindMs > STALE_MS;
  }
}
