import type { Protocol } from '../model/uplinks.ts';
import type { Database } from '../platform/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';

const MOST_CHARACTERS = 200;
/** First level of the topics on which devices speak for themselves. */
const OWN_LEVEL = 'gridguard';
/** First levels that mean something to brokers themselves. */
const OF_THE_BROKER: ReadonlySet<string> = new Set(['$SYS', '$share', '$queue', '$CONTROL', '$delayed']);
/** NOTIFY channel on which a process says that a gateway connected to it; payload `process\nprotocol\nnative id`. */
const GATEWAY_CHANNEL = 'gg_gateway';

export interface GatewayNews {
  tell(protocol: string, nativeId: string): void;
  /** Calls `handle` for every gateway that connects to another process. */
  listen(handle: (protocol: string, nativeId: string) => void): Promise<void>;
}

/** What the processes that hold sockets tell each other of gateways. */
export function shareGateways(database: Database, processId: string, log: Logger): GatewayNews {
  return {
    tell(protocol, nativeId) {
      database
        .notify(GATEWAY_CHANNEL, [processId, protocol, nativeId].join('\n'))
        .catch((error: unknown) => log.warn({ err: error }, 'a gateway’s connection was not told'));
    },
    listen: (handle) =>
      database.listen(GATEWAY_CHANNEL, (payload) => {
        const [process = '', protocol = '', nativeId = ''] = payload.split('\n');
        if (process !== processId) handle(protocol, nativeId);
      }),
  };
}

/** Whether a gateway of the protocol with this prefix speaks on a topic. */
export function speaksOn({ gateway }: Pick<Protocol, 'gateway'>, prefix: string, topic: string): boolean {
  if (gateway?.covers) return gateway.covers(prefix, topic);
  return topic.startsWith(`${prefix}/`) && topic.length > prefix.length + 1;
}

/** Slashes at the ends of a prefix mean nothing. */
export const plainPrefix = (prefix: string): string => prefix.replace(/^\/+|\/+$/g, '');

/**
 * Whether a device that is registered so speaks below a topic of its own: not what stands behind a gateway, and of a language in which devices
 * may be registered alone only what was given a topic.
 */
export function hasTopicPrefix(
  { gateway }: Pick<Protocol, 'gateway'>,
  { isChild, given }: { isChild: boolean; given: string | null | undefined },
): boolean {
  return gateway !== undefined && !isChild && (!gateway.open || (given ?? '') !== '');
}

/**
 * The topic prefix of a gateway, without slashes at its ends: the given one, else that which its protocol gives it. Throws
 * DEVICE_PREFIX_INVALID for what no gateway could speak below.
 */
export function gatewayPrefix(
  protocol: Pick<Protocol, 'name' | 'gateway'>,
  nativeId: string,
  given?: string | null,
): string {
  const prefix = plainPrefix(given ?? protocol.gateway?.defaultPrefix(nativeId) ?? nativeId);
  const levels = prefix.split('/');
  const isSound =
    prefix.length <= MOST_CHARACTERS &&
    !/[+#\p{Cc}]/u.test(prefix) &&
    !OF_THE_BROKER.has(levels[0] ?? '') &&
    levels[0] !== OWN_LEVEL &&
    levels.every((level) => level !== '' && level === level.trim());
  if (isSound) return prefix;
  throw new AppError('DEVICE_PREFIX_INVALID', `no gateway can speak below ${JSON.stringify(prefix)}`, {
    details: { topicPrefix: prefix },
  });
}
