import type { Contact } from '../people/contact-store.ts';
import type { Directory } from '../people/directory.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Trx } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';
import type { TicketPolicies } from './policies.ts';
import type { Calendar } from './working-time.ts';

/** A breaker that a rule wants switched off. */
export interface SwitchOff {
  protocol: string;
  nativeId: string;
  deviceId: number;
  /** Empty where the device has one point only. */
  channel: string;
  ticketId: number;
  now: number;
}

/** What tickets need of the others; `app.ts` passes it in. */
export interface TicketsDeps {
  database: Database;
  clock: Clock;
  directory: Directory;
  /** Of the companies' shifts, e.g. `Asia/Shanghai`. */
  timeZone: string;
  calendar: Calendar;
  policies: TicketPolicies;
  /** Names of the channels that reach a person; empty where none does. */
  channelsFor(contact: Contact): readonly string[];
  /** Sends messages that are committed; what it misses is found by notify's own sweep. */
  dispatch(ids: number[]): void | Promise<void>;
  /** Queues the command in the caller's transaction and returns its id; undefined where the device cannot be switched. */
  queueSwitchOff(trx: Trx, breaker: SwitchOff): Promise<number | undefined>;
  /** The auditor mended a ticket that nothing would have looked at again: a fault of ours, to be counted. */
  onRepaired?: () => void;
  log: Logger;
}

/** The same within one transaction, at one moment. */
export interface RoundDeps extends Omit<TicketsDeps, 'database'> {
  now: number;
}
