import { protocols } from '../../protocols/index.ts';
import { noteAlive, noteUnknown } from '../devices/device-store.ts';
import { DOWNLINK_CHANNEL, expireDownlinks, tellMeasured } from '../devices/downlink-store.ts';
import { createDownlinks } from '../devices/downlinks.ts';
import { createGatewayLearning } from '../devices/gateway-learning.ts';
import { shareGateways } from '../devices/gateways.ts';
import { createRegistry, type Registry } from '../devices/registry.ts';
import type { CodecFolder } from '../ingest/codecs/ports.ts';
import { createIngest } from '../ingest/ingest.ts';
import type { Ingest } from '../ingest/ports.ts';
import type { CleanUp } from '../platform/clean-up.ts';
import { coalesce } from '../platform/coalesce.ts';
import { INTAKE_BEAT_MS, noteIntake } from '../platform/intake-times-store.ts';
import { countPartitions } from '../platform/partitions-store.ts';
import { startListeners, type Transports } from '../transport/listeners.ts';
import type { OutsideBroker } from '../transport/mqtt-client.ts';
import { openCodecs } from './codecs.ts';
import { guarded } from './guarded.ts';
import { startOutsideBroker } from './outside-broker.ts';
import type { Parts } from './parts.ts';

const SWEEP_MS = 1_000;
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;
/** What came with a life event lets it pass first. */
const BEHIND_LIFE_MS = 30;

/** Decoding and the group commit. */
async function openIngest(
  parts: Parts,
  { registry, codecs }: { registry: Registry; codecs: CodecFolder },
  drainInbox: (() => Promise<void>) | undefined,
): Promise<Ingest> {
  const { database, clock, log, queue } = parts;
  const wakeLog = coalesce(clock, (keys) => queue.wake('log', keys));
  return createIngest({
    database,
    clock,
    log,
    protocols: parts.protocols,
    registry,
    codecs,
    gateways: createGatewayLearning(database),
    partitions: await countPartitions(database.db),
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
}

/** Everything by which devices reach this process. */
export interface Sockets {
  transports: Transports;
  /** Absent where no outside broker is set. */
  outside: OutsideBroker | undefined;
  codecs: Pick<CodecFolder, 'problems'>;
}

/** Sockets, and what becomes of what they bring. */
export async function startIngest(
  parts: Parts,
  cleanUp: CleanUp,
  drainInbox: (() => Promise<void>) | undefined,
): Promise<Sockets> {
  const { config, database, clock, log } = parts;
  const registry = await createRegistry(database);
  const codecs = await openCodecs(parts, cleanUp);
  const ingest = await openIngest(parts, { registry, codecs }, drainInbox);
  cleanUp.add(() => ingest.close());
  parts.metrics.countUplinks(() => ingest.counts());
  const mapFor = async (protocol: string, nativeId: string) => {
    const model = (await registry.find(protocol, nativeId))?.model;
    return model === undefined ? undefined : codecs.mapOf(model);
  };
  if (config.pushKey === undefined && !LOOPBACK.test(config.host))
    log.warn('PUSH_KEY is not set: whoever reaches the web port can speak for devices at /api/push');
  const downlinks = createDownlinks({ database, clock, protocols: parts.protocols });
  const gateways = shareGateways(database, parts.processId, log);
  const transports = await startListeners({
    host: config.host,
    mqttPort: config.mqttPort,
    portOf: config.listenerPort,
    pushKey: config.pushKey,
    protocols,
    registry,
    intake: ingest,
    downlinks,
    gatewayConnected: gateways.tell,
    mapFor,
    clock,
    log,
  });
  cleanUp.add(() => transports.close());
  parts.metrics.countConnections(() => transports.connections());
  const outside = startOutsideBroker(parts, { registry, intake: ingest, downlinks, mapFor }, cleanUp);
  await gateways.listen(transports.gatewayElsewhere);
  await database.listen(DOWNLINK_CHANNEL, (payload) => {
    transports.deliver(payload);
    outside?.deliver(payload);
  });
  const listen = () => guarded(log, () => noteIntake(database.db, clock.now()));
  await listen();
  const listening = clock.every(INTAKE_BEAT_MS, listen);
  cleanUp.add(() => listening.cancel());
  const expiry = clock.every(SWEEP_MS, () =>
    guarded(log, async () => {
      await expireDownlinks(database.db, clock.now());
      await tellMeasured(database.db, clock.now());
    }),
  );
  cleanUp.add(() => expiry.cancel());
  return { transports, outside, codecs };
}
