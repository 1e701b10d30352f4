import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from 'aedes';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import { allowFrames, isOfAnother, renameClient, sentBy, unparsedBytes } from './aedes-inside.ts';
import { cannotListen } from './cannot-listen.ts';
import { createGatewayPresence, type GatewayPresence } from './gateway-presence.ts';
import type { MqttLogin } from './mqtt-login.ts';
import { newPeer, type Peer, PeerTalk } from './mqtt-peer.ts';
import { createPolling } from './polling.ts';
import type { DownlinkSource, Intake, Listener, Uplink } from './ports.ts';

/** MQTT allows packets of 256 MB; no reading needs more than this, and what a gateway says of its devices no more than that. */
const MAX_PACKET_BYTES = 256 * 1024;
const MAX_GATEWAY_PACKET_BYTES = 5 * 1024 * 1024;
const BAD_CREDENTIALS = 4;
/** Devices change in bursts; one look serves them all. */
const REVIEW_AFTER_MS = 200;

export interface MqttBrokerOptions {
  host: string;
  port: number;
  /** Checks name and secret; `null` when they do not fit. */
  login(username: string, password: Uint8Array): Promise<MqttLogin | null>;
  /** Whether a gateway that is connected still has the rights that it came with. */
  mayStay(gateway: MqttLogin): Promise<boolean>;
  intake: Intake;
  downlinks: DownlinkSource;
  /** A gateway connected here: to be told to the other processes. */
  gatewayConnected(protocol: string, nativeId: string): void;
  /** The operator's map for what a device was registered as. */
  mapFor(protocol: string, nativeId: string): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

export interface MqttBroker extends Listener {
  /** A gateway connected to another process. */
  gatewayElsewhere(protocol: string, nativeId: string): void;
  /** Devices changed: a gateway that was put out of use or speaks elsewhere now has to log in anew. */
  review(): void;
  /** Takes over an HTTP upgrade to `/mqtt`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Our own broker: a PUBLISH is acknowledged only after ingest has committed it (aedes sends PUBACK after `authorizePublish`). */
export async function startMqttBroker(options: MqttBrokerOptions): Promise<MqttBroker> {
  const broker = new Broker(options);
  await broker.start();
  return broker;
}

class Broker implements MqttBroker {
  readonly name = 'mqtt';
  port = 0;
  #options: MqttBrokerOptions;
  #peers = new Map<Client, Peer>();
  /** Also those whose connection is lost: aedes publishes their last will then. */
  #known = new WeakMap<Client, Peer>();
  #presence: GatewayPresence<Peer>;
  #talk: PeerTalk;
  #closing = false;
  #reviewing: Timer | undefined;
  #server = net.createServer((socket) => {
    socket.setNoDelay(true);
    this.#handle(socket);
  });
  #framesOf = new WeakMap<Client, WebSocket>();
  #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PACKET_BYTES,
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
  });
  #aedes!: Aedes;

  constructor(options: MqttBrokerOptions) {
    const { clock, log, intake } = options;
    this.#options = options;
    this.#presence = createGatewayPresence<Peer>({
      clock,
      log,
      report: async (peer, value) => {
        // One that stands alone says so itself.
        if (peer.language.gateway?.alone) return;
        const uplink = this.#uplink(peer, new Uint8Array());
        await intake.report(uplink, [{ signal: 'online', value, origin: 'live' }]);
      },
      tell: ({ protocol, nativeId }) => options.gatewayConnected(protocol, nativeId),
    });
    this.#talk = new PeerTalk({ ...options, polling: createPolling(options) });
  }

  async start(): Promise<void> {
    const { host, port, log } = this.#options;
    this.#aedes = await Aedes.createBroker({
      authenticate: (client, username, password, done) =>
        this.#authenticate(client, { username, password }, done),
      authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#mayListen(client, subscription)),
      // A gateway subscribes to all that is below its prefix, its own messages among it. Some topics are shared: what others say there is not for it.
      authorizeForward: (client, packet) =>
        sentBy(packet) === client.id || isOfAnother(client, packet) ? null : packet,
    });
    this.#aedes.on('subscribe', (_subscriptions, client) => {
      const peer = this.#peers.get(client);
      if (peer) this.#talk.listens(peer);
    });
    this.#aedes.on('clientError', (_client, error) => log.debug({ err: error }, 'MQTT connection ended'));
    this.#aedes.on('connectionError', (_client, error) =>
      log.debug({ err: error }, 'MQTT connection refused'),
    );
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(cannotListen(this.#options, error)));
      this.#server.listen(port, host, resolve);
    });
    this.port = (this.#server.address() as net.AddressInfo).port;
  }

  connections(): number {
    return this.#peers.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const client = this.#handle(createWebSocketStream(websocket), request);
      this.#framesOf.set(client, websocket);
    });
  }

  gatewayElsewhere(protocol: string, nativeId: string): void {
    this.#presence.elsewhere(protocol, nativeId);
  }

  review(): void {
    this.#reviewing ??= this.#options.clock.after(REVIEW_AFTER_MS, () => {
      this.#reviewing = undefined;
      void this.#review();
    });
  }

  async #review(): Promise<void> {
    const { mayStay, log } = this.#options;
    for (const peer of [...this.#peers.values()]) {
      if (peer.topicPrefix === undefined || (await mayStay(peer).catch(() => true))) continue;
      log.info({ gateway: peer.nativeId }, 'a gateway has to log in anew');
      peer.revoked = true;
      peer.client.close();
    }
  }

  deliver(protocol: string, spellings: readonly string[]): void {
    this.#talk.deliver(protocol, spellings);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#presence.close();
    this.#talk.close();
    this.#reviewing?.cancel();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    this.#sockets.close();
    await closed;
  }

  #handle(stream: Duplex, request?: IncomingMessage): Client {
    const client = this.#aedes.handle(stream, request);
    stream.on('error', () => {});
    stream.on('close', () => this.#left(client));
    stream.on('readable', () => {
      if (unparsedBytes(client) > mostBytes(this.#peers.get(client))) stream.destroy();
    });
    return client;
  }

  #left(client: Client): void {
    const peer = this.#peers.get(client);
    this.#peers.delete(client);
    if (peer) this.#talk.left(peer);
    if (peer?.topicPrefix !== undefined && !this.#closing) this.#presence.gone(peer);
  }

  #authenticate(
    client: Client,
    given: { username: string | undefined; password: Buffer | undefined },
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const refuse = (message: string, returnCode: number) =>
      done(Object.assign(new Error(message), { returnCode }) as AuthenticateError, false);
    if (!given.username || !given.password) {
      refuse('a name and a secret are needed', BAD_CREDENTIALS);
      return;
    }
    this.#enter(client, given.username, given.password).then(
      (known) => (known ? done(null, true) : refuse('unknown device or wrong secret', BAD_CREDENTIALS)),
      (error: unknown) => {
        this.#options.log.error({ err: error }, 'a login could not be checked');
        refuse('try again', 3);
      },
    );
  }

  async #enter(client: Client, username: string, password: Buffer): Promise<boolean> {
    const { login: check, intake } = this.#options;
    const login = await check(username, password);
    if (!login) return false;
    const { protocol, nativeId, topicPrefix } = login;
    const isGateway = topicPrefix !== undefined;
    const conversation = isGateway ? await intake.conversationOf(protocol, nativeId) : { session: {} };
    if (client.closed) return true;
    renameClient(client, nativeId);
    const peer = newPeer(login, client, conversation);
    this.#peers.set(client, peer);
    this.#known.set(client, peer);
    if (isGateway) {
      allowFrames(this.#framesOf.get(client), MAX_GATEWAY_PACKET_BYTES);
      this.#presence.connected(peer);
    }
    this.#talk.joined(peer);
    return true;
  }

  #publish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const peer = client ? this.#known.get(client) : undefined;
    if (!client || !peer) {
      done(client ? new Error('not logged in') : null);
      return;
    }
    packet.retain = false;
    const bytes = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const uplink = { ...this.#uplink(peer, bytes), topic: packet.topic };
    if (!peer.publishes(packet.topic)) {
      this.#forbid(uplink, done);
      return;
    }
    if (client.closed && this.#isVoidWill(peer, uplink, done)) return;
    this.#options.intake.accept(uplink, peer.conversation).then(
      (accepted) => {
        done(null);
        this.#talk.stored(peer, accepted);
      },
      (error: unknown) => {
        if (!(error instanceof AppError && error.retryable))
          this.#options.log.error({ err: error }, 'an uplink was not stored; its device will repeat it');
        done(error instanceof Error ? error : new Error('not stored'));
      },
    );
  }

  #uplink(peer: Peer, bytes: Uint8Array): Uplink {
    return {
      protocol: peer.protocol,
      transport: 'mqtt',
      bytes,
      claimedId: peer.nativeId,
      receivedAt: this.#options.clock.now(),
      source: peer.source,
      ...(peer.topicPrefix === undefined ? {} : { topicPrefix: peer.topicPrefix }),
    };
  }

  /** The last will of a connection that we end, or that a newer one has replaced, tells nothing of the device. */
  #isVoidWill(peer: Peer, uplink: Uplink, done: (error?: Error | null) => void): boolean {
    if (!this.#closing && !peer.replaced && !peer.revoked) return false;
    if (this.#closing) done(new Error('closing'));
    else
      this.#record(
        uplink,
        { outcome: 'empty', reason: 'the last will of a connection that was replaced' },
        done,
      );
    return true;
  }

  #forbid(uplink: Uplink, done: (error?: Error | null) => void): void {
    const reason = `${uplink.claimedId} may not publish to ${uplink.topic}`;
    this.#record(uplink, { outcome: 'forbidden', reason }, done);
  }

  #record(
    uplink: Uplink,
    { outcome, reason }: { outcome: 'forbidden' | 'empty'; reason: string },
    done: (error?: Error | null) => void,
  ): void {
    this.#options.intake
      .refuse({ ...uplink, bytes: uplink.bytes.subarray(0, 512) }, outcome, reason)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a refusal could not be recorded'))
      .finally(() => done(new Error(reason)));
  }

  #mayListen(client: Client, subscription: Subscription): Subscription | null {
    const peer = this.#peers.get(client);
    if (!peer?.subscribes(subscription.topic)) return null;
    peer.listening = true;
    // Nothing is kept for a gateway that is away: its commands are rows of ours. aedes stores the subscription that it handed over.
    if (peer.topicPrefix !== undefined) subscription.qos = 0;
    return subscription;
  }
}

function mostBytes(peer: Peer | undefined): number {
  return peer?.topicPrefix === undefined ? MAX_PACKET_BYTES : MAX_GATEWAY_PACKET_BYTES;
}
