import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject } from '../sink.ts';

/** What is known of one device behind a network server. */
export interface KnownDevice {
  /** Its application, and its id where commands name that and not the EUI. */
  app: string;
  id?: string;
  model?: string;
  /** The network server reported that it cannot understand the device; taken back by its next uplink. */
  troubled?: true;
}

/** What lasts of a network server; kept under the gateway and written whenever it is another object. */
export interface Taught {
  version: 1;
  /** By EUI in small letters. */
  devices: Readonly<Record<string, KnownDevice>>;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
  /** Devices that were introduced since our start. */
  met?: Readonly<Record<string, true>>;
  /** What a meter said in one frame and another frame needs. */
  multipliers?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const EMPTY: Taught = { version: 1, devices: {} };
const MOST = 5000;

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  if (taught === undefined || (isObject(taught) && taught.version === 1)) return session;
  return { ...session, taught: EMPTY };
}

export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The record with one entry more; one that has grown without bounds begins anew. */
export function put<T>(
  record: Readonly<Record<string, T>> | undefined,
  key: string,
  value: T,
): Record<string, T> {
  const crowded = record !== undefined && !Object.hasOwn(record, key) && Object.keys(record).length >= MOST;
  return { ...(crowded ? {} : record), [key]: value };
}

export function deviceIn(session: ProtocolSession, eui: string): KnownDevice | undefined {
  return own(memoryOf(session).taught?.devices, eui);
}

/** Remembers where a device is reached and what it is; the same memory where nothing is new. */
export function learn(memory: Memory, eui: string, device: KnownDevice): Memory {
  const before = own(memory.taught?.devices, eui);
  const same =
    before?.app === device.app &&
    before.id === device.id &&
    before.model === device.model &&
    before.troubled === device.troubled;
  if (same) return memory;
  return { ...memory, taught: { version: 1, devices: put(memory.taught?.devices, eui, device) } };
}
