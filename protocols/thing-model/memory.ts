/** What devices have taught by what they said: what they are, and by which property they are switched. */
import type { PositionSignal, ProtocolSession } from '../../src/model/uplinks.ts';
import type { Purpose } from '../field-names.ts';
import { isObject } from '../sink.ts';
import type { ProfileName } from './topics.ts';

export interface Switch {
  property: string;
  signal: PositionSignal;
  /** What closes a breaker or opens a valve, and the other. */
  on: boolean | number | string;
  off: boolean | number | string;
  channel?: string;
  service?: string;
}

export interface Known {
  profile: ProfileName;
  /** Start of the topics by which it speaks, a gateway's where it is behind one. */
  prefix: string;
  behind?: true;
  purpose?: Purpose;
  switches?: readonly Switch[];
}

const MAX_DEVICES = 1000;
const MAX_SWITCHES = 32;

type Devices = Readonly<Record<string, Known>>;

function devicesOf(session: ProtocolSession): Devices {
  const { taught } = session;
  const devices = isObject(taught) ? taught.devices : undefined;
  return isObject(devices) ? (devices as Devices) : {};
}

export function knownOf(session: ProtocolSession, nativeId: string | undefined): Known | undefined {
  const devices = devicesOf(session);
  return nativeId !== undefined && Object.hasOwn(devices, nativeId) ? devices[nativeId] : undefined;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function merged(before: readonly Switch[] = [], found: readonly Switch[] = []): readonly Switch[] {
  const fresh = found.filter(
    (one) => !before.some((other) => other.property === one.property && other.service === one.service),
  );
  return [...before, ...fresh].slice(0, MAX_SWITCHES);
}

/** The session with what one message taught; the same object where that was nothing new. The device heard last is the last to go. */
export function learn(session: ProtocolSession, nativeId: string, found: Known): ProtocolSession {
  const devices = devicesOf(session);
  const before = knownOf(session, nativeId);
  const switches = merged(before?.switches, found.switches);
  const purpose = found.purpose ?? before?.purpose;
  const next: Known = {
    profile: found.profile,
    prefix: found.prefix,
    ...(found.behind ? { behind: true } : {}),
    ...(purpose ? { purpose } : {}),
    ...(switches.length > 0 ? { switches } : {}),
  };
  // What says nothing beyond its topic is remembered by nobody: thousands of sensors may speak through one forwarder.
  if (same(before, next) || (!purpose && switches.length === 0)) return session;
  const others = Object.entries(devices).filter(([id]) => id !== nativeId);
  return {
    ...session,
    taught: { devices: Object.fromEntries([...others.slice(-(MAX_DEVICES - 1)), [nativeId, next]]) },
  };
}
