import type { Clock } from './clock.ts';

/** Longest that other work waits for an urgent one, and what it gets before the next one may hold it again. */
const HOLD_MS = 150;
const BREATH_MS = 50;

export interface Precedence {
  /** Something urgent came in: other work is to wait. */
  begin(): void;
  /** It has been acted on when this resolves. */
  until(passed: Promise<unknown> | undefined): void;
  /** Whether other work is to wait now. */
  given(): boolean;
  /** Resolves when it need not wait (any more). */
  free(): Promise<void>;
  onRelease(handle: () => void): void;
}

/**
 * Lets an SOS pass a saturated process: while one is on its way, no more telemetry is written or read, so that each of its steps finds the
 * processor and the database free. The waiting is bounded, and many urgent ones in a row cannot stop the rest for good.
 */
export function createPrecedence(clock: Clock): Precedence {
  let held: { since: number; released: Promise<void>; release: () => void } | undefined;
  let releasedAt = Number.NEGATIVE_INFINITY;
  const handlers: (() => void)[] = [];
  const release = (one: typeof held) => {
    if (!one || held !== one) return;
    held = undefined;
    releasedAt = clock.now();
    one.release();
    for (const handle of handlers) handle();
  };
  return {
    begin() {
      const since = clock.now();
      if (held || since - releasedAt < BREATH_MS) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const one = { since, released: promise, release: resolve };
      held = one;
      clock.after(HOLD_MS, () => release(one));
    },
    until(passed) {
      const one = held;
      const end = () => release(one);
      (passed ?? Promise.resolve()).then(end, end);
    },
    given: () => held !== undefined,
    free: () => held?.released ?? Promise.resolve(),
    onRelease: (handle) => void handlers.push(handle),
  };
}
