import type { EscalationPolicy } from '../model/incidents.ts';
import type { Contact } from '../people/contact-store.ts';
import type { Directory } from '../people/directory.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logging.ts';

/** What incidents need of the others; `app.ts` passes it in. */
export interface IncidentsDeps {
  database: Database;
  clock: Clock;
  directory: Directory;
  policies: { forKind(kind: string): EscalationPolicy };
  /** Names of the channels that reach a person; empty where none does. */
  channelsFor(contact: Contact): readonly string[];
  /** Sends messages that are committed; what it misses is found by notify's own sweep. */
  dispatch(ids: number[]): void | Promise<void>;
  /** The auditor mended an incident that nothing would have looked at again: a fault of ours, to be counted. */
  onRepaired?: () => void;
  log: Logger;
}

/** The same within one transaction, at one moment. */
export interface RoundDeps extends Omit<IncidentsDeps, 'database'> {
  now: number;
}
