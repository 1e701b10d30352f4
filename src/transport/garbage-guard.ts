import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';

const WINDOW_MS = 60_000;
const MOST_SOURCES = 10_000;
/** Of one source within a minute. */
const MOST_GARBAGE = 120;

/** Tells who brings what nobody understands, and more of it than is worth recording. */
export interface GarbageGuard {
  /** What this source brought could not be understood. */
  note(source: string): void;
  isOver(source: string): boolean;
}

export function createGarbageGuard(clock: Clock): GarbageGuard {
  const noted = new LRUCache<string, { since: number; count: number }>({ max: MOST_SOURCES });
  const current = (source: string) => {
    const known = noted.get(source);
    return known && clock.now() - known.since < WINDOW_MS ? known : undefined;
  };
  return {
    note(source) {
      const known = current(source);
      if (known) known.count++;
      else noted.set(source, { since: clock.now(), count: 1 });
    },
    isOver: (source) => (current(source)?.count ?? 0) >= MOST_GARBAGE,
  };
}
