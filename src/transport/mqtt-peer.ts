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
export interface PeerTalk {
  joined(peer: Peer): void;
  left(peer: Peer): void;
  /** It has subscribed to something: what waits for it is sent. */
  listens(peer: Peer): void;
  /** What it said is stored. */
  stored(peer: Peer, accepted: Accepted): void;
  /** A command waits for a device, under any of these spellings. */
  deliver(protocol: string, spellings: readonly string[]): void;
  close(): void;
}

export function createPeerTalk(deps: { downlinks: DownlinkSource; polling: Polling; log: Logger }): PeerTalk {
  const { downlinks, polling, log } = deps;
  /** By protocol and native id: each connection that logged in so, the latest last. */
  const present = new Map<string, Set<Peer>>();
  /** Devices that are registered without a gateway, and who spoke for them last. */
  const spokenFor = new LRUCache<string, Peer>({ max: MOST_SPOKEN_FOR });
  const keyOf = (protocol: string, nativeId: string) => `${protocol}\n${nativeId}`;
  const latestOf = (peer: Peer) => [...(present.get(keyOf(peer.protocol, peer.nativeId)) ?? [])].at(-1);

  const send = ({ client }: Peer, { topic, bytes }: Publication, qos: 0 | 1): void => {
    if (client.closed) return;
    const packet = { cmd: 'publish', topic, payload: Buffer.from(bytes), retain: false, dup: false } as const;
    client.publish({ ...packet, qos }, () => {});
  };
  const sendWaiting = (peer: Peer, nativeId = peer.nativeId): void => {
    if (!peer.listening) return;
    downlinks.take({ ...address(peer), nativeId }).then(
      (waiting) => {
        for (const { topic = '', bytes, once } of waiting) send(peer, { topic, bytes }, once ? 0 : 1);
      },
      (error: unknown) => log.warn({ err: error }, 'commands could not be taken'),
    );
  };
  const ask = (peer: Peer): void =>
    polling.begin({
      ...peer,
      protocol: peer.language,
      publish: (publication) => send(latestOf(peer) ?? peer, publication, 0),
    });
  return {
    joined(peer) {
      const key = keyOf(peer.protocol, peer.nativeId);
      present.set(key, (present.get(key) ?? new Set()).add(peer));
      ask(peer);
    },
    left(peer) {
      const key = keyOf(peer.protocol, peer.nativeId);
      const others = present.get(key);
      others?.delete(peer);
      if (others && others.size > 0) return;
      present.delete(key);
      polling.end({ protocol: peer.language, nativeId: peer.nativeId });
    },
    listens: (peer) => sendWaiting(peer),
    stored(peer, { decoded, outcome, device }) {
      for (const publication of decoded.publish ?? []) send(peer, publication, 0);
      const { nativeId, downlinkAnswer } = decoded;
      if (peer.language.gateway?.open && nativeId !== undefined && device && nativeId !== peer.nativeId) {
        const key = keyOf(peer.protocol, nativeId);
        const isNew = spokenFor.get(key) !== peer;
        spokenFor.set(key, peer);
        if (isNew && outcome !== 'forbidden') sendWaiting(peer, nativeId);
      }
      if (!downlinkAnswer) return;
      const of = device && nativeId !== undefined ? { nativeId } : {};
      downlinks
        .answered({ ...address(peer), ...of }, downlinkAnswer)
        .catch((error: unknown) => log.warn({ err: error }, 'an answer could not be noted'));
    },
    deliver(protocol, spellings) {
      const peers = spellings.flatMap((nativeId) => [...(present.get(keyOf(protocol, nativeId)) ?? [])]);
      const own = peers.findLast(({ listening }) => listening);
      if (own) {
        sendWaiting(own);
        return;
      }
      for (const nativeId of spellings) {
        const other = spokenFor.get(keyOf(protocol, nativeId));
        if (other && !other.client.closed) sendWaiting(other, nativeId);
      }
    },
    close: () => polling.close(),
  };
}

function address({ protocol, nativeId, topicPrefix, conversation }: Peer) {
  return { protocol, nativeId, topicPrefix, session: conversation.session };
}
