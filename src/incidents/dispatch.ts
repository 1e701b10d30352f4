import type { IncidentsDeps } from './deps.ts';

/** Messages that are not handed over now are found by notify's own sweep. */
export function dispatchMessages(
  ids: number[],
  { dispatch, log }: Pick<IncidentsDeps, 'dispatch' | 'log'>,
): void {
  if (ids.length === 0) return;
  const handOver = async () => dispatch(ids);
  handOver().catch((error: unknown) =>
    log.error({ err: error }, 'messages could not be handed over; the sweep sends them'),
  );
}
