/** Gathers what comes while earlier work is under way, so that a flood needs few statements and a single item none of the waiting. */
export interface Batcher<T> {
  add(items: readonly T[]): void;
  /** Resolves when nothing is waiting or running. */
  settled(): Promise<void>;
}

/**
 * `run` must not throw: it gets up to `most` items at once, in at most `lanes` runs at a time. The first item of an idle batcher is handed over
 * at once.
 */
export function createBatcher<T>(options: {
  lanes: number;
  most: number;
  run: (items: T[]) => Promise<void>;
}): Batcher<T> {
  let waiting: T[] = [];
  const running = new Set<Promise<void>>();
  const start = (): void => {
    while (waiting.length > 0 && running.size < options.lanes) {
      const items = waiting.slice(0, options.most);
      waiting = waiting.slice(options.most);
      const run = options.run(items).finally(() => {
        running.delete(run);
        start();
      });
      running.add(run);
    }
  };
  return {
    add(items) {
      waiting.push(...items);
      start();
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
