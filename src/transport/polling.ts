import type { Protocol, Publication } from '../model/uplinks.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';
import type { Conversation } from './ports.ts';

const MOST_OFTEN_MS = 100;
const MOST_POLLED = 20_000;

/** A device that speaks only when it is asked, as its connection knows it. */
export interface Polled {
  protocol: Pick<Protocol, 'name' | 'poll'>;
  nativeId: string;
  topicPrefix?: string | undefined;
  conversation: Conversation;
  publish(publication: Publication): void;
}

/** Asks devices for their values, each at the times that its protocol says. */
export interface Polling {
  /** From now on; nothing happens where the protocol does not ask. Goes on where it is being asked already. */
  begin(device: Polled): void;
  end(device: Pick<Polled, 'protocol' | 'nativeId'>): void;
  close(): void;
}

export function createPolling(deps: {
  clock: Clock;
  log: Logger;
  /** The operator's map for what the device was registered as. */
  mapFor(protocol: string, nativeId: string): Promise<unknown>;
}): Polling {
  const { clock, log } = deps;
  const timers = new Map<string, Timer>();
  const keyOf = ({ protocol, nativeId }: Pick<Polled, 'protocol' | 'nativeId'>) =>
    `${protocol.name}\n${nativeId}`;
  const ask = async (device: Polled): Promise<number> => {
    const { protocol, nativeId, conversation, topicPrefix } = device;
    const map = await deps.mapFor(protocol.name, nativeId);
    const now = clock.now();
    const asked = protocol.poll?.(conversation.session, {
      nativeId,
      now,
      ...(topicPrefix === undefined ? {} : { topicPrefix }),
      ...(map === undefined ? {} : { map }),
    });
    if (!asked) return Number.POSITIVE_INFINITY;
    conversation.session = asked.session;
    for (const publication of asked.publish) device.publish(publication);
    return asked.nextAt;
  };
  const again = (key: string, device: Polled, at: number): void => {
    if (!timers.has(key) || !Number.isFinite(at)) return;
    const run = () =>
      void ask(device).then(
        (nextAt) => again(key, device, nextAt),
        (error: unknown) => {
          log.warn({ err: error, device: device.nativeId }, 'a device could not be asked');
          again(key, device, clock.now() + 60_000);
        },
      );
    timers.set(key, clock.after(Math.max(MOST_OFTEN_MS, at - clock.now()), run));
  };
  return {
    begin(device) {
      const key = keyOf(device);
      if (!device.protocol.poll || timers.has(key) || timers.size >= MOST_POLLED) return;
      timers.set(key, { cancel: () => {} });
      again(key, device, clock.now());
    },
    end(device) {
      const key = keyOf(device);
      timers.get(key)?.cancel();
      timers.delete(key);
    },
    close() {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
