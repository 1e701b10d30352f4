import { LRUCache } from 'lru-cache';
import type { KnownDevice } from '../devices/device-store.ts';
import type { Protocol, Uplink } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import type { OutsideMessage } from './mqtt-session.ts';
import type { Accepted, Conversation, DeviceAddress, DownlinkSource, Intake } from './ports.ts';

const AGAIN_MS = 500;
const MOST_STRANGERS = 100;
const MOST_HEARD = 50_000;

/** Whose message it is, as far as its topic tells. */
interface Speaker {
  uplink: Pick<Uplink, 'protocol' | 'claimedId' | 'topicPrefix'>;
  conversation: Conversation;
  /** Recorded with this outcome instead of being decoded. */
  refusal?: { outcome: 'empty' | 'undecodable'; reason: string };
}

export interface OutsideSpeakersOptions {
  source: string;
  match(topic: string): { protocol: Protocol; nativeId: string; direction: 'up' | 'down' } | undefined;
  protocols: readonly Protocol[];
  registry: { findGateway(topic: string): Promise<KnownDevice | null> };
  intake: Intake;
  downlinks: DownlinkSource;
  publish(topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void>;
  /** A gateway was registered that spoke before: what the broker keeps of it is wanted once more. */
  askAgain(): void;
  clock: Clock;
  log: Logger;
}

export interface OutsideSpeakers {
  /** Stores a message and acknowledges it then; what could not be stored is tried again. */
  take(message: OutsideMessage): void;
  /** Another process may have heard the gateways since. */
  forget(): void;
  /** Looks whether a gateway that nobody knew was registered meanwhile. */
  review(): Promise<void>;
  deliver(address: string): void;
  counts(): { received: number; stored: number };
}

/** Who speaks on a broker where nobody logs in with us: its own access rules are trusted, the topic says whose message it is. */
export function createOutsideSpeakers(options: OutsideSpeakersOptions): OutsideSpeakers {
  return new Speakers(options);
}

class Speakers implements OutsideSpeakers {
  readonly #options: OutsideSpeakersOptions;
  #queue: { message: OutsideMessage; receivedAt: number }[] = [];
  #draining = false;
  #gateways = new Map<string, Conversation>();
  #strangers = new LRUCache<string, Conversation>({ max: MOST_STRANGERS });
  /** Who was heard here last, and can be told something here. */
  #heard = new LRUCache<string, DeviceAddress>({ max: MOST_HEARD });
  #received = 0;
  #stored = 0;

  constructor(options: OutsideSpeakersOptions) {
    this.#options = options;
  }

  take(message: OutsideMessage): void {
    this.#received++;
    this.#queue.push({ message, receivedAt: this.#options.clock.now() });
    if (!this.#draining) void this.#drain();
  }

  forget(): void {
    this.#gateways.clear();
  }

  async review(): Promise<void> {
    for (const prefix of [...this.#strangers.keys()]) {
      const gateway = await this.#options.registry.findGateway(`${prefix}/`);
      if (gateway?.topicPrefix === prefix && this.#strangers.delete(prefix)) this.#options.askAgain();
    }
  }

  deliver(address: string): void {
    const heard = this.#heard.get(address);
    if (heard) this.#send(heard);
  }

  counts() {
    return { received: this.#received, stored: this.#stored };
  }

  /** In the order of arrival, also where a gateway must be looked up first. */
  async #drain(): Promise<void> {
    this.#draining = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { message, receivedAt } = next;
      const speaker = await this.#until(message, () => this.#who(message.topic));
      if (speaker) void this.#store(message, { receivedAt, speaker });
    }
    this.#draining = false;
  }

  /** Again and again; undefined when the broker will send the message once more anyway. */
  async #until<T>(message: OutsideMessage, attempt: () => Promise<T> | T): Promise<T | undefined> {
    const { clock, log } = this.#options;
    for (let failed = false; message.alive(); failed = true) {
      try {
        return await attempt();
      } catch (error) {
        if (!failed) log.warn({ err: error, topic: message.topic }, 'a message waits to be stored');
        await clock.sleep(AGAIN_MS);
      }
    }
    return undefined;
  }

  #who(topic: string): Speaker | Promise<Speaker> {
    const known = this.#options.match(topic);
    if (!known) return this.#gatewayOf(topic);
    const speaker = {
      uplink: { protocol: known.protocol.name, claimedId: known.nativeId },
      conversation: { session: {} },
    };
    if (known.direction === 'up') return speaker;
    return { ...speaker, refusal: { outcome: 'empty', reason: 'a command to a device' } };
  }

  async #gatewayOf(topic: string): Promise<Speaker> {
    const { registry, protocols } = this.#options;
    const gateway = await registry.findGateway(topic);
    if (gateway) return this.#registered(gateway);
    for (const { name, gateway: speaks } of protocols) {
      const topicPrefix = speaks?.guessPrefix(topic);
      if (topicPrefix === undefined) continue;
      const conversation = this.#strangers.get(topicPrefix) ?? { session: {} };
      this.#strangers.set(topicPrefix, conversation);
      return { uplink: { protocol: name, topicPrefix }, conversation };
    }
    const refusal = { outcome: 'undecodable' as const, reason: 'no protocol speaks on the topic' };
    return { uplink: { protocol: 'mqtt' }, conversation: { session: {} }, refusal };
  }

  async #registered({ protocol, nativeId, topicPrefix = '' }: KnownDevice): Promise<Speaker> {
    const { intake, askAgain } = this.#options;
    const key = `${protocol}\n${nativeId}`;
    const conversation = this.#gateways.get(key) ?? (await intake.conversationOf(protocol, nativeId));
    this.#gateways.set(key, conversation);
    if (this.#strangers.delete(topicPrefix)) askAgain();
    return { uplink: { protocol, claimedId: nativeId, topicPrefix }, conversation };
  }

  async #store(
    message: OutsideMessage,
    { receivedAt, speaker }: { receivedAt: number; speaker: Speaker },
  ): Promise<void> {
    const { intake, source } = this.#options;
    const { topic, bytes, retained } = message;
    const { conversation, refusal } = speaker;
    const uplink: Uplink = {
      ...speaker.uplink,
      transport: 'mqtt',
      bytes,
      topic,
      receivedAt,
      source,
      ...(retained ? { retained } : {}),
    };
    const done = await this.#until(message, async () => {
      if (!refusal) return { accepted: await intake.accept(uplink, conversation) };
      await intake.refuse({ ...uplink, bytes: bytes.subarray(0, 512) }, refusal.outcome, refusal.reason);
      return {};
    });
    if (!done) return;
    this.#stored++;
    message.stored();
    if (done.accepted) this.#hear(uplink, conversation, done.accepted);
  }

  /** Whoever speaks can be told something; a gateway of which only kept messages are left, or that said goodbye, cannot. */
  #hear(
    { protocol, claimedId, topicPrefix, retained }: Uplink,
    { session }: Conversation,
    { decoded }: Accepted,
  ): void {
    if (claimedId === undefined) return;
    const key = `${protocol}\n${claimedId}`;
    const address = { protocol, nativeId: claimedId, session, topicPrefix };
    if (decoded.downlinkAnswer) this.#answered(address, decoded.downlinkAnswer);
    const own = decoded.nativeId === claimedId;
    const online = own ? decoded.readings.find(({ signal }) => signal === 'online')?.value : undefined;
    if (online === false) this.#heard.delete(key);
    else if (online === true || !retained) {
      const isNew = !this.#heard.has(key);
      this.#heard.set(key, address);
      if (isNew || online === true) this.#send(address);
    }
  }

  #answered(address: DeviceAddress, answer: NonNullable<Accepted['decoded']['downlinkAnswer']>): void {
    const { downlinks, log } = this.#options;
    downlinks
      .answered(address, answer)
      .catch((error: unknown) => log.warn({ err: error }, 'an answer could not be noted'));
  }

  #send(address: DeviceAddress): void {
    const { downlinks, publish, log } = this.#options;
    downlinks
      .take(address)
      .then((waiting) =>
        Promise.all(waiting.map(({ topic = '', bytes, once }) => publish(topic, bytes, once ? 0 : 1))),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'commands could not be sent'));
  }
}
