import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Accepted, Conversation, DownlinkSource, Intake, Listener, Uplink } from './ports.ts';

/** MQTT allows packets of 256 MB; no reading needs more than this. */
const MAX_PACKET_BYTES = 256 * 1024;
const BAD_CREDENTIALS = 4;

/** A device that may log in: which language it speaks, by what name, on which topics. */
export interface MqttLogin {
  protocol: string;
  nativeId: string;
  /** May publish to these exactly. */
  publishes(topic: string): boolean;
  /** May subscribe to these exactly or below. */
  subscribes(filter: string): boolean;
}

export interface MqttBrokerOptions {
  host: string;
  port: number;
  /** Checks name and secret; `null` when they do not fit. */
  login(username: string, password: Uint8Array): Promise<MqttLogin | null>;
  intake: Intake;
  downlinks: DownlinkSource;
  clock: Clock;
  log: Logger;
}

export interface MqttBroker extends Listener {
  /** Takes over an HTTP upgrade to `/mqtt`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

interface Peer extends MqttLogin {
  client: Client;
  conversation: Conversation;
  source: string;
  listening: boolean;
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
  #server = net.createServer((socket) => {
    socket.setNoDelay(true);
    this.#handle(socket);
  });
  #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PACKET_BYTES,
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
  });
  #aedes!: Aedes;

  constructor(options: MqttBrokerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { host, port, log } = this.#options;
    this.#aedes = await Aedes.createBroker({
      authenticate: (client, username, password, done) =>
        this.#authenticate(client, { username, password }, done),
      authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#mayListen(client, subscription)),
    });
    this.#aedes.on('subscribe', (_subscriptions, client) => this.#sendWaiting(client));
    this.#aedes.on('clientError', (_client, error) => log.debug({ err: error }, 'MQTT connection ended'));
    this.#aedes.on('connectionError', (_client, error) =>
      log.debug({ err: error }, 'MQTT connection refused'),
    );
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) =>
        reject(
          new AppError('TRANSPORT_PORT_TAKEN', `cannot listen on ${host}:${port}: ${error.message}`, {
            details: { port },
            cause: error,
          }),
        ),
      );
      this.#server.listen(port, host, resolve);
    });
    this.port = (this.#server.address() as net.AddressInfo).port;
  }

  connections(): number {
    return this.#peers.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      this.#handle(createWebSocketStream(websocket), request);
    });
  }

  deliver(protocol: string, spellings: readonly string[]): void {
    const latest = [...this.#peers.values()].findLast(
      (peer) => peer.listening && peer.protocol === protocol && spellings.includes(peer.nativeId),
    );
    if (latest) this.#sendWaiting(latest.client);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    this.#sockets.close();
    await closed;
  }

  #handle(stream: Duplex, request?: IncomingMessage): void {
    const client = this.#aedes.handle(stream, request);
    stream.on('error', () => {});
    stream.on('close', () => this.#peers.delete(client));
    stream.on('readable', () => {
      if (unparsedBytes(client) > MAX_PACKET_BYTES) stream.destroy();
    });
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
    this.#options.login(given.username, given.password).then(
      (login) => {
        if (!login) {
          refuse('unknown device or wrong secret', BAD_CREDENTIALS);
          return;
        }
        // Client ids are the device's own affair: nobody can push another device out by taking its id.
        (client as { id: string }).id = `${login.nativeId}/${client.id}`;
        this.#peers.set(client, {
          ...login,
          client,
          conversation: { session: {} },
          source: sourceOf(client),
          listening: false,
        });
        done(null, true);
      },
      (error: unknown) => {
        this.#options.log.error({ err: error }, 'a login could not be checked');
        refuse('try again', 3);
      },
    );
  }

  #publish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const peer = client ? this.#peers.get(client) : undefined;
    if (!peer) {
      done(client ? new Error('not logged in') : null);
      return;
    }
    packet.retain = false;
    const uplink: Uplink = {
      protocol: peer.protocol,
      transport: 'mqtt',
      bytes: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
      topic: packet.topic,
      claimedId: peer.nativeId,
      receivedAt: this.#options.clock.now(),
      source: peer.source,
    };
    if (!peer.publishes(packet.topic)) {
      this.#forbid(uplink, done);
      return;
    }
    this.#options.intake.accept(uplink, peer.conversation).then(
      (accepted) => {
        done(null);
        this.#answered(peer, accepted);
      },
      (error: unknown) => {
        if (!(error instanceof AppError && error.retryable))
          this.#options.log.error({ err: error }, 'an uplink was not stored; its device will repeat it');
        done(error instanceof Error ? error : new Error('not stored'));
      },
    );
  }

  #forbid(uplink: Uplink, done: (error?: Error | null) => void): void {
    const reason = `${uplink.claimedId} may not publish to ${uplink.topic}`;
    this.#options.intake
      .refuse({ ...uplink, bytes: uplink.bytes.subarray(0, 512) }, 'forbidden', reason)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a refusal could not be recorded'))
      .finally(() => done(new Error(reason)));
  }

  #mayListen(client: Client, subscription: Subscription): Subscription | null {
    const peer = this.#peers.get(client);
    if (!peer?.subscribes(subscription.topic)) return null;
    peer.listening = true;
    return subscription;
  }

  #answered(peer: Peer, { decoded }: Accepted): void {
    if (!decoded.downlinkAnswer) return;
    this.#options.downlinks
      .answered(this.#address(peer), decoded.downlinkAnswer)
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'an answer could not be noted'));
  }

  #sendWaiting(client: Client): void {
    const peer = this.#peers.get(client);
    if (!peer?.listening) return;
    const { downlinks, log } = this.#options;
    downlinks.take(this.#address(peer)).then(
      (waiting) => {
        for (const one of waiting)
          client.publish({
            cmd: 'publish',
            topic: one.topic ?? '',
            payload: Buffer.from(one.bytes),
            qos: 1,
            retain: false,
            dup: false,
          });
      },
      (error: unknown) => log.warn({ err: error }, 'commands could not be taken'),
    );
  }

  #address(peer: Peer) {
    return { protocol: peer.protocol, nativeId: peer.nativeId, session: peer.conversation.session };
  }
}

function sourceOf(client: Client): string {
  const remote =
    client.req?.socket.remoteAddress ??
    ('remoteAddress' in client.conn ? client.conn.remoteAddress : undefined);
  return remote ?? 'unknown';
}

/** Bytes that aedes holds of a packet which is not complete; it has no limit of its own. */
function unparsedBytes(client: Client): number {
  const parser = (client as unknown as { _parser?: { _list?: { length: number } } })._parser;
  return parser?._list?.length ?? 0;
}
