import type { TicketClockView } from '../../api/ticket-schemas.ts';

export type ClockState = 'calm' | 'half' | 'late' | 'over' | 'still';

export interface ClockNow {
  state: ClockState;
  /** Of the limit that is used up: 0 to 1. */
  part: number;
  /** Milliseconds to the deadline by the clock on the wall; below 0 when it has passed; undefined while the clock stands still. */
  leftMs: number | undefined;
  /** Milliseconds that still count, where they pass slower than time on the wall: nights and days off do not count. */
  countedMs: number | undefined;
}

/** The steps at which people are reminded. */
export const HALF = 0.5;
export const LATE = 0.8;

/**
 * A deadline at `now`, from what the service said at `readAt`. The service knows the calendar: where its working time runs on to the
 * deadline without a break the clock ticks here, else what is used up stands as it was told until the next answer.
 */
export function clockAt(clock: TicketClockView, readAt: number, now: number): ClockNow {
  const { limitMs, elapsedMs, dueAt, running } = clock;
  if (!running || dueAt === null) {
    return { state: 'still', part: partOf(elapsedMs, limitMs), leftMs: undefined, countedMs: undefined };
  }
  const restMs = Math.max(0, limitMs - elapsedMs);
  const isContinuous = dueAt - readAt - restMs < 60_000;
  const passedMs = isContinuous ? Math.max(0, now - readAt) : 0;
  const part = now >= dueAt ? 1 : partOf(elapsedMs + passedMs, limitMs);
  return {
    state: stateOf(part),
    part,
    leftMs: dueAt - now,
    countedMs: isContinuous ? undefined : restMs,
  };
}

function partOf(elapsedMs: number, limitMs: number): number {
  return limitMs > 0 ? Math.min(1, Math.max(0, elapsedMs / limitMs)) : 1;
}

function stateOf(part: number): ClockState {
  if (part >= 1) return 'over';
  if (part >= LATE) return 'late';
  return part >= HALF ? 'half' : 'calm';
}
