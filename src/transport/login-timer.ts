import type { Protocol } from '../model/uplinks.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Dialogue } from './dialogue.ts';

/** Who has not said by then who it is speaks something else, or says nothing. */
const LOGIN_MS = 30_000;
/** A band that says nothing for this long is gone: they speak every 5 to 8 minutes. */
const IDLE_MS = 20 * 60_000;

/** Cuts a connection in which no device made itself known in time; what waits for its commit is waited for. */
export function untilLogin(clock: Clock, dialogue: Dialogue): Timer {
  let timer: Timer;
  const look = () => {
    if (dialogue.nativeId !== undefined) return;
    if (dialogue.inFlight === 0) dialogue.wire.cut();
    else timer = clock.after(LOGIN_MS, look);
  };
  timer = clock.after(LOGIN_MS, look);
  return { cancel: () => timer.cancel() };
}

/** After which silence a connection is given up. */
export function idleMs({ expectedEveryMs }: Pick<Protocol, 'expectedEveryMs'>): number {
  return Math.max(IDLE_MS, expectedEveryMs);
}
