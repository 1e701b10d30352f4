import { LRUCache } from 'lru-cache';
import type { Protocol } from '../model/uplinks.ts';
import type { Logger } from '../platform/logging.ts';
import type { Polling } from './polling.ts';
import type { Accepted, Conversation, DeviceAddress, DownlinkSource, Uplink } from './ports.ts';

const MOST_HEARD = 50_000;

/** What is said to those who speak on a broker that is not ours: commands, questions and answers on the topics of their language. */
export interface OutsideTalk {
  /** What was said is stored. */
  stored(uplink: Uplink, conversation: Conversation, accepted: Accepted): void;
  /** A command waits for a device, `protocol\nnative id`. */
  deliver(address: string): void;
  close(): void;
}

export interface OutsideTalkOptions {
  protocols: readonly Protocol[];
  downlinks: DownlinkSource;
  polling: Polling;
  publish(topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void>;
  log: Logger;
}

/** Whoever speaks can be told something; a gateway of which only kept messages are left, or that said goodbye, cannot. */
export function createOutsideTalk(options: OutsideTalkOptions): OutsideTalk {
  const { downlinks, polling, publish, log } = options;
  const languages = new Map(options.protocols.map((protocol) => [protocol.name, protocol]));
  /** Who was heard here last. */
  const heard = new LRUCache<string, DeviceAddress>({ max: MOST_HEARD });
  const tell = (topic: string, bytes: Uint8Array, qos: 0 | 1): Promise<void> =>
    publish(topic, bytes, qos).catch((error: unknown) =>
      log.warn({ err: error, topic }, 'a message could not be published'),
    );
  const sendWaiting = (address: DeviceAddress): void => {
    downlinks
      .take(address)
      .then((waiting) =>
        Promise.all(waiting.map(({ topic = '', bytes, once }) => tell(topic, bytes, once ? 0 : 1))),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'commands could not be sent'));
  };
  const hear = (address: DeviceAddress, online: unknown, retained: boolean | undefined): void => {
    const key = keyOf(address);
    if (online === false) heard.delete(key);
    else if (online === true || !retained) {
      const isNew = !heard.has(key);
      heard.set(key, address);
      if (isNew || online === true) sendWaiting(address);
    }
  };
  const ask = (language: Protocol | undefined, address: DeviceAddress, conversation: Conversation): void => {
    if (!language?.poll) return;
    const { nativeId, topicPrefix } = address;
    const say = ({ topic, bytes }: { topic: string; bytes: Uint8Array }) => void tell(topic, bytes, 0);
    if (heard.has(keyOf(address)))
      polling.begin({ protocol: language, nativeId, topicPrefix, conversation, publish: say });
    else polling.end({ protocol: language, nativeId });
  };
  return {
    stored({ protocol, claimedId, topicPrefix, retained }, conversation, { decoded, device, outcome }) {
      const language = languages.get(protocol);
      const { session } = conversation;
      const { nativeId, downlinkAnswer } = decoded;
      const addressOf = (id: string) => ({ protocol, nativeId: id, session, topicPrefix });
      if (claimedId !== undefined) {
        const online =
          nativeId === claimedId
            ? decoded.readings.find(({ signal }) => signal === 'online')?.value
            : undefined;
        hear(addressOf(claimedId), online, retained);
        ask(language, addressOf(claimedId), conversation);
      } else if (device && nativeId !== undefined && language?.gateway?.open)
        hear(addressOf(nativeId), undefined, retained);
      // Whoever is neither registered nor speaks for somebody who is, is another system's: we say nothing to it.
      if (!retained && (claimedId !== undefined || device) && outcome !== 'forbidden')
        for (const { topic, bytes } of decoded.publish ?? []) void tell(topic, bytes, 0);
      const answers = device ? (nativeId ?? claimedId) : claimedId;
      if (!downlinkAnswer || answers === undefined) return;
      downlinks
        .answered(addressOf(answers), downlinkAnswer)
        .catch((error: unknown) => log.warn({ err: error }, 'an answer could not be noted'));
    },
    deliver(address) {
      const known = heard.get(address);
      if (known) sendWaiting(known);
    },
    close: () => polling.close(),
  };
}

const keyOf = ({ protocol, nativeId }: Pick<DeviceAddress, 'protocol' | 'nativeId'>) =>
  `${protocol}\n${nativeId}`;
