import { guarded } from './app/guarded.ts';
import { startIngest } from './app/ingest.ts';
import { type Parts, startParts } from './app/parts.ts';
import { startInbox, startRules } from './app/rules.ts';
import { startApi } from './app/web.ts';
import type { Config } from './config.ts';
import { CleanUp } from './platform/clean-up.ts';
import { type Clock, createSystemClock } from './platform/clock.ts';
import type { Database } from './platform/database.ts';
import { createLogger, type Logger } from './platform/logging.ts';
import { type Addresses, nameAddresses, writeAddresses } from './transport/addresses.ts';

export interface Service {
  addresses: Addresses;
  database: Database;
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;
const RETENTION_MS = 3_600_000;

/** Starts the roles that the configuration names; when it fails, whatever had been started is ended again. */
export async function startService(
  config: Config,
  given: { clock?: Clock; log?: Logger } = {},
): Promise<Service> {
  const clock = given.clock ?? createSystemClock();
  const log = given.log ?? createLogger(config.logLevel);
  const cleanUp = new CleanUp(log);
  try {
    const parts = await startParts({ config, clock, log }, cleanUp);
    const addresses: Addresses = { tcp: {}, udp: {}, webSocket: {} };
    const drainInbox = startInbox(parts, cleanUp);
    const rules = config.roles.has('rules') ? await startRules(parts, cleanUp) : undefined;
    const drainHere = rules && drainInbox;
    const sockets = config.roles.has('ingest') ? await startIngest(parts, cleanUp, drainHere) : undefined;
    if (config.roles.has('respond')) startRespond(parts, cleanUp);
    if (config.roles.has('api')) await startApi(parts, { sockets, rules, addresses }, cleanUp);
    startHouseKeeping(parts, cleanUp);
    if (sockets) nameAddresses(config, sockets.transports, addresses);
    await writeAddresses(config, addresses);
    return { addresses, database: parts.database, close: () => cleanUp.run() };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

/** Escalation and the outbox. */
function startRespond(parts: Parts, cleanUp: CleanUp): void {
  const { clock, log, incidents, tickets, notifier, queue } = parts;
  queue.work('notify', 2, async (ids) => notifier.dispatch(ids));
  const sweep = clock.every(SWEEP_MS, async () => {
    await guarded(log, () => incidents.sweep());
    await guarded(log, () => tickets.sweep());
    await guarded(log, () => notifier.sweep());
  });
  cleanUp.add(() => sweep.cancel());
}

/** What every process with a database does. */
function startHouseKeeping({ clock, log, retention }: Parts, cleanUp: CleanUp): void {
  const sweep = clock.every(RETENTION_MS, () => guarded(log, () => retention.sweep()));
  cleanUp.add(() => sweep.cancel());
}
