import type { Logger } from '../platform/logging.ts';

/** Runs a sweep; its failure is told and left to the next one. */
export async function guarded(log: Logger, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.warn({ err: error }, 'a sweep failed, the next one tries again');
  }
}
