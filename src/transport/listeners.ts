import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { KnownDevice } from '../devices/device-store.ts';
import type { Protocol } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import { createHttpPush, type HttpPush } from './http-push.ts';
import { startMqttBroker } from './mqtt-broker.ts';
import { loginOf, mayStay } from './mqtt-login.ts';
import type { Door, DownlinkSource, Intake } from './ports.ts';
import { listenTcp } from './tcp-listener.ts';
import { listenUdp } from './udp-listener.ts';
import { listenWebSocket, type WebSocketListener } from './web-socket-listener.ts';

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
  /** What messages by HTTP must bring, where it is set. */
  pushKey?: string | undefined;
  intake: Intake;
  downlinks: DownlinkSource;
  /** A gateway connected here: to be told to the other processes. */
  gatewayConnected(protocol: string, nativeId: string): void;
  /** The operator's map for what a device was registered as. */
  mapFor(protocol: string, nativeId: string): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

export interface Transports {
  /** What was bound: our MQTT broker and, by protocol name, the listeners for streams and for datagrams. */
  ports: { mqtt: number; tcp: Record<string, number>; udp: Record<string, number> };
  /** By protocol name, on the web port. */
  webSockets: Record<string, string>;
  connections(): Record<string, number>;
  push: HttpPush;
  /** A command waits for a device, `protocol\nnative id`. */
  deliver(address: string): void;
  /** A gateway connected to another process. */
  gatewayElsewhere(protocol: string, nativeId: string): void;
  /** HTTP upgrade of `/mqtt` or of the path of a protocol; any other is ended. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** Opens the broker and the sockets that protocols ask for: a listener is an entry in the table of protocols. */
export async function startListeners(options: ListenerOptions): Promise<Transports> {
  const { host, intake, downlinks, clock, log, protocols } = options;
  const opened: Door[] = [];
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
      mapFor: (protocol, nativeId) => options.mapFor(protocol, nativeId),
      clock,
      log,
    });
    opened.push(broker);
    options.registry.onChange(() => broker.review());
    const own = await listenForEach(options, opened);
    return {
      ports: { mqtt: broker.port, tcp: own.tcp, udp: own.udp },
      webSockets: Object.fromEntries([...own.webSockets].map(([path, { protocol }]) => [protocol, path])),
      push: createHttpPush({ ...options, key: options.pushKey }),
      connections: () =>
        Object.fromEntries(opened.map((listener) => [listener.name, listener.connections()])),
      deliver(address) {
        const [protocol = '', nativeId = ''] = address.split('\n');
        const aliases = protocols.find((p) => p.name === protocol)?.aliases?.(nativeId) ?? [];
        for (const listener of opened) listener.deliver(protocol, [nativeId, ...aliases]);
      },
      gatewayElsewhere: (protocol, nativeId) => broker.gatewayElsewhere(protocol, nativeId),
      upgrade(request, socket, head) {
        const path = request.url?.split('?')[0] ?? '';
        const target = path === '/mqtt' ? broker : own.webSockets.get(path)?.listener;
        if (target) target.upgrade(request, socket, head);
        else socket.destroy();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The sockets that each protocol asks for; `opened` gets them one by one, so that a fault closes those before. */
async function listenForEach(
  { host, intake, downlinks, clock, log, protocols, portOf }: ListenerOptions,
  opened: Door[],
) {
  const tcp: Record<string, number> = {};
  const udp: Record<string, number> = {};
  const webSockets = new Map<string, { protocol: string; listener: WebSocketListener }>();
  const add = <D extends Door>(door: D): D => {
    opened.push(door);
    return door;
  };
  for (const protocol of protocols) {
    const deps = { protocol, intake, downlinks, clock, log };
    const at = (of: { env: string; port: number }) => ({ ...deps, host, port: portOf(of.env, of.port) });
    if (protocol.tcp)
      tcp[protocol.name] = add(await listenTcp({ ...at(protocol.tcp), languages: protocols })).port;
    if (protocol.udp) udp[protocol.name] = add(await listenUdp(at(protocol.udp))).port;
    if (protocol.webSocket)
      webSockets.set(protocol.webSocket.path, {
        protocol: protocol.name,
        listener: add(listenWebSocket(deps)),
      });
  }
  return { tcp, udp, webSockets };
}
