import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';

const MOST = 3;
const REST_MS = 60_000;

/** Code that had to be stopped several times in a row rests, or it would take the time of all others. */
export class Strikes {
  readonly #clock: Clock;
  readonly #counts = new LRUCache<string, { count: number; until: number }>({ max: 5000 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(key: string, stopped: boolean): void {
    const count = stopped ? (this.#counts.get(key)?.count ?? 0) + 1 : 0;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, { count, until: count >= MOST ? this.#clock.now() + REST_MS : 0 });
  }

  out(key: string): boolean {
    const struck = this.#counts.get(key);
    if (!struck || struck.until === 0) return false;
    if (this.#clock.now() < struck.until) return true;
    // After its rest one more failure is enough.
    this.#counts.set(key, { count: MOST - 1, until: 0 });
    return false;
  }

  pardon(key: string): void {
    this.#counts.delete(key);
  }
}
