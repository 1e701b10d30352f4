import net from 'node:net';
import mqtt from 'mqtt';
import { protocols } from '../../protocols/index.ts';
import { noteUnknown, registerDevice } from '../../src/devices/device-store.ts';
import { DOWNLINK_CHANNEL } from '../../src/devices/downlink-store.ts';
import { createDownlinks } from '../../src/devices/downlinks.ts';
import { createRegistry } from '../../src/devices/registry.ts';
import { createIngest } from '../../src/ingest/ingest.ts';
import { createSystemClock } from '../../src/platform/clock.ts';
import { dayOf, ensureDayPartitions } from '../../src/platform/day-partitions-store.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { startListeners } from '../../src/transport/listeners.ts';
import { openTestDatabase } from './postgres.ts';

export type Ingress = Awaited<ReturnType<typeof startIngress>>;

/** Sockets, decoding and group commit on a database of their own; nothing reads what they write. */
export async function startIngress() {
  const { database, address, close } = await openTestDatabase();
  const clock = createSystemClock();
  const log = createLogger('silent');
  const today = dayOf(clock.now());
  await ensureDayPartitions(database.db, 'uplinks', today - 1, today + 1);
  const byName = new Map(protocols.map((protocol) => [protocol.name, protocol]));
  const registry = await createRegistry(database);
  const woken: { partitions: readonly number[]; lifeEvents: number }[] = [];
  const ingest = createIngest({
    database,
    clock,
    log,
    protocols: byName,
    registry,
    partitions: 8,
    noteUnknown: (sightings) => noteUnknown(database.db, sightings),
    woken: (partitions, lifeEvents) => void woken.push({ partitions, lifeEvents }),
  });
  const transports = await startListeners({
    host: '127.0.0.1',
    mqttPort: 0,
    portOf: () => 0,
    protocols,
    registry,
    intake: ingest,
    downlinks: createDownlinks({ database, clock, protocols: byName }),
    clock,
    log,
  });
  await database.listen(DOWNLINK_CHANNEL, (payload) => transports.deliver(payload));
  return {
    database,
    address,
    ingest,
    woken,
    ports: transports.ports,
    async nativeDevice(nativeId: string) {
      const { id, secret } = await registerDevice(database.db, {
        protocol: 'native',
        nativeId,
        withSecret: true,
      });
      return { id, nativeId, secret: secret ?? '', topic: `gridguard/v1/${nativeId}/up` };
    },
    watchDevice: (nativeId: string) =>
      registerDevice(database.db, {
        protocol: 'watch',
        nativeId,
        aliases: byName.get('watch')?.aliases?.(nativeId) ?? [],
        withSecret: false,
      }),
    login: (device: { nativeId: string; secret: string }, options: mqtt.IClientOptions = {}) =>
      mqtt.connectAsync(`mqtt://127.0.0.1:${transports.ports.mqtt}`, {
        username: device.nativeId,
        password: device.secret,
        reconnectPeriod: 0,
        ...options,
      }),
    band: () => connectBand(transports.ports.tcp.watch ?? 0),
    uplinks: () => database.db.selectFrom('uplinks').selectAll().orderBy('id').execute(),
    inbox: () => database.db.selectFrom('inbox').selectAll().orderBy('id').execute(),
    async close() {
      await transports.close();
      await ingest.close();
      await close();
    },
  };
}

/** A plain TCP connection that remembers what it heard. */
export async function connectBand(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  const heard: string[] = [];
  let closed = false;
  socket.on('data', (bytes) => void heard.push(bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    send: (text: string | Buffer) => void socket.write(text),
    heard: () => heard.join(''),
    closed: () => closed,
    end: () => socket.destroy(),
  };
}

/** The frame of the watch family around a content, with its length. */
export function frame(id: string, content: string): string {
  return `[3G*${id}*${Buffer.byteLength(content).toString(16).padStart(4, '0')}*${content}]`;
}

/** A position record of the watch family without a fix; `status` is the 32-bit word of alarms and states. */
export function record(
  command: string,
  options: { status: string; at?: Date; fix?: [number, number] },
): string {
  const at = options.at ?? new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${two(at.getUTCDate())}${two(at.getUTCMonth() + 1)}${two(at.getUTCFullYear() % 100)}`;
  const time = `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`;
  const [latitude, longitude] = options.fix ?? [0, 0];
  const validity = options.fix ? 'A' : 'V';
  return `${command},${date},${time},${validity},${latitude},N,${longitude},E,0,0,0,6,80,64,120,0,${options.status},0,0,0`;
}
