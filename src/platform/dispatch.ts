import type { Logger } from './logging.ts';

/** Hands committed messages to notify. What is not handed over now is found by notify's own sweep. */
export function dispatchMessages(
  ids: number[],
  { dispatch, log }: { dispatch(ids: number[]): void | Promise<void>; log: Logger },
): void {
  if (ids.length === 0) return;
  const handOver = async () => dispatch(ids);
  handOver().catch((error: unknown) =>
    log.error({ err: error }, 'messages could not be handed over; the sweep sends them'),
  );
}
