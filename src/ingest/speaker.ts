import type { Decoded, Protocol, Uplink } from '../model/uplinks.ts';
import type { AttributedDevice } from './attribute.ts';

/** Who speaks, and through whom. */
export interface Speaker {
  device: AttributedDevice | null;
  /** The registered gateway whose connection or topic it is. */
  gateway: AttributedDevice | null;
  /** Why what it says does not count as the device's. */
  refusal?: string;
}

type Peek = (protocol: string, spelling: string) => AttributedDevice | null | undefined;

/** The spellings that must be known before `speakerOf` is asked. */
export function spellingsIn(uplink: Uplink, decoded: Decoded, protocol: Protocol | undefined): string[] {
  const { nativeId } = decoded;
  const { claimedId } = uplink;
  const own = nativeId === undefined ? [] : [nativeId];
  return protocol?.gateway && claimedId !== undefined && claimedId !== nativeId ? [claimedId, ...own] : own;
}

/** A gateway speaks for itself and for what is behind it, and for nobody else. */
export function speakerOf(
  uplink: Uplink,
  decoded: Decoded,
  { protocol, peek }: { protocol: Protocol | undefined; peek: Peek },
): Speaker {
  const find = (spelling: string | undefined) =>
    spelling === undefined ? null : (peek(uplink.protocol, spelling) ?? null);
  const device = find(decoded.nativeId);
  if (!protocol?.gateway) return { device, gateway: null };
  const gateway = find(uplink.claimedId);
  if (!device || (gateway && (device.id === gateway.id || device.gatewayId === gateway.id)))
    return { device, gateway };
  const through = uplink.claimedId ?? uplink.topicPrefix ?? 'this gateway';
  return { device: null, gateway, refusal: `${decoded.nativeId} is not behind ${through}` };
}

/** Readings of one scope are kept in order: the wearer, else the site, else what is behind one gateway, else the device. */
export function partitionOf(device: AttributedDevice | null, partitions: number): number {
  if (!device) return -1;
  return (Math.imul(scopeOf(device), 0x9e3779b1) >>> 8) % partitions;
}

function scopeOf({ id, subjectId, siteId, gatewayId }: AttributedDevice): number {
  if (subjectId !== undefined) return subjectId * 4 + 1;
  if (siteId !== undefined) return siteId * 4 + 2;
  return (gatewayId ?? id) * 4;
}
