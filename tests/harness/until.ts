import { setTimeout as sleep } from 'node:timers/promises';

/** Polls `check` until it gives something true and returns that; throws after `timeoutMs`, naming `what` and the last error. */
export async function until<T>(
  check: () => T | Promise<T>,
  {
    timeoutMs = 30_000,
    what = 'condition',
    everyMs = 10,
  }: { timeoutMs?: number; what?: string; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= giveUpAt) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`, { cause: failure });
    }
    await sleep(everyMs);
  }
}
