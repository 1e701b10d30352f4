import { ANY_LANGUAGE } from '../devices/device-store.ts';
import { hardwareIdOf } from '../model/hardware-id.ts';
import type { Decoded, Protocol, Uplink } from '../model/uplinks.ts';
import type { AttributedDevice } from './attribute.ts';

/** Who speaks, and through whom. */
export interface Speaker {
  device: AttributedDevice | null;
  /** The registered gateway whose connection or topic it is. */
  gateway: AttributedDevice | null;
  /** The same unit as it is registered, in another language than this. */
  twin?: AttributedDevice;
  /** Anybody who speaks its language may speak for it. */
  isOpen?: boolean;
  /** Why what it says does not count as the device's. */
  refusal?: string;
}

export type Peek = (protocol: string, spelling: string) => AttributedDevice | null | undefined;

export interface Spelling {
  protocol: string;
  spelling: string;
}

/** The spellings that must be known before `speakerOf` is asked. */
export function spellingsIn(
  { protocol: name, claimedId }: Uplink,
  { nativeId, others }: Decoded,
  protocol: Protocol | undefined,
): readonly Spelling[] {
  const own = nativeId === undefined ? [] : [{ protocol: name, spelling: nativeId }];
  for (const other of others ?? []) own.push({ protocol: name, spelling: other.nativeId });
  if (!protocol?.gateway || claimedId === undefined || claimedId === nativeId) return own;
  return [{ protocol: name, spelling: claimedId }, ...own];
}

/** Of spellings that nobody registered: those by which the same unit may be registered in another language. */
export function twinSpellings(spellings: readonly Spelling[], peek: Peek): Spelling[] {
  return spellings.flatMap(({ protocol, spelling }) => {
    if (peek(protocol, spelling) !== null) return [];
    const hardware = hardwareIdOf(spelling);
    return hardware === undefined ? [] : [{ protocol: ANY_LANGUAGE, spelling: hardware }];
  });
}

/** A gateway speaks for itself and for what is behind it, and for nobody else. */
export function speakerOf(
  uplink: Uplink,
  decoded: Decoded,
  { protocol, peek }: { protocol: Protocol | undefined; peek: Peek },
): Speaker {
  const { nativeId } = decoded;
  const device = nativeId === undefined ? null : (peek(uplink.protocol, nativeId) ?? null);
  const twin = device || nativeId === undefined ? {} : twinOf(nativeId, peek);
  if (!protocol?.gateway) return { device, gateway: null, ...twin };
  const { claimedId } = uplink;
  const gateway = claimedId === undefined ? null : (peek(uplink.protocol, claimedId) ?? null);
  if (!device || (gateway && (device.id === gateway.id || device.gatewayId === gateway.id)))
    return { device, gateway, ...twin };
  if (protocol.gateway.open && device.gatewayId === undefined && device.topicPrefix === undefined)
    return { device, gateway, isOpen: true };
  const through = claimedId ?? uplink.topicPrefix ?? 'this gateway';
  return { device: null, gateway, refusal: `${nativeId} is not behind ${through}` };
}

function twinOf(nativeId: string, peek: Peek): Pick<Speaker, 'twin'> {
  const hardware = hardwareIdOf(nativeId);
  const twin = hardware === undefined ? null : peek(ANY_LANGUAGE, hardware);
  return twin ? { twin } : {};
}

type Scoped = Pick<AttributedDevice, 'id' | 'subjectId' | 'siteId' | 'gatewayId'>;

/** Readings of one scope are kept in order: the wearer, else the site, else what is behind one gateway, else the device. */
export function partitionOf(device: Scoped | null, partitions: number): number {
  if (!device) return -1;
  return (Math.imul(scopeOf(device), 0x9e3779b1) >>> 8) % partitions;
}

function scopeOf({ id, subjectId, siteId, gatewayId }: Scoped): number {
  if (subjectId !== undefined) return subjectId * 4 + 1;
  if (siteId !== undefined) return siteId * 4 + 2;
  return (gatewayId ?? id) * 4;
}
