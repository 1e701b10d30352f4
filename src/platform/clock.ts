/** The one place that reads the clock and sets timers. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  after(ms: number, run: () => void): Timer;
  /** Runs again `ms` after the last run ended; errors are the callee's to handle. */
  every(ms: number, run: () => Promise<void> | void): Timer;
  sleep(ms: number): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

export function createSystemClock(): Clock {
  const after = (ms: number, run: () => void): Timer => {
    const handle = setTimeout(run, ms);
    return { cancel: () => clearTimeout(handle) };
  };
  return { now: () => Date.now(), after, ...derived(after) };
}

export interface VirtualClock extends Clock {
  /** Moves time on, running what falls due in order, and lets its asynchronous work settle between two timers. */
  advance(ms: number): Promise<void>;
  /** Moves time without running any timer. */
  set(ms: number): void;
}

/** A clock for tests: time moves only by `advance`. */
export function createVirtualClock(startMs: number): VirtualClock {
  let now = startMs;
  let serial = 0;
  const due = new Map<number, { at: number; run: () => void }>();
  const after = (ms: number, run: () => void): Timer => {
    const id = ++serial;
    due.set(id, { at: now + ms, run });
    return { cancel: () => void due.delete(id) };
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    after,
    ...derived(after),
    set(ms) {
      now = ms;
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...due]
          .filter(([, t]) => t.at <= end)
          .sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
        if (!next) break;
        due.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

function derived(after: Clock['after']): Pick<Clock, 'every' | 'sleep'> {
  return {
    every(ms, run) {
      let cancelled = false;
      let timer: Timer;
      const next = () => {
        timer = after(ms, async () => {
          try {
            await run();
          } finally {
            if (!cancelled) next();
          }
        });
      };
      next();
      return {
        cancel() {
          cancelled = true;
          timer.cancel();
        },
      };
    },
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
  };
}
