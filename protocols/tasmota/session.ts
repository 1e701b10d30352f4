import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject, type Sink } from '../sink.ts';

/** What lasts of one device; a new object whenever it changed. */
export interface Taught {
  version: 1;
  /** The order of its topics, where it is not the customary one. */
  fullTopic?: string;
  /** It switches a circuit, so that its inputs are those of a wall and no ropes. */
  relay?: true;
  /** Several circuits. */
  relays?: true;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
}

/** One message being read. */
export interface Talk {
  sink: Sink;
  memory: Memory;
  /** What the device is called: topic and id, for what its inputs are there for. */
  names: readonly string[];
}

const EMPTY: Taught = { version: 1 };

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  return taught === undefined || (isObject(taught) && taught.version === 1) ? session : {};
}

export function taughtOf({ taught }: Memory): Taught {
  return taught ?? EMPTY;
}

/** Notes what is worth keeping; the same memory where nothing changed. */
export function teach(talk: Talk, news: Partial<Omit<Taught, 'version'>>): undefined {
  const before = taughtOf(talk.memory);
  const taught: Taught = { ...before, ...news };
  if (JSON.stringify(before) !== JSON.stringify(taught)) talk.memory = { ...talk.memory, taught };
}
