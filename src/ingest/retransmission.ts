import { createHash } from 'node:crypto';
import type { Decoded, Uplink } from '../model/uplinks.ts';

const WITHOUT_SEQUENCE_MS = 60_000;
const SEQUENCE_MS = 10 * 60_000;
const SEQUENCE_AND_TIME_MS = 86_400_000;

export interface RetransmissionKey {
  key: string;
  /** For how long the same key is the same uplink; after that it is a new one. */
  windowMs: number;
}

/**
 * What makes two uplinks of a device the same one, sent twice: the device's own sequence number, with its time where it gives one
 * (a device that restarts may begin to count anew, so a number alone holds for ten minutes); where it does not count, command,
 * device time and bytes within a minute. Of an open language it does not matter through whom it came.
 */
export function retransmissionKey(uplink: Uplink, decoded: Decoded, isOpen = false): RetransmissionKey {
  const { claimedId } = uplink;
  const nativeId = decoded.nativeId ?? claimedId ?? uplink.source;
  const through = isOpen || claimedId === undefined || claimedId === nativeId ? '' : `${claimedId}/`;
  const device = `${uplink.protocol}|${through}${nativeId}`;
  const time = decoded.readings.find((r) => r.observedAt !== undefined)?.observedAt;
  if (decoded.sequence !== undefined)
    return {
      key: `${device}|${decoded.sequence}|${time ?? ''}`,
      windowMs: time === undefined ? SEQUENCE_MS : SEQUENCE_AND_TIME_MS,
    };
  const hash = createHash('sha1').update(uplink.bytes).digest('base64url');
  return { key: `${device}|${decoded.command}|${time ?? ''}|${hash}`, windowMs: WITHOUT_SEQUENCE_MS };
}

/** Sequence numbers of the last minutes; telemetry that is counted twice harms nothing, so memory is enough. */
export class RecentSequences {
  #now = new Set<string>();
  #before = new Set<string>();
  #turnedAt = 0;

  seen(key: string, now: number): boolean {
    if (now - this.#turnedAt > 60_000 || this.#now.size > 200_000) {
      this.#before = this.#now;
      this.#now = new Set();
      this.#turnedAt = now;
    }
    if (this.#now.has(key) || this.#before.has(key)) return true;
    this.#now.add(key);
    return false;
  }

  /** It was not stored and will come again. */
  forget(key: string): void {
    this.#now.delete(key);
    this.#before.delete(key);
  }
}
