import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { secretMatches } from '../devices/credentials.ts';
import type { KnownDevice } from '../devices/device-store.ts';
import { gatewayPrefix } from '../devices/gateways.ts';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import { type MqttLogin, startMqttBroker } from './mqtt-broker.ts';
import type { DownlinkSource, Intake, Listener } from './ports.ts';
import { listenTcp } from './tcp-listener.ts';

export interface ListenerOptions {
  host: string;
  mqttPort: number;
  /** The port for a protocol's listener: its variable, else its default. */
  portOf(variable: string, fallback: number): number;
  protocols: readonly Protocol[];
  registry: {
    find(protocol: string, spelling: string): Promise<KnownDevice | null>;
    findGateway(topic: string): Promise<KnownDevice | null>;
    onChange(handle: () => void): void;
  };
  intake: Intake;
  downlinks: DownlinkSource;
  /** A gateway connected here: to be told to the other processes. */
  gatewayConnected(protocol: string, nativeId: string): void;
  clock: Clock;
  log: Logger;
}

export interface Transports {
  /** What was bound: our MQTT broker and, by protocol name, the TCP listeners. */
  ports: { mqtt: number; tcp: Record<string, number> };
  connections(): Record<string, number>;
  /** A command waits for a device, `protocol\nnative id`. */
  deliver(address: string): void;
  /** A gateway connected to another process. */
  gatewayElsewhere(protocol: string, nativeId: string): void;
  /** HTTP upgrade of `/mqtt`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** Opens the broker and one listener per protocol that has a port of its own: a listener is an entry in the table of protocols. */
export async function startListeners(options: ListenerOptions): Promise<Transports> {
  const { host, intake, downlinks, clock, log, protocols } = options;
  const opened: Listener[] = [];
  const close = async () => void (await Promise.all(opened.map((listener) => listener.close())));
  try {
    const broker = await startMqttBroker({
      host,
      port: options.mqttPort,
      login: (username, password) => loginOf(options, username, password),
      mayStay: (gateway) => mayStay(options, gateway),
      intake,
      downlinks,
      gatewayConnected: (protocol, nativeId) => options.gatewayConnected(protocol, nativeId),
      clock,
      log,
    });
    opened.push(broker);
    options.registry.onChange(() => broker.review());
    const tcp: Record<string, number> = {};
    for (const protocol of protocols) {
      if (!protocol.tcp) continue;
      const port = options.portOf(protocol.tcp.env, protocol.tcp.port);
      const listener = await listenTcp({ protocol, host, port, intake, downlinks, clock, log });
      opened.push(listener);
      tcp[protocol.name] = listener.port;
    }
    return {
      ports: { mqtt: broker.port, tcp },
      connections: () =>
        Object.fromEntries(opened.map((listener) => [listener.name, listener.connections()])),
      deliver(address) {
        const [protocol = '', nativeId = ''] = address.split('\n');
        const aliases = protocols.find((p) => p.name === protocol)?.aliases?.(nativeId) ?? [];
        for (const listener of opened) listener.deliver(protocol, [nativeId, ...aliases]);
      },
      gatewayElsewhere: (protocol, nativeId) => broker.gatewayElsewhere(protocol, nativeId),
      upgrade: (request, socket, head) => broker.upgrade(request, socket, head),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The device with that id in any protocol that speaks on our broker, if the secret is its own. */
async function loginOf(
  options: ListenerOptions,
  username: string,
  password: Uint8Array,
): Promise<MqttLogin | null> {
  for (const protocol of options.protocols) {
    if (!protocol.mqttTopic && !protocol.gateway) continue;
    const device = await options.registry.find(protocol.name, username);
    if (!device?.secret || !secretMatches(password, device.secret)) continue;
    if (protocol.gateway && device.gatewayId !== undefined) continue;
    return { protocol: protocol.name, nativeId: device.nativeId, ...rightsOf(protocol, device) };
  }
  return null;
}

/** Whether a gateway that is connected would still be let in with the same rights. All of them are known after one query. */
async function mayStay(
  { registry, protocols }: ListenerOptions,
  { protocol: name, nativeId, topicPrefix = '' }: Pick<MqttLogin, 'protocol' | 'nativeId' | 'topicPrefix'>,
): Promise<boolean> {
  const holder = await registry.findGateway(`${topicPrefix}/`);
  if (holder?.topicPrefix === topicPrefix) return holder.protocol === name && holder.nativeId === nativeId;
  const device = await registry.find(name, nativeId);
  const protocol = protocols.find((each) => each.name === name);
  if (!device || !protocol || device.gatewayId !== undefined) return false;
  return rightsOf(protocol, device).topicPrefix === topicPrefix;
}

/** A device has one topic, a gateway all that is below its prefix. */
function rightsOf(protocol: Protocol, device: KnownDevice): Omit<MqttLogin, 'protocol' | 'nativeId'> {
  if (protocol.gateway) {
    const topicPrefix = device.topicPrefix ?? gatewayPrefix(protocol, device.nativeId);
    const below = `${topicPrefix}/`;
    return {
      topicPrefix,
      publishes: (topic) => topic.startsWith(below) && topic.length > below.length && !/[+#]/.test(topic),
      subscribes: (filter) => filter.startsWith(below),
    };
  }
  const up = (protocol.mqttTopic ?? '').replace('+', device.nativeId);
  const own = up.slice(0, up.lastIndexOf('/') + 1);
  return { publishes: (topic) => topic === up, subscribes: (filter) => filter.startsWith(own) };
}
