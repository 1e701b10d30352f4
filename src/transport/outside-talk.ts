import { LRUCache } from 'lru-cache';
import type { Protocol } from '../model/uplinks.ts';
import type { Logger } from '../platform/logging.ts';
import type { Polling } from './polling.ts';
import type { Accepted, Conversation, DeviceAddress, DownlinkSource, Uplink } from './ports.ts';

const MOST_HEARD = 50_000;

export interface OutsideTalkOptions {
  protocols: readonly Protocol[];
  downlinks: DownlinkSource;
  polling: Polling;
  publish(topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void>;
  log: Logger;
}

/** What is said to those who speak on a broker that is not ours: commands, questions and answers on the topics of their language. */
export class OutsideTalk {
  #options: OutsideTalkOptions;
  #languages: ReadonlyMap<string, Protocol>;
  /** Who was heard here last, and can be told something here. */
  #heard = new LRUCache<string, DeviceAddress>({ max: MOST_HEARD });

  constructor(options: OutsideTalkOptions) {
    this.#options = options;
    this.#languages = new Map(options.protocols.map((protocol) => [protocol.name, protocol]));
  }

  /** What was said is stored. */
  stored(uplink: Uplink, conversation: Conversation, accepted: Accepted): void {
    const { protocol, claimedId, topicPrefix, retained } = uplink;
    const { decoded, device, outcome } = accepted;
    const { nativeId } = decoded;
    const language = this.#languages.get(protocol);
    const addressOf = (id: string) => ({
      protocol,
      nativeId: id,
      session: conversation.session,
      topicPrefix,
    });
    if (claimedId !== undefined) {
      this.#hear(addressOf(claimedId), nativeId === claimedId ? onlineIn(decoded) : undefined, retained);
      this.#ask(language, addressOf(claimedId), conversation);
    } else if (device && nativeId !== undefined && language?.gateway?.open)
      this.#hear(addressOf(nativeId), undefined, retained);
    // Who is neither registered nor speaks for somebody who is, is another system's: we say nothing to it.
    if (!retained && (claimedId !== undefined || device) && outcome !== 'forbidden')
      for (const { topic, bytes } of decoded.publish ?? []) void this.#tell(topic, bytes, 0);
    const answers = device ? (nativeId ?? claimedId) : claimedId;
    if (answers !== undefined) this.#answered(addressOf(answers), decoded.downlinkAnswer);
  }

  /** A command waits for a device, `protocol\nnative id`. */
  deliver(address: string): void {
    const known = this.#heard.get(address);
    if (known) this.#sendWaiting(known);
  }

  close(): void {
    this.#options.polling.close();
  }

  /** Whoever speaks can be told something; a gateway of which only kept messages are left, or that said goodbye, cannot. */
  #hear(address: DeviceAddress, online: unknown, retained: boolean | undefined): void {
    const key = keyOf(address);
    if (online === false) this.#heard.delete(key);
    else if (online === true || !retained) {
      const isNew = !this.#heard.has(key);
      this.#heard.set(key, address);
      if (isNew || online === true) this.#sendWaiting(address);
    }
  }

  #ask(language: Protocol | undefined, address: DeviceAddress, conversation: Conversation): void {
    if (!language?.poll) return;
    const { nativeId, topicPrefix } = address;
    const { polling } = this.#options;
    if (!this.#heard.has(keyOf(address))) polling.end({ protocol: language, nativeId });
    else
      polling.begin({
        protocol: language,
        nativeId,
        topicPrefix,
        conversation,
        publish: ({ topic, bytes }) => void this.#tell(topic, bytes, 0),
      });
  }

  #answered(address: DeviceAddress, answer: Accepted['decoded']['downlinkAnswer']): void {
    if (!answer) return;
    const { downlinks, log } = this.#options;
    downlinks
      .answered(address, answer)
      .catch((error: unknown) => log.warn({ err: error }, 'an answer could not be noted'));
  }

  #sendWaiting(address: DeviceAddress): void {
    const { downlinks, log } = this.#options;
    downlinks
      .take(address)
      .then((waiting) =>
        Promise.all(waiting.map(({ topic = '', bytes, once }) => this.#tell(topic, bytes, once ? 0 : 1))),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'commands could not be sent'));
  }

  #tell(topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void> {
    const { publish, log } = this.#options;
    return publish(topic, bytes, qos).catch((error: unknown) =>
      log.warn({ err: error, topic }, 'a message could not be published'),
    );
  }
}

const onlineIn = ({ readings }: Accepted['decoded']): unknown =>
  readings.find(({ signal }) => signal === 'online')?.value;

const keyOf = ({ protocol, nativeId }: Pick<DeviceAddress, 'protocol' | 'nativeId'>) =>
  `${protocol}\n${nativeId}`;
