import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';

const WINDOW_MS = 15 * 60_000;
const MOST_PER_LOGIN = 10;
const MOST_PER_ADDRESS = 100;
const MOST_REMEMBERED = 50_000;

export interface LoginGuard {
  /**
   * Counts an attempt, before the password is looked at so that many at once gain nothing. Throws SESSION_TOO_MANY_ATTEMPTS (429) where
   * too many failed of late.
   */
  attempt(address: string, login: string): void;
  /** Takes the attempt back, and forgets those that failed before it. */
  succeeded(address: string, login: string): void;
}

interface Attempts {
  count: number;
  until: number;
}

/**
 * Counts failed logins of a login name from an address, and of an address. A name alone is never locked: a stranger must not be able
 * to keep a grid worker out. Sessions that are open are not touched.
 */
export function createLoginGuard(clock: Clock): LoginGuard {
  const attempts = new LRUCache<string, Attempts>({ max: MOST_REMEMBERED });
  const of = (key: string): Attempts => {
    const known = attempts.get(key);
    return known && known.until > clock.now() ? known : { count: 0, until: clock.now() + WINDOW_MS };
  };
  const add = (key: string, most: number) => {
    const { count, until } = of(key);
    if (count >= most) throw tooMany(Math.ceil((until - clock.now()) / 60_000));
    attempts.set(key, { count: count + 1, until });
  };
  return {
    attempt(address, login) {
      const network = networkOf(address);
      add(`${network}\n${login}`, MOST_PER_LOGIN);
      add(network, MOST_PER_ADDRESS);
    },
    succeeded(address, login) {
      const network = networkOf(address);
      attempts.delete(`${network}\n${login}`);
      const { count, until } = of(network);
      attempts.set(network, { count: Math.max(0, count - 1), until });
    },
  };
}

/** One household has 2^64 addresses of IPv6: the first half of it counts. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const groups = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1).split('::');
  const head = (groups[0] ?? '').split(':').filter(Boolean);
  const tail = (groups[1] ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}

const tooMany = (minutes: number): AppError =>
  new AppError('SESSION_TOO_MANY_ATTEMPTS', 'too many failed logins', { status: 429, details: { minutes } });
