import type { Clock } from './clock.ts';

/** Wakes are gathered for this long after one was sent. */
const REST_MS = 20;

/** One wake for what many commits touched within a moment: queues are asked some dozens of times a second, not thousands. */
export function coalesce(clock: Clock, wake: (keys: number[]) => void): (keys: readonly number[]) => void {
  const waiting = new Set<number>();
  let resting = false;
  const flush = () => {
    if (waiting.size === 0) return;
    wake([...waiting]);
    waiting.clear();
    resting = true;
    clock.after(REST_MS, () => {
      resting = false;
      flush();
    });
  };
  return (keys) => {
    for (const key of keys) waiting.add(key);
    if (!resting) flush();
  };
}
