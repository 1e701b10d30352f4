import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockUnits } from '../../src/model/tickets.ts';
import { formatProblem } from '../../src/platform/problem.ts';
import { readCalendar } from '../../src/tickets/calendars.ts';
import { createCalendar, type WorkingWeek } from '../../src/tickets/working-time.ts';
import { readProjectFile } from '../harness/source.ts';
import { shippedCalendar } from '../harness/ticket-estate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const shipped = readProjectFile('alert-rules/calendars/cn.yaml');
/** `2026-02-13 16:30` in Shanghai. */
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
const show = (ms: number): string => new Date(ms + 8 * HOUR).toISOString().slice(0, 16).replace('T', ' ');

describe('working time in China', () => {
  const calendar = shippedCalendar();
  it.each([
    ['a Monday', '2026-11-23 09:00', 4 * HOUR, '2026-11-23 15:00'],
    ['to the very end of a day', '2026-11-23 08:30', 7 * HOUR, '2026-11-23 17:30'],
    ['over night', '2026-11-23 17:00', HOUR, '2026-11-24 09:00'],
    ['over a weekend', '2026-11-20 17:00', HOUR, '2026-11-23 09:00'],
    ['over the nine days of the Spring Festival', '2026-02-14 17:00', HOUR, '2026-02-24 09:00'],
    ['from a Saturday on which people work (调休)', '2026-02-28 08:30', 7 * HOUR, '2026-02-28 17:30'],
    ['over National Day', '2026-09-30 17:00', HOUR, '2026-10-08 09:00'],
    ['on the Saturday after it, a working day', '2026-10-09 17:00', HOUR, '2026-10-10 09:00'],
  ])('hours on %s', (_name, from, counted, to) => {
    expect(show(calendar.advance('working_hours', at(from), counted))).toBe(to);
  });

  it('days count whole, those of make-up weekends too', () => {
    expect(show(calendar.advance('working_days', at('2026-11-24 10:00'), 7 * DAY))).toBe('2026-12-03 10:00');
    expect(show(calendar.advance('working_days', at('2026-02-13 10:00'), 2 * DAY))).toBe('2026-02-24 10:00');
    expect(show(calendar.advance('natural_days', at('2026-02-13 10:00'), 2 * DAY))).toBe('2026-02-15 10:00');
    expect(show(calendar.advance('round_the_clock', at('2026-02-15 03:00'), 2 * HOUR))).toBe(
      '2026-02-15 05:00',
    );
  });
});

const minute = fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15);
const hours = fc
  .uniqueArray(minute, { minLength: 2, maxLength: 6 })
  .map((all) => all.sort((a, b) => a - b))
  .map((all) =>
    Array.from({ length: Math.floor(all.length / 2) }, (_, i) => ({
      fromMinute: all[2 * i] ?? 0,
      toMinute: all[2 * i + 1] ?? 0,
    })),
  );
const day = fc.integer({ min: 20_400, max: 20_500 }).map((n) => new Date(n * DAY).toISOString().slice(0, 10));
const week: fc.Arbitrary<WorkingWeek> = fc.record({
  hours,
  weekend: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 5 }).map((days) => new Set(days)),
  holidays: fc.uniqueArray(day, { maxLength: 20 }).map((days) => new Set(days)),
  workdays: fc.uniqueArray(day, { maxLength: 5 }).map((days) => new Set(days)),
});
const zone = fc.constantFrom('Asia/Shanghai', 'UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu');
const unit = fc.constantFrom(...clockUnits);
const moment = fc.integer({ min: 20_400 * DAY, max: 20_500 * DAY });
const length = fc.integer({ min: 0, max: 3 * DAY });

describe('any calendar', () => {
  it('advance and measure are inverse, and no earlier moment would do', () => {
    fc.assert(
      fc.property(week, zone, unit, moment, length, (hoursOf, timeZone, by, from, counted) => {
        const calendar = createCalendar(hoursOf, timeZone);
        const to = calendar.advance(by, from, counted);
        expect(calendar.measure(by, from, to)).toBe(counted);
        if (counted > 0) expect(calendar.measure(by, from, to - 1)).toBe(counted - 1);
      }),
      { numRuns: 150 },
    );
  });

  it('time is counted once, never more of it than there is, and more time is never earlier', () => {
    fc.assert(
      fc.property(
        week,
        zone,
        unit,
        fc.tuple(moment, moment, moment),
        length,
        (hoursOf, timeZone, by, moments, more) => {
          const calendar = createCalendar(hoursOf, timeZone);
          const [a = 0, b = 0, c = 0] = [...moments].sort((x, y) => x - y);
          const whole = calendar.measure(by, a, c);
          expect(calendar.measure(by, a, b) + calendar.measure(by, b, c)).toBe(whole);
          expect(whole).toBeLessThanOrEqual(c - a);
          expect(calendar.advance(by, a, more)).toBeLessThanOrEqual(calendar.advance(by, b, more));
          expect(calendar.advance(by, a, more)).toBeLessThanOrEqual(calendar.advance(by, a, more + HOUR));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('without any work is refused instead of searched for ever', () => {
    const never = createCalendar(
      {
        hours: [{ fromMinute: 540, toMinute: 600 }],
        weekend: new Set([1, 2, 3, 4, 5, 6, 7]),
        holidays: new Set(),
        workdays: new Set(),
      },
      'Asia/Shanghai',
    );
    expect(() => never.advance('working_hours', at('2026-11-23 09:00'), 1)).toThrow(RangeError);
  });
});

describe('a calendar file with a fault', () => {
  it.each([
    ['a time of day that is none', 'from: "08:30"', 'from: "8.30"', /cn\.yaml:5:11 .*time of day/],
    ['hours that overlap', 'from: "14:00"', 'from: "11:00"', /cn\.yaml:7:11 .*overlaps/],
    ['hours that end before they begin', 'to: "17:30"', 'to: "13:00"', /cn\.yaml:8:9 .*after from/],
    ['a day that does not exist', 'to: 2026-02-23', 'to: 2026-02-30', /cn\.yaml:18:\d+ .*must exist/],
    [
      'a holiday that ends before it begins',
      'to: 2026-04-06',
      'to: 2026-04-03',
      /cn\.yaml:19:\d+ .*before from/,
    ],
    [
      'a holiday of another year',
      'from: 2026-01-01, to: 2026-01-03',
      'from: 2025-01-01, to: 2025-01-03',
      /cn\.yaml:17:\d+ .*not in 2026/,
    ],
    ['a holiday that never ends', 'to: 2026-10-07', 'to: 2026-12-07', /31 days/],
    ['a make-up day on a Wednesday', '2026-05-09', '2026-05-13', /cn\.yaml:25:\d+ .*no day of the weekend/],
    ['a make-up day on a holiday', '2026-05-09', '2026-05-03', /is a holiday as well/],
    ['a key that nobody knows', 'weekend: [6, 7]', 'weekend: [6, 7]\nlunch: long', /lunch.*unknown key/],
  ])('%s is refused with its place', (_name, good, bad, expected) => {
    expect(shipped).toContain(good);
    const read = readCalendar('cn.yaml', shipped.replace(good, bad));
    if (!('problems' in read)) throw new Error('it was taken');
    expect(read.problems.map((problem) => formatProblem(problem, 'en')).join('\n')).toMatch(expected);
    expect(read.problems[0]?.message.zh).toMatch(/\p{Script=Han}|：/u);
  });
});
