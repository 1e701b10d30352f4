import type { DownlinkCommand, Protocol } from '../model/uplinks.ts';
import type { Queryable } from '../platform/database.ts';
import { queueDownlink, tellWaiting } from './downlink-store.ts';

type Spelled = Pick<Protocol, 'aliases'>;

/** Every spelling of a device, the given one first; the last is the one that all of them lead to. */
export function spellingsOf(protocol: Spelled, nativeId: string): [string, ...string[]] {
  return [nativeId, ...(protocol.aliases?.(nativeId) ?? []).filter((alias) => alias !== nativeId)];
}

/** The one spelling that a long and a short id of the same device share. */
export function commonSpelling(protocol: Spelled, nativeId: string): string {
  return protocol.aliases?.(nativeId).at(-1) ?? nativeId;
}

/**
 * Queues a command once for a device that may announce itself by any of its spellings: kept under the one that they share, and told
 * under the longest, so that whichever the connection goes by finds it.
 */
export async function commandDevice(
  db: Queryable,
  device: {
    protocol: string;
    spellings: readonly [string, ...string[]];
    deviceId?: number | undefined;
    command: DownlinkCommand;
    requestedBy: number;
    expiresInMs?: number;
  },
  now: number,
): Promise<number> {
  const { spellings, ...rest } = device;
  const id = await queueDownlink(db, { ...rest, nativeId: spellings.at(-1) ?? spellings[0] }, now);
  if (spellings.length > 1) await tellWaiting(db, device.protocol, spellings[0]);
  return id;
}
