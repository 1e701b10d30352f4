import { readWatchedPlaces } from '../people/place-store.ts';
import type { Trx } from '../platform/database.ts';
import type { RoundDeps } from './deps.ts';
import type { Group } from './round.ts';
import { noteSwitched } from './switch-store.ts';

/** Breakers that a rule wants off: only where their own asset says that this may happen by itself. Either way it is written down. */
export async function switchOff(
  trx: Trx,
  found: readonly { ticketId: number; group: Group }[],
  deps: RoundDeps,
): Promise<void> {
  const wanted = found.flatMap(({ ticketId, group }) =>
    group.flatMap(({ change }) => {
      const { deviceId } = change;
      return change.switchOff && deviceId !== undefined ? [{ ticketId, change, deviceId }] : [];
    }),
  );
  if (wanted.length === 0) return;
  const refs = wanted.map(({ change, deviceId }) => ({ assetId: change.assetId ?? null, deviceId }));
  const places = await readWatchedPlaces(trx, refs);
  for (const [i, { ticketId, change, deviceId }] of wanted.entries()) {
    const allowed = places[i]?.remoteSwitch === 'automatic';
    const { protocol, nativeId, channel = '', rule } = change;
    const breaker = { protocol, nativeId, deviceId, channel, ticketId, now: deps.now };
    const downlinkId = allowed ? await deps.queueSwitchOff(trx, breaker) : undefined;
    const outcome = downlinkId === undefined ? (allowed ? 'cannot' : 'not_allowed') : 'queued';
    const detail = { on: false, rule, outcome, ...(downlinkId === undefined ? {} : { downlinkId }) };
    await noteSwitched(trx, { ticketId, deviceId, detail }, deps.now);
  }
}
