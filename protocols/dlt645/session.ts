import type { ProtocolSession } from '../../src/model/uplinks.ts';
import { heard, type Round } from '../polling.ts';
import { isObject } from '../sink.ts';

/** What lasts of a terminal: which meters are on its bus, and what each of them does not have. */
export interface Taught {
  version: 1;
  /** The first is the device itself; the points of the others have its address before them. */
  meters: readonly string[];
  /** Identifiers that were refused, as `address/identifier`. */
  absent: readonly string[];
}

export interface Asked {
  address: string;
  identifier: string;
  at: number;
}

export interface Memory extends ProtocolSession {
  taught?: Taught;
  asked?: Asked;
  /** Where the round of questions stands. */
  round?: Round;
  /** Faults of the supply that each meter told last, as `address/word/channel/cause`. */
  standing?: readonly string[];
}

/** A serial bus carries no more. */
export const MOST_METERS = 32;
const MOST_ABSENT = 500;
const EMPTY: Taught = { version: 1, meters: [], absent: [] };

export function memoryOf(session: ProtocolSession): Memory {
  const { taught } = session;
  return taught === undefined || (isObject(taught) && taught.version === 1)
    ? (session as Memory)
    : { ...session, taught: EMPTY };
}

export const taughtOf = ({ taught = EMPTY }: Memory): Taught => taught;

/** Whoever answers is on the bus. */
export function meet(memory: Memory, address: string): Memory {
  const taught = taughtOf(memory);
  if (!/^\d{12}$/.test(address) || taught.meters.includes(address) || taught.meters.length >= MOST_METERS)
    return memory;
  return { ...memory, taught: { ...taught, meters: [...taught.meters, address] } };
}

/** Is not asked for this again. */
export function lacks(memory: Memory, address: string, identifier: string): Memory {
  const taught = taughtOf(memory);
  const entry = `${address}/${identifier}`;
  if (taught.absent.includes(entry) || taught.absent.length >= MOST_ABSENT) return memory;
  return { ...memory, taught: { ...taught, absent: [...taught.absent, entry] } };
}

export function answered({ asked: _asked, ...rest }: Memory): Memory {
  return heard(rest);
}
