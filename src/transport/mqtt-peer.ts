import type { Client } from 'aedes';
import { LRUCache } from 'lru-cache';
import type { Publication } from '../model/uplinks.ts';
import type { Logger } from '../platform/logging.ts';
import { addressOf } from './aedes-inside.ts';
import type { MqttLogin } from './mqtt-login.ts';
import type { Polling } from './polling.ts';
import type { Accepted, Conversation, DownlinkSource } from './ports.ts';

const MOST_SPOKEN_FOR = 100_000;

/** A connection that has logged in. */
export interface Peer extends MqttLogin {
  client: Client;
  conversation: Conversation;
  source: string;
  listening: boolean;
  replaced: boolean;
  /** It has lost the rights that it came with. */
  revoked: boolean;
}

export function newPeer(login: MqttLogin, client: Client, conversation: Conversation): Peer {
  const fresh = { listening: false, replaced: false, revoked: false };
  return { ...login, ...fresh, client, conversation, source: addressOf(client) };
}

/** What is said to those who are connected to our broker: answers, commands, questions. */
export class PeerTalk {
  #deps: { downlinks: DownlinkSource; polling: Polling; log: Logger };
  /** By protocol and native id: each connection that logged in so, the latest last. */
  #present = new Map<string, Set<Peer>>();
  /** Devices that are registered without a gateway, and who spoke for them last. */
  #spokenFor = new LRUCache<string, Peer>({ max: MOST_SPOKEN_FOR });

  constructor(deps: { downlinks: DownlinkSource; polling: Polling; log: Logger }) {
    this.#deps = deps;
  }

  joined(peer: Peer): void {
    const key = keyOf(peer);
    this.#present.set(key, (this.#present.get(key) ?? new Set()).add(peer));
    const latest = () => [...(this.#present.get(key) ?? [])].at(-1) ?? peer;
    this.#deps.polling.begin({
      ...peer,
      protocol: peer.language,
      publish: (publication) => send(latest(), publication, 0),
    });
  }

  left(peer: Peer): void {
    const key = keyOf(peer);
    const others = this.#present.get(key);
    others?.delete(peer);
    if (others && others.size > 0) return;
    this.#present.delete(key);
    this.#deps.polling.end({ protocol: peer.language, nativeId: peer.nativeId });
  }

  /** It has subscribed to something: what waits for it is sent. */
  listens(peer: Peer): void {
    this.#sendWaiting(peer);
  }

  /** What it said is stored. */
  stored(peer: Peer, { decoded, device }: Accepted): void {
    for (const publication of decoded.publish ?? []) send(peer, publication, 0);
    const { nativeId, downlinkAnswer } = decoded;
    if (device && nativeId !== undefined) this.#spoke(peer, nativeId);
    if (!downlinkAnswer) return;
    const of = device && nativeId !== undefined ? { nativeId } : {};
    this.#deps.downlinks
      .answered({ ...addressOfPeer(peer), ...of }, downlinkAnswer)
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'an answer could not be noted'));
  }

  /** A command waits for a device, under any of these spellings. */
  deliver(protocol: string, spellings: readonly string[]): void {
    const keys = spellings.map((nativeId) => ({ nativeId, key: keyOf({ protocol, nativeId }) }));
    const own = keys
      .flatMap(({ key }) => [...(this.#present.get(key) ?? [])])
      .findLast(({ listening }) => listening);
    if (own) this.#sendWaiting(own);
    else
      for (const { nativeId, key } of keys) {
        const other = this.#spokenFor.get(key);
        if (other && !other.client.closed) this.#sendWaiting(other, nativeId);
      }
  }

  close(): void {
    this.#deps.polling.close();
  }

  /** Of a language in which any may speak for a device, the last one that did can be told what is for it. */
  #spoke(peer: Peer, nativeId: string): void {
    if (!peer.language.gateway?.open || nativeId === peer.nativeId) return;
    const key = keyOf({ protocol: peer.protocol, nativeId });
    const isNew = this.#spokenFor.get(key) !== peer;
    this.#spokenFor.set(key, peer);
    if (isNew) this.#sendWaiting(peer, nativeId);
  }

  #sendWaiting(peer: Peer, nativeId = peer.nativeId): void {
    if (!peer.listening) return;
    const { downlinks, log } = this.#deps;
    downlinks.take({ ...addressOfPeer(peer), nativeId }).then(
      (waiting) => {
        for (const { topic = '', bytes, once } of waiting) send(peer, { topic, bytes }, once ? 0 : 1);
      },
      (error: unknown) => log.warn({ err: error }, 'commands could not be taken'),
    );
  }
}

function send({ client }: Peer, { topic, bytes }: Publication, qos: 0 | 1): void {
  if (client.closed) return;
  const packet = { cmd: 'publish', topic, payload: Buffer.from(bytes), retain: false, dup: false } as const;
  client.publish({ ...packet, qos }, () => {});
}

const keyOf = ({ protocol, nativeId }: Pick<Peer, 'protocol' | 'nativeId'>) => `${protocol}\n${nativeId}`;

function addressOfPeer({ protocol, nativeId, topicPrefix, conversation }: Peer) {
  return { protocol, nativeId, topicPrefix, session: conversation.session };
}
