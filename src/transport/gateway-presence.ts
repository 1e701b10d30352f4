import type { Clock, Timer } from '../platform/clock.ts';
import type { Logger } from '../platform/logging.ts';

/** A gateway that is away for this long is gone; one that only connects anew is not. */
const GRACE_MS = 10_000;
const AGAIN_MS = 5_000;

/** A connection of a gateway. */
export interface GatewayConnection {
  protocol: string;
  nativeId: string;
  /** A later connection of the same gateway took its place: what becomes of this one says nothing any more. */
  replaced: boolean;
}

export interface GatewayPresence<C extends GatewayConnection> {
  connected(connection: C): void;
  gone(connection: C): void;
  /** Another process has a newer connection of this gateway. */
  elsewhere(protocol: string, nativeId: string): void;
  close(): void;
}

/**
 * What our broker knows of gateways by their connections: one that connects is online, one that was lost and does not come back is not,
 * whether it left a last will or not.
 */
export function createGatewayPresence<C extends GatewayConnection>(deps: {
  clock: Clock;
  log: Logger;
  report(connection: C, online: boolean): Promise<unknown>;
  /** Tells the other processes that a gateway connected here. */
  tell(connection: C): void;
}): GatewayPresence<C> {
  const { clock, log } = deps;
  const open = new Map<string, Set<C>>();
  const timers = new Map<string, Timer>();
  const keyOf = ({ protocol, nativeId }: Pick<C, 'protocol' | 'nativeId'>) => `${protocol}\n${nativeId}`;
  const cancel = (key: string) => {
    timers.get(key)?.cancel();
    timers.delete(key);
  };
  const say = (connection: C, online: boolean): void => {
    const key = keyOf(connection);
    cancel(key);
    deps.report(connection, online).catch((error: unknown) => {
      log.warn({ err: error, gateway: connection.nativeId }, 'the state of a gateway was not stored');
      if (!timers.has(key) && open.has(key) === online)
        timers.set(
          key,
          clock.after(AGAIN_MS, () => say(connection, online)),
        );
    });
  };
  return {
    connected(connection) {
      const key = keyOf(connection);
      const others = open.get(key) ?? new Set();
      for (const other of others) other.replaced = true;
      open.set(key, others.add(connection));
      deps.tell(connection);
      say(connection, true);
    },
    gone(connection) {
      const key = keyOf(connection);
      const others = open.get(key);
      if (!others?.delete(connection) || others.size > 0) return;
      open.delete(key);
      cancel(key);
      if (connection.replaced) return;
      timers.set(
        key,
        clock.after(GRACE_MS, () => say(connection, false)),
      );
    },
    elsewhere(protocol, nativeId) {
      const key = `${protocol}\n${nativeId}`;
      for (const connection of open.get(key) ?? []) connection.replaced = true;
      if (!open.has(key)) cancel(key);
    },
    close() {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
