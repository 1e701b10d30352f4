import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject, type Sink } from '../sink.ts';

/** What is known of one switched or metered component. */
export interface Known {
  on?: boolean;
  /** Its errors that stand, as `overpower=trip`. */
  errors?: readonly string[];
}

/** What lasts of one device; a new object whenever it changed. */
export interface Taught {
  version: 1;
  /** The id that the device gives itself, where its topics bear another name. */
  id?: string;
  /** It sleeps between reports, so that its last will means nothing. */
  sleeps?: true;
  components: Readonly<Record<string, Known>>;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
}

/** One message being read: what it says so far, and what is remembered afterwards. */
export interface Talk {
  sink: Sink;
  memory: Memory;
  /** The device's id, as it gives the model away. */
  id: string;
  /** Every attribute is there, so that what is absent is not the case. */
  full: boolean;
}

const EMPTY: Taught = { version: 1, components: {} };
const MOST_COMPONENTS = 64;

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  const sound = isObject(taught) && taught.version === 1 && isObject(taught.components);
  return taught === undefined || sound ? session : {};
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

export function knownOf(talk: Talk, component: string): Known {
  const { components } = taughtOf(talk.memory);
  return Object.hasOwn(components, component) ? (components[component] ?? {}) : {};
}

export function know(talk: Talk, component: string, known: Known): undefined {
  const { components } = taughtOf(talk.memory);
  if (Object.keys(known).length === 0 && !Object.hasOwn(components, component)) return;
  const crowded = Object.keys(components).length >= MOST_COMPONENTS && !Object.hasOwn(components, component);
  if (!crowded) teach(talk, { components: { ...components, [component]: known } });
}
