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

export interface Spelling {
  protocol: string;
  spelling: string;
}

/** The spellings that must be known before `speakerOf` is asked. */
export function spellingsIn(
  { protocol: name, claimedId }: Uplink,
  { nativeId }: Decoded,
  protocol: Protocol | undefined,
): readonly Spelling[] {
  const own = nativeId === undefined ? [] : [{ protocol: name, spelling: nativeId }];
  if (!protocol?.gateway || claimedId === undefined || claimedId === nativeId) return own;
  return [{ protocol: name, spelling: claimedId }, ...own];
}

/** A gateway speaks for itself and for what is behind it, and for nobody else. */
export function speakerOf(
  uplink: Uplink,
  decoded: Decoded,
  { protocol, peek }: { protocol: Protocol | undefined; peek: Peek },
): Speaker {
  const { nativeId } = decoded;
  const device = nativeId === undefined ? null : (peek(uplink.protocol, nativeId) ?? null);
  if (!protocol?.gateway) return { device, gateway: null };
  const { claimedId } = uplink;
  const gateway = claimedId === undefined ? null : (peek(uplink.protocol, claimedId) ?? null);
  if (!device || (gateway && (device.id === gateway.id || device.gatewayId === gateway.id)))
    return { device, gateway };
  const through = claimedId ?? uplink.topicPrefix ?? 'this gateway';
  return { device: null, gateway, refusal: `${nativeId} is not behind ${through}` };
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
