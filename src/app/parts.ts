import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { protocols } from '../../protocols/index.ts';
import type { Config } from '../config.ts';
import { type Claims, createClaims } from '../devices/claims.ts';
import { queueSwitch } from '../devices/switching-store.ts';
import { createIncidents, type Incidents } from '../incidents/incidents.ts';
import { loadPolicies } from '../incidents/policies.ts';
import type { Protocol } from '../model/uplinks.ts';
import { createChannels } from '../notify/channels.ts';
import { createNotifier, type Notifier } from '../notify/notifier.ts';
import { createDirectory, type Directory } from '../people/directory.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, type DatabaseAddress, migrate, openDatabase } from '../platform/database.ts';
import { startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { createMetrics, type Metrics } from '../platform/metrics.ts';
import { createPrecedence, type Precedence } from '../platform/precedence.ts';
import { formatProblem, type Problem } from '../platform/problem.ts';
import { openWakeQueue, type WakeQueue } from '../platform/queue.ts';
import { openRuleLibrary, type RuleLibrary } from '../rules/rule-library.ts';
import { createInfluxStore } from '../telemetry/influx.ts';
import { createReadingsStore } from '../telemetry/readings-store.ts';
import { createRetention, type Retention } from '../telemetry/retention.ts';
import type { TelemetryStore } from '../telemetry/telemetry.ts';
import { loadCalendar } from '../tickets/calendars.ts';
import { loadTicketPolicies } from '../tickets/policies.ts';
import { createTicketViews, type TicketViews } from '../tickets/ticket-views.ts';
import { createTickets, type Tickets } from '../tickets/tickets.ts';
import type { Calendar } from '../tickets/working-time.ts';

const BULK_CONNECTIONS = 4;

/** Everything that the parts are made of, in the order in which they depend on each other. */
export interface Parts {
  config: Config;
  clock: Clock;
  log: Logger;
  processId: string;
  database: Database;
  /** The same database by connections of its own: readers of the log, however far behind, take none from an SOS. */
  bulk: Database;
  queue: WakeQueue;
  precedence: Precedence;
  metrics: Metrics;
  protocols: ReadonlyMap<string, Protocol>;
  telemetry: TelemetryStore;
  directory: Directory;
  notifier: Notifier;
  incidents: Incidents;
  tickets: Tickets;
  ticketViews: TicketViews;
  calendar: Calendar;
  claims: Claims;
  /** Which rules run, now. */
  library: RuleLibrary;
  retention: Retention;
}

type Base = Pick<Parts, 'config' | 'clock' | 'log'>;
type Stores = Pick<Parts, 'database' | 'bulk' | 'queue' | 'telemetry' | 'retention'>;

/** Opens what every role needs, the database first. */
export async function startParts(base: Base, cleanUp: CleanUp): Promise<Parts> {
  const { config, clock, log } = base;
  const stores = await openStores(base, cleanUp);
  const { database } = stores;
  const processId = randomUUID();
  const library = await openRuleLibrary({ database, clock, log, directory: config.rulesDir, processId });
  cleanUp.add(() => library.close());
  const directory = createDirectory({ database, clock, timeZone: config.timeZone });
  const responders = await openResponders(base, { ...stores, directory }, cleanUp);
  return {
    ...base,
    ...stores,
    ...responders,
    directory,
    processId,
    library,
    precedence: createPrecedence(clock),
    metrics: createMetrics(),
    protocols: new Map(protocols.map((protocol) => [protocol.name, protocol])),
    claims: createClaims({
      database,
      clock,
      log,
      protocols,
      gridAt: (point, db) => directory.gridAt(point, db),
    }),
  };
}

async function openStores(base: Base, cleanUp: CleanUp): Promise<Stores> {
  const { config, clock, log } = base;
  const address = await databaseAddress(base, cleanUp);
  const database = await openDatabase(address, log);
  cleanUp.add(() => database.close());
  await migrate(database.db);
  const bulk = await openDatabase(address, log, BULK_CONNECTIONS);
  cleanUp.add(() => bulk.close());
  const retention = createRetention({ database, clock, log });
  await retention.ensureDays();
  const queue = await openWakeQueue({
    database: address,
    clock,
    log,
    ...(config.redisUrl ? { redisUrl: config.redisUrl } : {}),
  });
  cleanUp.add(() => queue.close());
  const telemetry = config.influx
    ? createInfluxStore({ ...config.influx, log })
    : createReadingsStore(database.db);
  return { database, bulk, queue, telemetry, retention };
}

/** Who acts on alerts, and who tells people of it. */
async function openResponders(
  base: Base,
  own: Stores & Pick<Parts, 'directory'>,
  cleanUp: CleanUp,
): Promise<Pick<Parts, 'notifier' | 'incidents' | 'tickets' | 'ticketViews' | 'calendar'>> {
  const { config, clock, log } = base;
  const { database, queue, directory } = own;
  const notifier = openNotifier(base, {
    database,
    queue,
    stepFailed: (id, step) => incidents.stepFailed(id, step),
  });
  cleanUp.add(() => notifier.settled());
  const incidents: Incidents = createIncidents({
    database,
    clock,
    log,
    policies: await readPolicies(config),
    directory,
    channelsFor: (contact) => notifier.channelsFor(contact),
    dispatch: (ids) => notifier.dispatch(ids),
  });
  const { calendar, policies } = await readDeadlines(config);
  const tickets = createTickets({
    database,
    clock,
    log,
    directory,
    timeZone: config.timeZone,
    calendar,
    policies,
    channelsFor: (contact) => notifier.channelsFor(contact),
    dispatch: (ids) => notifier.dispatch(ids),
    queueSwitchOff: (trx, { now, protocol: _protocol, nativeId: _nativeId, ...breaker }) =>
      queueSwitch(trx, { ...breaker, on: false }, now).catch(noneIfRefused),
  });
  return {
    notifier,
    incidents,
    tickets,
    calendar,
    ticketViews: createTicketViews({ database, clock, calendar }),
  };
}

function openNotifier(
  { config, clock, log }: Base,
  own: Pick<Parts, 'database' | 'queue'> & { stepFailed(incidentId: number, step: number): Promise<void> },
): Notifier {
  const { database, queue } = own;
  const { timeZone, publicUrl, smtp } = config;
  return createNotifier({
    database,
    clock,
    log,
    channels: createChannels({
      database,
      clock,
      timeZone,
      ...(publicUrl ? { publicUrl } : {}),
      ...(smtp ? { smtp } : {}),
    }),
    queueRetry: (id, afterMs) => queue.wake('notify', [id], afterMs),
    onFinalFailure: ({ incidentId, step }) => (step === null ? undefined : own.stepFailed(incidentId, step)),
  });
}

async function readPolicies(config: Config) {
  const { policies, problems } = await loadPolicies(join(config.rulesDir, 'policies'));
  if (!policies) throw faulty('POLICIES_INVALID', problems);
  return policies;
}

/** A device that is no more must not keep the ticket from being opened. */
function noneIfRefused(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error;
}

/** By when tickets have to be done: the calendar of working days, and the limits. */
async function readDeadlines({ rulesDir, timeZone }: Config) {
  const { calendar, problems } = await loadCalendar(join(rulesDir, 'calendars/cn.yaml'), timeZone);
  if (!calendar) throw faulty('CALENDAR_INVALID', problems);
  const read = await loadTicketPolicies(join(rulesDir, 'policies/tickets.yaml'));
  if (!read.policies) throw faulty('POLICIES_INVALID', read.problems);
  return { calendar, policies: read.policies };
}

function faulty(code: string, problems: readonly Problem[]): AppError {
  return new AppError(code, problems.map((problem) => formatProblem(problem, 'en')).join('\n'));
}

async function databaseAddress({ config, clock, log }: Base, cleanUp: CleanUp): Promise<DatabaseAddress> {
  if (config.databaseUrl) return { url: config.databaseUrl };
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log, clock });
  cleanUp.add(() => embedded.stop());
  return embedded.address;
}
