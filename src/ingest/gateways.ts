import { LRUCache } from 'lru-cache';
import type { GatewayChild, ProtocolSession } from '../model/uplinks.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import { isDataFault } from './commit-store.ts';

const MOST_REMEMBERED = 10_000;
const MOST_NAMED = 5;
const MOST_INTRODUCED = 5_000;
/** What was put out of use or registered anew meanwhile is looked at again after this. */
const INTRODUCED_MS = 600_000;

/** What a connection is to ingest: the session that its protocol keeps, replaced after each frame. */
export interface Conversation {
  session: ProtocolSession;
}

/** The one conversation of a registered gateway, over all its connections. What it taught outlives the process. */
export class GatewayConversation implements Conversation {
  session: ProtocolSession = {};
  /** When what it taught was stored last, by whichever process; 0 for never. */
  storedAt = 0;
  /** Devices that it introduced, each as it did. */
  #introduced = new LRUCache<string, string>({ max: MOST_INTRODUCED, ttl: INTRODUCED_MS });

  /** Whether one of these is not known from it yet, or not so. */
  isNews(children: readonly GatewayChild[]): boolean {
    return children.some((child) => this.#introduced.get(child.nativeId) !== looksOf(child));
  }

  introduced(children: readonly GatewayChild[]): void {
    for (const child of children) this.#introduced.set(child.nativeId, looksOf(child));
  }
}

const looksOf = ({ name, model, vendor }: GatewayChild): string => JSON.stringify([name, model, vendor]);

interface Gateway {
  id: number;
  protocol: string;
  nativeId: string;
  /** Others of its language may speak for its devices too. */
  isOpen: boolean;
}

/** Where what gateways teach is kept. */
export interface GatewayStore {
  read(protocol: string, nativeId: string): Promise<{ session: ProtocolSession; at: number } | undefined>;
  learn(
    gateway: Gateway,
    taught: {
      session?: ProtocolSession;
      children?: readonly GatewayChild[];
      introduces?: readonly GatewayChild[];
    },
    now: number,
  ): Promise<Adoption | undefined>;
}

interface Adoption {
  adopted: number;
  moved: number;
  renamed: number;
  refused: { nativeId: string; why: string }[];
}

export interface Lesson {
  before: ProtocolSession;
  after: ProtocolSession;
  /** All that is behind it; what it made known besides. */
  children: readonly GatewayChild[] | undefined;
  introduces: readonly GatewayChild[];
}

export interface Gateways {
  /** To be called whenever a connection of the gateway begins: another process may have heard it since. */
  of(protocol: string, nativeId: string): Promise<GatewayConversation>;
  /**
   * Stores what frames taught; resolves with what is to be said of it in the uplink log. When it fails the session is as before, so that
   * their repetition teaches again.
   */
  learn(conversation: GatewayConversation, gateway: Gateway, lesson: Lesson): Promise<Learnt>;
}

export interface Learnt {
  remark?: string | undefined;
  /** Devices are not what they were. */
  changed: boolean;
}

export function createGateways(deps: { store: GatewayStore; clock: Clock; log: Logger }): Gateways {
  const { store, clock, log } = deps;
  const remembered = new LRUCache<string, GatewayConversation>({ max: MOST_REMEMBERED });
  return {
    async of(protocol, nativeId) {
      const key = `${protocol}\n${nativeId}`;
      const stored = await store.read(protocol, nativeId);
      const conversation = remembered.get(key) ?? new GatewayConversation();
      remembered.set(key, conversation);
      if (stored && stored.at > conversation.storedAt) {
        conversation.session = stored.session;
        conversation.storedAt = stored.at;
      }
      return conversation;
    },
    async learn(conversation, gateway, { before, after, children, introduces }) {
      const session = after.taught === before.taught ? {} : { session: { taught: after.taught } };
      const now = clock.now();
      try {
        const taught = {
          ...session,
          ...(children ? { children } : {}),
          ...(introduces.length > 0 ? { introduces } : {}),
        };
        const adoption = await store.learn(gateway, taught, now);
        conversation.introduced(introduces);
        if (session.session) conversation.storedAt = now;
        if (!adoption) return { changed: false };
        const { adopted, moved, renamed, refused } = adoption;
        return { remark: remarks(refused), changed: adopted + moved + renamed > 0 };
      } catch (error) {
        if (!isDataFault(error)) {
          conversation.session = before;
          throw error;
        }
        log.error({ err: error, gateway: gateway.nativeId }, 'what a gateway taught cannot be stored');
        return { remark: 'what it teaches cannot be stored', changed: false };
      }
    },
  };
}

function remarks(refused: readonly { nativeId: string; why: string }[]): string | undefined {
  if (refused.length === 0) return undefined;
  const named = refused.slice(0, MOST_NAMED).map(({ nativeId, why }) => `${nativeId} (${why})`);
  const more = refused.length > MOST_NAMED ? ` and ${refused.length - MOST_NAMED} more` : '';
  return `not taken over: ${named.join(', ')}${more}`;
}
