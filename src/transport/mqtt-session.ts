import mqtt, { type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient } from 'mqtt';

/** Unacknowledged messages at once, and their bytes: past either the broker has to wait. */
const MOST_HELD = 2_000;
const MOST_HELD_BYTES = 32 * 1024 * 1024;
const SESSION_SECONDS = 7 * 86_400;
const KEEPALIVE_S = 30;
const CONNECT_MS = 10_000;
const UNSUPPORTED_VERSION = [1, 132];
const TAKEN_OVER = 142;

export interface OutsideMessage {
  topic: string;
  bytes: Uint8Array;
  retained: boolean;
  /** Still worth storing: false once the connection is gone and the broker will send it again. */
  alive(): boolean;
  /** It is stored: may be acknowledged. */
  stored(): void;
}

export interface SessionOptions {
  url: string;
  clientId: string;
  topics: readonly string[];
  version: 4 | 5;
  /** Ask for what the broker has kept, also where it knows this client. */
  fresh: boolean;
  receive(message: OutsideMessage): void;
  /** The broker does not let us hear this; the others count. */
  denied(filter: string): void;
  /** Gives up connecting. */
  signal: AbortSignal;
}

export interface MqttSession {
  /** Asks for what the broker has kept once more. */
  askAgain(): Promise<void>;
  /** Hears these too, what the broker has kept of them first. */
  listen(topics: readonly string[]): Promise<void>;
  publish(topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void>;
  /** Resolves when the connection is gone, with why. */
  ended: Promise<string>;
  held(): number;
  /** Lets what is under way be stored and acknowledged, then says goodbye. */
  close(): Promise<void>;
  /** Cuts the connection at once: what was not acknowledged comes again, to whoever is next. */
  destroy(): void;
}

/** The broker does not speak this version of MQTT. */
export class WrongVersion extends Error {}

/**
 * One connection to an outside broker with a persistent session. mqtt.js acknowledges one message at a time and reads nothing
 * meanwhile; here each is handed on at once and acknowledged when it is stored, in the order of arrival as MQTT asks for
 * (through a private method of mqtt.js; a test holds it to that).
 */
export async function openMqttSession(options: SessionOptions): Promise<MqttSession> {
  const { url, login } = splitLogin(options.url);
  const client = mqtt.connect(url, { ...clientOptions(options), ...login });
  const acks = new Acknowledgements(client);
  let why = 'the connection was closed';
  client.on('error', (error) => {
    why = error.message || String((error as { code?: unknown }).code ?? error);
  });
  client.on('disconnect', ({ reasonCode }) => {
    why =
      reasonCode === TAKEN_OVER
        ? 'another client has the same client id'
        : `the broker ended it, code ${reasonCode}`;
  });
  const ended = new Promise<string>((resolve) => {
    client.once('close', () => {
      acks.void();
      client.end(true);
      resolve(why);
    });
  });
  const destroy = () => {
    client.end(true);
    client.stream?.destroy();
  };
  let closing = false;
  client.handleMessage = (packet: IPublishPacket, done) => {
    const { topic, payload, retain, qos } = packet;
    const later = qos > 0 ? new Error('acknowledged when stored') : undefined;
    if (closing) {
      // Not taken any more, so that it comes again; but read, or the connection would not end.
      done(later);
      return;
    }
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const stored = acks.add(packet, bytes.byteLength, () => done(later));
    const alive = () => qos === 0 || !acks.isVoid;
    options.receive({ topic, bytes, retained: retain, alive, stored });
  };
  try {
    await Promise.race([begin(client, options), gone(ended, options.signal)]);
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    ended,
    held: () => acks.size,
    askAgain: () => subscribe(client, { ...options, fresh: true }),
    listen: (topics) => subscribe(client, { ...options, topics, fresh: true }),
    publish: async (topic, bytes, qos) =>
      void (await client.publishAsync(topic, Buffer.from(bytes), { qos })),
    async close() {
      closing = true;
      await Promise.race([acks.empty(), ended]);
      await Promise.race([client.endAsync(), ended]);
    },
    destroy,
  };
}

/** mqtt.js takes a name and a password apart at the last colon; a password may hold one. */
function splitLogin(address: string): { url: string; login: { username?: string; password?: string } } {
  const url = new URL(address);
  const [username, password] = [url.username, url.password].map(decodeURIComponent);
  url.username = '';
  url.password = '';
  return { url: url.href, login: { ...(username ? { username } : {}), ...(password ? { password } : {}) } };
}

function clientOptions({ clientId, version }: SessionOptions): IClientOptions {
  return {
    clientId,
    protocolVersion: version,
    clean: false,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_MS,
    keepalive: KEEPALIVE_S,
    resubscribe: false,
    ...(version === 5
      ? { properties: { sessionExpiryInterval: SESSION_SECONDS, receiveMaximum: MOST_HELD } }
      : {}),
  };
}

/** Rejects when the connection ends or is given up: mqtt.js itself may wait for an answer for ever. */
function gone(ended: Promise<string>, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    void ended.then((why) => reject(new Error(why)));
    signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
  });
}

async function begin(client: MqttClient, options: SessionOptions): Promise<void> {
  const { sessionPresent } = await connected(client);
  if (options.fresh || !sessionPresent || options.version === 5) await subscribe(client, options);
}

function connected(client: MqttClient): Promise<IConnackPacket> {
  return new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', (error) => {
      const { code } = error as { code?: unknown };
      reject(UNSUPPORTED_VERSION.includes(code as number) ? new WrongVersion(error.message) : error);
    });
  });
}

/** A shared subscription knows neither what was kept nor who published. Rejects where the broker denies all of them. */
async function subscribe(
  client: MqttClient,
  { topics, version, fresh, denied }: Pick<SessionOptions, 'topics' | 'version' | 'fresh' | 'denied'>,
): Promise<void> {
  let heard = 0;
  let refusal: unknown;
  for (const topic of topics) {
    const shared = topic.startsWith('$share/');
    const extra = version === 5 && !shared ? { nl: true, rh: fresh ? 0 : 1 } : {};
    try {
      await client.subscribeAsync(topic, { qos: 1, ...extra });
      heard++;
    } catch (error) {
      if (!client.connected) throw error;
      refusal = error;
      denied(topic);
    }
  }
  if (heard === 0 && refusal !== undefined) throw refusal;
}

interface Held {
  messageId: number | undefined;
  bytes: number;
  stored: boolean;
}

/** What arrived and is not acknowledged yet, in order. */
class Acknowledgements {
  readonly #client: MqttClient;
  #held: Held[] = [];
  #bytes = 0;
  #flushing = false;
  #void = false;
  #goOn: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(client: MqttClient) {
    this.#client = client;
  }

  get isVoid(): boolean {
    return this.#void;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Calls `next` at once where there is room for more, else when there is; the result is called when the message is stored. */
  add({ qos, messageId }: IPublishPacket, bytes: number, next: () => void): () => void {
    const held: Held = { messageId: qos > 0 ? messageId : undefined, bytes, stored: false };
    this.#held.push(held);
    this.#bytes += bytes;
    if (this.#isFull()) this.#goOn = next;
    else next();
    return () => {
      held.stored = true;
      if (this.#flushing || this.#void) return;
      this.#flushing = true;
      setImmediate(() => this.#flush());
    };
  }

  /** The connection is gone: acknowledgements of it mean nothing any more. */
  void(): void {
    this.#void = true;
    this.#held = [];
    this.#settle();
  }

  empty(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  #isFull(): boolean {
    return this.#held.length >= MOST_HELD || this.#bytes >= MOST_HELD_BYTES;
  }

  #settle(): void {
    if (this.#held.length > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#void) return;
    const open = this.#held.findIndex(({ stored }) => !stored);
    for (const { messageId, bytes } of this.#held.splice(0, open === -1 ? this.#held.length : open)) {
      this.#bytes -= bytes;
      if (messageId !== undefined) sendPuback(this.#client, messageId);
    }
    this.#settle();
    if (!this.#goOn || this.#isFull()) return;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn();
  }
}

function sendPuback(client: MqttClient, messageId: number): void {
  const { _sendPacket: send } = client as unknown as { _sendPacket(packet: object): void };
  send.call(client, { cmd: 'puback', messageId, reasonCode: 0 });
}
