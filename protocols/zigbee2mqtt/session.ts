import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject } from '../sink.ts';
import type { Mapping } from './mapping.ts';

/** What `bridge/devices` taught of one device, by its friendly name. */
export interface TaughtDevice {
  ieee: string;
  /** How each of its properties becomes a reading; a property that says nothing to us has no entry. */
  map: Readonly<Record<string, Mapping>>;
  /** Absent where Zigbee2MQTT does not know the model: its properties are then read by their names. */
  known?: boolean;
}

/** What lasts: kept in the database under the gateway, written whenever it is another object. */
export interface Taught {
  version: 1;
  base: string;
  devices: Readonly<Record<string, TaughtDevice>>;
  groups: readonly string[];
  /** What each breaker said last: `cause=stage` of the faults that stand, `@word` of its last event. */
  standing: Readonly<Record<string, readonly string[]>>;
}

/** The session of one gateway. What is not `taught` may be forgotten: a restart of ours makes it as new. */
export interface Memory extends ProtocolSession {
  taught?: Taught;
  /** When Zigbee2MQTT said that it started, our clock, and whose first message since then came. */
  startedAt?: number;
  heard?: Readonly<Record<string, true>>;
  /** The last live states of each device, as `signal.channel`. */
  states?: Readonly<Record<string, Readonly<Record<string, boolean | string>>>>;
  /** The rest of the message in which a call for help that is a state was last seen. */
  calls?: Readonly<Record<string, string>>;
  /** Actions of the last seconds, because some set-ups say each on two topics. */
  actions?: Readonly<Record<string, { value: string; at: number }>>;
}

const EMPTY: Taught = { version: 1, base: '', devices: {}, groups: [], standing: {} };
/** Topics come from outside: what is remembered of names that nobody listed has an end. */
const MOST_REMEMBERED = 2000;

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  if (taught === undefined || (isObject(taught) && taught.version === 1)) return session;
  return { ...session, taught: EMPTY };
}

export function taughtOf(memory: Memory): Taught {
  return memory.taught ?? EMPTY;
}

export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The record with one entry more; one that has grown without bounds begins anew. */
export function put<T>(record: Readonly<Record<string, T>> | undefined, key: string, value: T) {
  const crowded = record !== undefined && Object.keys(record).length >= MOST_REMEMBERED;
  return { ...(crowded ? {} : record), [key]: value };
}
