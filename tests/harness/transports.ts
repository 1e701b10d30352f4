import mqtt from 'mqtt';
import { protocolByName, protocols } from '../../protocols/index.ts';
import { noteAlive, noteUnknown, registerDevice } from '../../src/devices/device-store.ts';
import { DOWNLINK_CHANNEL } from '../../src/devices/downlink-store.ts';
import { createDownlinks } from '../../src/devices/downlinks.ts';
import { createGatewayLearning } from '../../src/devices/gateway-learning.ts';
import { createRegistry } from '../../src/devices/registry.ts';
import { createIngest } from '../../src/ingest/ingest.ts';
import type { IngestDeps } from '../../src/ingest/ports.ts';
import type { Protocol } from '../../src/model/uplinks.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { dayOf, ensureDayPartitions } from '../../src/platform/day-partitions-store.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createPrecedence } from '../../src/platform/precedence.ts';
import { startListeners } from '../../src/transport/listeners.ts';
import { openTestDatabase, type TestDatabase } from './postgres.ts';
import { connectBand } from './watch-wire.ts';

export type Ingress = Awaited<ReturnType<typeof startIngress>>;

/** Sockets, decoding and group commit on a database of their own; nothing reads what they write. */
export async function startIngress(
  extra: readonly Protocol[] = [],
  on?: TestDatabase,
  more: Partial<Pick<IngestDeps, 'codecs'>> = {},
) {
  const { database, close } = on ?? (await openTestDatabase());
  const clock = createSystemClock();
  const log = createLogger('silent');
  const today = dayOf(clock.now());
  await ensureDayPartitions(database.db, 'uplinks', today - 1, today + 1);
  const byName = new Map([...protocols, ...extra].map((protocol) => [protocol.name, protocol]));
  const registry = await createRegistry(database);
  const woken: { partitions: readonly number[]; lifeEvents: number }[] = [];
  const ingest = createIngest({
    database,
    clock,
    log,
    protocols: byName,
    registry,
    codecs: more.codecs ?? { resolve: () => undefined },
    gateways: createGatewayLearning(database),
    partitions: 8,
    precedence: createPrecedence(clock),
    sightings: {
      noteUnknown: (sightings) => noteUnknown(database.db, sightings),
      noteAlive: (devices) => noteAlive(database.db, devices),
    },
    woken: async (partitions, lifeEvents) => void woken.push({ partitions, lifeEvents }),
  });
  const transports = await startListeners({
    host: '127.0.0.1',
    mqttPort: 0,
    portOf: () => 0,
    protocols: [...byName.values()],
    registry,
    intake: ingest,
    downlinks: createDownlinks({ database, clock, protocols: byName }),
    gatewayConnected: () => {},
    mapFor: async () => undefined,
    clock,
    log,
  });
  await database.listen(DOWNLINK_CHANNEL, (payload) => transports.deliver(payload));
  return {
    database,
    ingest,
    woken,
    transports,
    ports: transports.ports,
    ...devicesOf(database, transports.ports),
    uplinks: () => database.db.selectFrom('uplinks').selectAll().orderBy('id').execute(),
    inbox: () => database.db.selectFrom('inbox').selectAll().orderBy('id').execute(),
    async close() {
      await transports.close();
      await ingest.close();
      if (!on) await close();
    },
  };
}

/** Registers devices and connects as they do. */
function devicesOf({ db }: Database, ports: { mqtt: number; tcp: Record<string, number> }) {
  return {
    async nativeDevice(nativeId: string) {
      const { id, secret } = await registerDevice(db, { protocol: 'native', nativeId, withSecret: true });
      return { id, nativeId, secret: secret ?? '', topic: `gridguard/v1/${nativeId}/up` };
    },
    watchDevice: (nativeId: string) =>
      registerDevice(db, {
        protocol: 'watch',
        nativeId,
        aliases: protocolByName('watch')?.aliases?.(nativeId) ?? [],
        withSecret: false,
      }),
    login: (device: { nativeId: string; secret: string }, options: mqtt.IClientOptions = {}) =>
      mqtt.connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`, {
        username: device.nativeId,
        password: device.secret,
        reconnectPeriod: 0,
        ...options,
      }),
    band: () => connectBand(ports.tcp.watch ?? 0),
  };
}
