import type { StageLimit, TicketClock, TicketStage } from '../model/tickets.ts';
import type { Calendar } from './working-time.ts';

/** Percent of a limit at which people are reminded. */
export const REMINDERS = [50, 80] as const;

/** A clock that begins to run now. */
export function startClock(
  calendar: Calendar,
  stage: TicketStage,
  { limit, now }: { limit: StageLimit; now: number },
): TicketClock {
  const { unit, limitMs } = limit;
  return { stage, unit, limitMs, elapsedMs: 0, since: now, dueAt: calendar.advance(unit, now, limitMs) };
}

/** What counts of the time until now. */
export function elapsedOf(calendar: Calendar, clock: TicketClock, now: number): number {
  if (clock.since === null) return clock.elapsedMs;
  return clock.elapsedMs + calendar.measure(clock.unit, clock.since, now);
}

/** Stands still from now on; what has elapsed is kept. */
export function stopClock(calendar: Calendar, clock: TicketClock, now: number): TicketClock {
  return { ...clock, elapsedMs: elapsedOf(calendar, clock, now), since: null, dueAt: null };
}

/** Runs on from now. */
export function resumeClock(calendar: Calendar, clock: TicketClock, now: number): TicketClock {
  const elapsedMs = elapsedOf(calendar, clock, now);
  const rest = Math.max(0, clock.limitMs - elapsedMs);
  return { ...clock, elapsedMs, since: now, dueAt: calendar.advance(clock.unit, now, rest) };
}

/** Another limit, minus what has elapsed as it was counted; a clock that stands still goes on standing. */
export function changeLimit(
  calendar: Calendar,
  clock: TicketClock,
  { limit, now }: { limit: StageLimit; now: number },
): TicketClock {
  const stopped = { ...stopClock(calendar, clock, now), ...limit };
  return clock.since === null ? stopped : resumeClock(calendar, stopped, now);
}

/** When so many percent of the limit are used up; null while it stands still. */
export function momentOf(calendar: Calendar, clock: TicketClock, percent: number): number | null {
  if (clock.since === null) return null;
  const rest = Math.max(0, (clock.limitMs * percent) / 100 - clock.elapsedMs);
  return calendar.advance(clock.unit, clock.since, rest);
}

/** The last reminder whose time has passed, as percent; 0 for none. */
export function remindedBy(calendar: Calendar, clock: TicketClock, now: number): number {
  const percent = (elapsedOf(calendar, clock, now) * 100) / clock.limitMs;
  return REMINDERS.findLast((each) => percent >= each) ?? 0;
}
