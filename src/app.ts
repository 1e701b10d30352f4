import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { protocols } from '../protocols/index.ts';
import { createApi } from './api/api.ts';
import type { RuleView } from './api/schemas.ts';
import type { Config } from './config.ts';
import { type Claims, createClaims } from './devices/claims.ts';
import { noteAlive, noteUnknown } from './devices/device-store.ts';
import { DOWNLINK_CHANNEL, expireDownlinks } from './devices/downlink-store.ts';
import { createDownlinks } from './devices/downlinks.ts';
import { createRegistry } from './devices/registry.ts';
import { createIncidents, type Incidents } from './incidents/incidents.ts';
import { loadPolicies } from './incidents/policies.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import type { Protocol } from './model/uplinks.ts';
import { createChannels } from './notify/channels.ts';
import { createNotifier, type Notifier } from './notify/notifier.ts';
import { createDirectory, type Directory } from './people/directory.ts';
import { CleanUp } from './platform/clean-up.ts';
import { type Clock, createSystemClock } from './platform/clock.ts';
import { coalesce } from './platform/coalesce.ts';
import { type Database, type DatabaseAddress, migrate, openDatabase } from './platform/database.ts';
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts';
import { AppError } from './platform/errors.ts';
import { createLogger, type Logger } from './platform/logging.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import { startPartitions } from './platform/partitions.ts';
import { countPartitions } from './platform/partitions-store.ts';
import { createPrecedence, type Precedence } from './platform/precedence.ts';
import { formatProblem, type Problem } from './platform/problem.ts';
import { openWakeQueue, type WakeQueue } from './platform/queue.ts';
import { explainRule } from './rules/explain.ts';
import { createInboxWorker } from './rules/inbox-worker.ts';
import { loadRules } from './rules/load-rules.ts';
import type { Rule } from './rules/rule.ts';
import { createRulesConsumer } from './rules/rules-consumer.ts';
import { createTelemetryConsumer } from './telemetry/consumer.ts';
import { createInfluxStore } from './telemetry/influx.ts';
import { createReadingsStore } from './telemetry/readings-store.ts';
import { createRetention, type Retention } from './telemetry/retention.ts';
import type { TelemetryStore } from './telemetry/telemetry.ts';
import { type Addresses, hostInUrl, nameAddresses, writeAddresses } from './transport/addresses.ts';
import { startListeners, type Transports } from './transport/listeners.ts';

export interface Service {
  addresses: Addresses;
  database: Database;
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;
const INBOX_SWEEP_MS = 200;
const DEFAULT_SILENCE_MS = 25 * 3_600_000;
const RETENTION_MS = 3_600_000;
const BULK_CONNECTIONS = 4;
/** What came with a life event lets it pass first. */
const BEHIND_LIFE_MS = 30;

/** Everything that the parts are made of, in the order in which they depend on each other. */
interface Parts {
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
  claims: Claims;
  rules: readonly Rule[];
  retention: Retention;
}

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
    const addresses: Addresses = { tcp: {} };
    const drainInbox = startInbox(parts, cleanUp);
    if (config.roles.has('rules')) await startRules(parts, cleanUp);
    const rulesHere = config.roles.has('rules') ? drainInbox : undefined;
    const transports = config.roles.has('ingest') ? await startIngest(parts, cleanUp, rulesHere) : undefined;
    if (config.roles.has('respond')) startRespond(parts, cleanUp);
    if (config.roles.has('api')) await startApi(parts, { transports, addresses }, cleanUp);
    startHouseKeeping(parts, cleanUp);
    if (transports) nameAddresses(config, transports, addresses);
    await writeAddresses(config, addresses);
    return { addresses, database: parts.database, close: () => cleanUp.run() };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

async function startParts(base: Pick<Parts, 'config' | 'clock' | 'log'>, cleanUp: CleanUp): Promise<Parts> {
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
  const directory = createDirectory({ database, clock, timeZone: config.timeZone });
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
  return {
    ...base,
    processId: randomUUID(),
    database,
    bulk,
    queue,
    precedence: createPrecedence(clock),
    metrics: createMetrics(),
    protocols: new Map(protocols.map((protocol) => [protocol.name, protocol])),
    telemetry,
    directory,
    notifier,
    incidents,
    claims: createClaims({
      database,
      clock,
      log,
      protocols,
      gridAt: (point, db) => directory.gridAt(point, db),
    }),
    rules: await readRules(config),
    retention,
  };
}

function openNotifier(
  { config, clock, log }: Pick<Parts, 'config' | 'clock' | 'log'>,
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

async function readRules(config: Config): Promise<readonly Rule[]> {
  const { rules, problems } = await loadRules(config.rulesDir);
  if (problems.length > 0) throw faulty('RULES_INVALID', problems);
  return rules;
}

function faulty(code: string, problems: readonly Problem[]): AppError {
  return new AppError(code, problems.map((problem) => formatProblem(problem, 'en')).join('\n'));
}

async function databaseAddress(
  { config, clock, log }: Pick<Parts, 'config' | 'clock' | 'log'>,
  cleanUp: CleanUp,
): Promise<DatabaseAddress> {
  if (config.databaseUrl) return { url: config.databaseUrl };
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log, clock });
  cleanUp.add(() => embedded.stop());
  return embedded.address;
}

/** Sockets, decoding and the group commit. */
async function startIngest(
  parts: Parts,
  cleanUp: CleanUp,
  drainInbox: (() => Promise<void>) | undefined,
): Promise<Transports> {
  const { config, database, clock, log, queue } = parts;
  const registry = await createRegistry(database);
  const partitions = await countPartitions(database.db);
  const wakeLog = coalesce(clock, (keys) => queue.wake('log', keys));
  const ingest: Ingest = createIngest({
    database,
    clock,
    log,
    protocols: parts.protocols,
    registry,
    partitions,
    precedence: parts.precedence,
    sightings: {
      noteUnknown: (sightings) => noteUnknown(database.db, sightings),
      noteAlive: (devices) => noteAlive(database.db, devices),
    },
    woken(touched, lifeEvents) {
      if (lifeEvents === 0) {
        wakeLog(touched);
        return undefined;
      }
      // Where the rules are in this process too, a life event does not wait for the queue; the job follows for whoever else is there.
      clock.after(drainInbox ? BEHIND_LIFE_MS : 0, () => {
        queue.wake('inbox');
        wakeLog(touched);
      });
      return drainInbox?.();
    },
  });
  cleanUp.add(() => ingest.close());
  parts.metrics.countUplinks(() => ingest.counts());
  const downlinks = createDownlinks({ database, clock, protocols: parts.protocols });
  const transports = await startListeners({
    host: config.host,
    mqttPort: config.mqttPort,
    portOf: config.listenerPort,
    protocols,
    registry,
    intake: ingest,
    downlinks,
    clock,
    log,
  });
  cleanUp.add(() => transports.close());
  parts.metrics.countConnections(() => transports.connections());
  await database.listen(DOWNLINK_CHANNEL, (payload) => transports.deliver(payload));
  const expiry = clock.every(SWEEP_MS, () => guarded(log, () => expireDownlinks(database.db, clock.now())));
  cleanUp.add(() => expiry.cancel());
  return transports;
}

/** The log, drained by the workers of the queue. */
async function startRules(parts: Parts, cleanUp: CleanUp): Promise<void> {
  const { config, database, clock, log, queue, rules, incidents } = parts;
  const engine = await startPartitions({
    processId: parts.processId,
    roles: [...config.roles],
    database: parts.bulk,
    free: parts.precedence.free,
    clock,
    log,
    consumers: [
      createRulesConsumer({
        clock,
        database,
        log,
        rules,
        respond: incidents.respond,
        expectedEveryMs: (protocol) => parts.protocols.get(protocol)?.expectedEveryMs ?? DEFAULT_SILENCE_MS,
      }),
      createTelemetryConsumer({ store: parts.telemetry }),
    ],
  });
  cleanUp.add(() => engine.close());
  queue.work('log', 8, (partitions) => engine.wake(partitions));
}

/**
 * The lane of life. Every process that has a database looks for events that nobody took within a moment, whatever its roles, so that no
 * dead process holds an SOS. Returns what drains the inbox at once.
 */
function startInbox(parts: Parts, cleanUp: CleanUp): () => Promise<void> {
  const { config, database, clock, log, queue, rules, incidents, claims } = parts;
  const inbox = createInboxWorker({
    database,
    clock,
    log,
    rules,
    respond: incidents.respond,
    onLifeEvent: (trx, event) => claims.pressed(trx, event),
  });
  if (config.roles.has('rules')) queue.work('inbox', 4, async () => void (await inbox.drain()));
  const sweep = clock.every(INBOX_SWEEP_MS, () =>
    guarded(log, () => inbox.drain({ olderThanMs: INBOX_SWEEP_MS })),
  );
  cleanUp.add(() => sweep.cancel());
  return () => guarded(log, () => inbox.drain());
}

/** Escalation and the outbox. */
function startRespond(parts: Parts, cleanUp: CleanUp): void {
  const { clock, log, incidents, notifier, queue } = parts;
  queue.work('notify', 2, async (ids) => notifier.dispatch(ids));
  const sweep = clock.every(SWEEP_MS, async () => {
    await guarded(log, () => incidents.sweep());
    await guarded(log, () => notifier.sweep());
  });
  cleanUp.add(() => sweep.cancel());
}

async function startApi(
  parts: Parts,
  web: { transports: Transports | undefined; addresses: Addresses },
  cleanUp: CleanUp,
): Promise<void> {
  const { config, database, clock, log, directory, claims } = parts;
  const api = await createApi({
    database,
    clock,
    log,
    timeZone: config.timeZone,
    incidents: parts.incidents,
    telemetry: parts.telemetry,
    notifier: parts.notifier,
    gridAt: (point, db) => directory.gridAt(point, db),
    claims,
    protocols,
    rules: () => parts.rules.map(ruleView),
    metrics: parts.metrics.registry,
    notReady: async () => [],
    webDir: config.webDir,
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
  });
  cleanUp.add(() => api.close());
  const { transports } = web;
  if (transports)
    api.server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] === '/mqtt') transports.upgrade(request, socket, head);
      else socket.destroy();
    });
  try {
    await api.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw new AppError(
      'TRANSPORT_PORT_TAKEN',
      `cannot listen on ${config.host}:${config.port}: ${String(error)}`,
      {
        details: { port: config.port },
        cause: error,
      },
    );
  }
  const { port } = api.server.address() as AddressInfo;
  web.addresses.http = `http://${hostInUrl(config.host)}:${port}`;
}

/** What every process with a database does. */
function startHouseKeeping({ clock, log, retention }: Parts, cleanUp: CleanUp): void {
  const sweep = clock.every(RETENTION_MS, () => guarded(log, () => retention.sweep()));
  cleanUp.add(() => sweep.cancel());
}

function ruleView(rule: Rule): RuleView {
  const { name, kind, title, severity, consequence } = rule;
  return { name, kind, title, severity, consequence, text: explainRule(rule, 'zh').join('\n') };
}

async function guarded(log: Logger, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.warn({ err: error }, 'a sweep failed, the next one tries again');
  }
}
