import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject } from '../sink.ts';
import type { Meaning } from './meaning.ts';

/** A topic on which somebody says whether an entity is there. */
export interface Availability {
  topic: string;
  on: string;
  off: string;
  template?: string;
}

export interface Command {
  topic: string;
  on: string;
  off: string;
  template?: string;
}

/** What one discovery message taught of one entity. */
export interface Entity {
  device: string;
  /** What it is called among the entities of its device, in case several say the same. */
  point: string;
  means: Meaning;
  topic?: string;
  template?: string;
  /** Why the template is none that is understood. */
  unsupported?: string;
  /** The raw words of its states. */
  on?: string;
  off?: string;
  /** Of a trigger: it alone counts. */
  payload?: string;
  /** It turns off by itself, so that every ON is news. */
  momentary?: true;
  availability?: { mode: 'all' | 'any' | 'latest'; topics: readonly Availability[] };
  command?: Command;
}

/** What lasts: kept in the database under the gateway, written whenever it is another object. */
export interface Taught {
  version: 1;
  entities: Readonly<Record<string, Entity>>;
  /** Every identifier of each device beside the first, and the device through which it speaks. */
  devices: Readonly<Record<string, { ids?: readonly string[]; via?: string }>>;
  /** Faults that stand, by entity. */
  standing: readonly string[];
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
  /** What was said last on each availability topic. */
  available?: Readonly<Record<string, boolean>>;
  /** The last state of entities that tell events, with the message in which it stood. */
  states?: Readonly<Record<string, { on: boolean; text: string }>>;
}

const EMPTY: Taught = { version: 1, entities: {}, devices: {}, standing: [] };
export const MOST_ENTITIES = 2000;
const MOST_REMEMBERED = 2000;

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  const sound =
    isObject(taught) && taught.version === 1 && isObject(taught.entities) && isObject(taught.devices);
  return taught === undefined || sound ? session : {};
}

export function taughtOf({ taught }: Memory): Taught {
  return taught ?? EMPTY;
}

export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The record with one entry more; one that has grown without bounds begins anew. */
export function put<T>(record: Readonly<Record<string, T>> | undefined, key: string, value: T) {
  const crowded =
    record !== undefined && !Object.hasOwn(record, key) && Object.keys(record).length >= MOST_REMEMBERED;
  return { ...(crowded ? {} : record), [key]: value };
}

/** Puts a topic's entities in the place of those it had before. The same memory where nothing changed. */
export function replaceEntities(
  memory: Memory,
  belongs: (key: string) => boolean,
  entities: Readonly<Record<string, Entity>>,
): Memory {
  const before = taughtOf(memory);
  const old = Object.entries(before.entities).filter(([key]) => belongs(key));
  if (JSON.stringify(old) === JSON.stringify(Object.entries(entities))) return memory;
  const others = Object.entries(before.entities).filter(([key]) => !belongs(key));
  const room = Math.max(0, MOST_ENTITIES - others.length);
  const kept = Object.fromEntries([...others, ...Object.entries(entities).slice(0, room)]);
  const named = new Set(Object.values(kept).map(({ device }) => device));
  const devices = Object.fromEntries(Object.entries(before.devices).filter(([device]) => named.has(device)));
  const standing = before.standing.filter((key) => Object.hasOwn(kept, key));
  return { ...memory, taught: { ...before, entities: kept, devices, standing } };
}
