import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { isObject } from '../sink.ts';
import type { Meaning } from './meanings.ts';

/** One metric that says something to us, as its birth told it. */
export interface TaughtMetric {
  name: string;
  alias?: number;
  datatype?: number;
  meaning: Meaning;
}

export interface TaughtDevice {
  metrics: readonly TaughtMetric[];
  /** Aliases of metrics that say nothing to us, as first and last of each row: they are known, and no reason to ask. */
  silent: readonly (readonly [number, number])[];
}

/** What lasts of an edge node: kept in the database, written whenever it is another object. */
export interface Taught {
  version: 1;
  /** Number of the session that the last birth began; a death of another session is late. */
  bdSeq?: number;
  /** By device; the edge node itself under the empty name. Aliases are unique over all of them. */
  devices: Readonly<Record<string, TaughtDevice>>;
  /** The faults that each breaker told last, as `device/metric`. */
  standing: Readonly<Record<string, string>>;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
  /** The sequence number of the last message. */
  seq?: number;
  /** When it was heard last, our clock. */
  heardAt?: number;
  /** When a rebirth was asked for, our clock. */
  askedAt?: number;
  /** It died, and no birth has come since. */
  dead?: true;
}

export const NODE = '';
export const MOST_DEVICES = 200;
/** Metrics with a meaning that are remembered of one edge node. */
export const MOST_METRICS = 2000;
const MOST_STANDING = 500;
const EMPTY: Taught = { version: 1, devices: {}, standing: {} };

export function memoryOf(session: ProtocolSession): Memory {
  const { taught, ...rest } = session;
  return taught === undefined || (isObject(taught) && taught.version === 1) ? (session as Memory) : rest;
}

export const taughtOf = ({ taught = EMPTY }: Memory): Taught => taught;

export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** With one entry more, and never beyond `most`: the oldest gives way. */
export function put<T>(
  record: Readonly<Record<string, T>>,
  key: string,
  { value, most }: { value: T; most: number },
) {
  const others = Object.entries(record).filter(([known]) => known !== key);
  return Object.fromEntries([...others.slice(Math.max(0, others.length + 1 - most)), [key, value]]);
}

export function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([known]) => known !== key));
}

/** Remembers what a metric of faults says; undefined in place of a text where all is well. The same object where nothing changed. */
export function stand(memory: Memory, key: string, text: string | undefined): Memory {
  const taught = taughtOf(memory);
  if (own(taught.standing, key) === text) return memory;
  const standing =
    text === undefined
      ? without(taught.standing, key)
      : put(taught.standing, key, { value: text, most: MOST_STANDING });
  return { ...memory, taught: { ...taught, standing } };
}

export interface Known {
  device: string;
  /** Absent for a metric that says nothing to us. */
  metric?: TaughtMetric;
}

interface Index {
  byAlias: ReadonlyMap<number, Known>;
  byName: ReadonlyMap<string, Known>;
}

const indexes = new WeakMap<Taught, Index>();

/** Every metric of an edge node by its alias and by `device/name`. */
export function indexOf(taught: Taught): Index {
  const known = indexes.get(taught);
  if (known) return known;
  const byAlias = new Map<number, Known>();
  const byName = new Map<string, Known>();
  for (const [device, { metrics }] of Object.entries(taught.devices)) {
    for (const metric of metrics) {
      if (metric.alias !== undefined) byAlias.set(metric.alias, { device, metric });
      byName.set(`${device}/${metric.name}`, { device, metric });
    }
  }
  const index = { byAlias, byName };
  indexes.set(taught, index);
  return index;
}

export function isSilent({ devices }: Taught, alias: number): boolean {
  return Object.values(devices).some(({ silent }) =>
    silent.some(([first, last]) => alias >= first && alias <= last),
  );
}

/** Numbers as rows of neighbours, so that a thousand metrics of no interest take a few bytes. */
export function rowsOf(numbers: readonly number[]): [number, number][] {
  const rows: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = rows.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else rows.push([number, number]);
  }
  return rows.slice(0, MOST_METRICS);
}
