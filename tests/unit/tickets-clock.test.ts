import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockUnits, type StageLimit } from '../../src/model/tickets.ts';
import {
  changeLimit,
  elapsedOf,
  momentOf,
  remindedBy,
  resumeClock,
  startClock,
  stopClock,
} from '../../src/tickets/ticket-clock.ts';
import { HOUR, NOON_MS, shippedCalendar } from '../harness/ticket-estate.ts';

const calendar = shippedCalendar();
const limit: fc.Arbitrary<StageLimit> = fc.record({
  unit: fc.constantFrom(...clockUnits),
  limitMs: fc.integer({ min: 60_000, max: 200 * HOUR }),
});
const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 90 * HOUR }),
  what: fc.oneof(
    fc.constant('stop' as const),
    fc.constant('resume' as const),
    fc.integer({ min: 60_000, max: 200 * HOUR }),
  ),
});

describe('a clock', () => {
  it('loses no time that has elapsed, whatever is done to it, and counts none twice', () => {
    fc.assert(
      fc.property(limit, fc.array(step, { maxLength: 12 }), (first, steps) => {
        let now = NOON_MS;
        let clock = startClock(calendar, 'finish', { limit: first, now });
        let counted = 0;
        for (const { afterMs, what } of steps) {
          if (clock.since !== null) counted += calendar.measure(first.unit, now, now + afterMs);
          now += afterMs;
          if (what === 'stop') clock = stopClock(calendar, clock, now);
          else if (what === 'resume') clock = resumeClock(calendar, clock, now);
          else clock = changeLimit(calendar, clock, { limit: { unit: first.unit, limitMs: what }, now });
          expect(elapsedOf(calendar, clock, now)).toBe(counted);
        }
      }),
    );
  });

  it('is due exactly when its limit has elapsed, and stands still without a deadline', () => {
    fc.assert(
      fc.property(limit, fc.array(step, { maxLength: 8 }), (first, steps) => {
        let now = NOON_MS;
        let clock = startClock(calendar, 'accept', { limit: first, now });
        for (const { afterMs, what } of steps) {
          now += afterMs;
          if (what === 'stop') clock = stopClock(calendar, clock, now);
          else if (what === 'resume') clock = resumeClock(calendar, clock, now);
          else clock = changeLimit(calendar, clock, { limit: { unit: first.unit, limitMs: what }, now });
          expect(clock.dueAt === null).toBe(clock.since === null);
          if (clock.dueAt === null) continue;
          const elapsed = elapsedOf(calendar, clock, clock.dueAt);
          if (clock.dueAt > now) expect(elapsed).toBe(clock.limitMs);
          else expect(elapsed).toBeGreaterThanOrEqual(clock.limitMs);
        }
      }),
    );
  });

  it('another unit takes over what was counted', () => {
    const clock = startClock(calendar, 'finish', {
      limit: { unit: 'working_hours', limitMs: 8 * HOUR },
      now: NOON_MS,
    });
    const tuesdayNine = NOON_MS + 21 * HOUR;
    expect(elapsedOf(calendar, clock, tuesdayNine)).toBe(4 * HOUR);
    const urgent = changeLimit(calendar, clock, {
      limit: { unit: 'round_the_clock', limitMs: 5 * HOUR },
      now: tuesdayNine,
    });
    expect(urgent.dueAt).toBe(tuesdayNine + HOUR);
    const over = changeLimit(calendar, clock, {
      limit: { unit: 'round_the_clock', limitMs: 2 * HOUR },
      now: tuesdayNine,
    });
    expect(over.dueAt).toBe(tuesdayNine);
  });

  it('knows its moments, and which reminders are behind it', () => {
    const clock = startClock(calendar, 'finish', {
      limit: { unit: 'round_the_clock', limitMs: 10 * HOUR },
      now: NOON_MS,
    });
    expect(momentOf(calendar, clock, 50)).toBe(NOON_MS + 5 * HOUR);
    expect([4, 5, 8, 11].map((hours) => remindedBy(calendar, clock, NOON_MS + hours * HOUR))).toEqual([
      0, 50, 80, 80,
    ]);
    expect(momentOf(calendar, stopClock(calendar, clock, NOON_MS), 50)).toBeNull();
  });
});
