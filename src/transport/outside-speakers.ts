import { LRUCache } from 'lru-cache';
import type { KnownDevice } from '../devices/device-store.ts';
import { plainPrefix, speaksOn } from '../devices/gateways.ts';
import type { Protocol, Uplink } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import { createLearntTopics } from './learnt-topics.ts';
import type { OutsideMessage } from './mqtt-session.ts';
import { OutsideTalk } from './outside-talk.ts';
import { createPolling } from './polling.ts';
import type { Accepted, Conversation, DownlinkSource, Intake } from './ports.ts';

const AGAIN_MS = 500;
const MOST_STRANGERS = 100;

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
  /** Devices announced that they speak on these topics too. */
  listen(topics: readonly string[]): Promise<void>;
  /** The operator's map for what a device was registered as. */
  mapFor(protocol: string, nativeId: string): Promise<unknown>;
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
  /** To be subscribed to once a connection stands, beside what the operator set. */
  topics(): string[];
  deliver(address: string): void;
  counts(): { received: number; stored: number };
  close(): void;
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
  #learnt = createLearntTopics();
  #talk: OutsideTalk;
  #received = 0;
  #stored = 0;

  constructor(options: OutsideSpeakersOptions) {
    this.#options = options;
    this.#talk = new OutsideTalk({ ...options, polling: createPolling(options) });
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
    this.#talk.deliver(address);
  }

  topics(): string[] {
    return this.#learnt.all();
  }

  close(): void {
    this.#talk.close();
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

  /** Whose prefix the topic lies below, else who announced it, else of whose language it looks. */
  async #gatewayOf(topic: string): Promise<Speaker> {
    const { registry, protocols } = this.#options;
    const gateway = await registry.findGateway(topic);
    const language = protocols.find(({ name }) => name === gateway?.protocol);
    if (gateway && language && speaksOn(language, gateway.topicPrefix ?? '', topic))
      return this.#registered(gateway);
    const owner = this.#learnt.ownerOf(topic);
    if (owner) return this.#speaker(owner.protocol, owner.topicPrefix);
    for (const { name, gateway: speaks } of protocols) {
      const guess = speaks?.guessPrefix(topic);
      if (guess !== undefined) return this.#speaker(name, plainPrefix(guess));
    }
    const refusal = { outcome: 'undecodable' as const, reason: 'no protocol speaks on the topic' };
    return { uplink: { protocol: 'mqtt' }, conversation: { session: {} }, refusal };
  }

  /** The registered gateway with exactly this prefix, else one that nobody registered. */
  async #speaker(protocol: string, topicPrefix: string): Promise<Speaker> {
    const gateway = await this.#options.registry.findGateway(`${topicPrefix}/`);
    if (gateway?.protocol === protocol && gateway.topicPrefix === topicPrefix)
      return this.#registered(gateway);
    const conversation = this.#strangers.get(topicPrefix) ?? { session: {} };
    this.#strangers.set(topicPrefix, conversation);
    return { uplink: { protocol, topicPrefix }, conversation };
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

  #hear(uplink: Uplink, conversation: Conversation, accepted: Accepted): void {
    const { log, listen } = this.#options;
    this.#talk.stored(uplink, conversation, accepted);
    const { listenTo = [] } = accepted.decoded;
    const { protocol, topicPrefix } = uplink;
    if (listenTo.length === 0 || topicPrefix === undefined) return;
    const fresh = this.#learnt.learn(listenTo, { protocol, topicPrefix });
    if (fresh.length > 0)
      listen(fresh).catch((error: unknown) => log.warn({ err: error }, 'topics were not subscribed to'));
  }
}
