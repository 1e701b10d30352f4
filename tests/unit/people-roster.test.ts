import { describe, expect, it } from 'vitest';
import { isOnDuty, localMoment } from '../../src/people/roster.ts';

const MONDAY_UTC = Date.UTC(2026, 10, 23);
const HOUR_MS = 3_600_000;

describe('the moment of a place', () => {
  it.each([
    ['midnight in Shanghai', MONDAY_UTC - 8 * HOUR_MS, 'Asia/Shanghai', { weekday: 1, minute: 0 }],
    ['a minute before', MONDAY_UTC - 8 * HOUR_MS - 1, 'Asia/Shanghai', { weekday: 7, minute: 1439 }],
    ['noon in London', MONDAY_UTC + 12 * HOUR_MS, 'Europe/London', { weekday: 1, minute: 720 }],
    ['summer time', Date.UTC(2026, 6, 1, 22, 30), 'Europe/Berlin', { weekday: 4, minute: 30 }],
    ['a zone of half an hour', MONDAY_UTC, 'Asia/Kolkata', { weekday: 1, minute: 330 }],
  ])('%s', (_name, ms, zone, expected) => expect(localMoment(ms, zone)).toEqual(expected));

  it('is asked of a zone that exists', () =>
    expect(() => localMoment(0, 'Mars/Olympus')).toThrow(RangeError));
});

describe('a shift', () => {
  const shift = { weekday: 1, fromMinute: 480, toMinute: 1080 };

  it.each([
    [1, 479, false],
    [1, 480, true],
    [1, 1079, true],
    [1, 1080, false],
    [2, 600, false],
  ])('of Monday 8 to 18 on weekday %i at minute %i: %s', (weekday, minute, expected) => {
    expect(isOnDuty(shift, { weekday, minute })).toBe(expected);
  });

  it('that ends at midnight and one that begins there leave no gap', () => {
    const evening = { weekday: 7, fromMinute: 1320, toMinute: 1440 };
    const morning = { weekday: 1, fromMinute: 0, toMinute: 360 };
    for (const ms of [-1, 0]) {
      const moment = localMoment(MONDAY_UTC + ms, 'UTC');
      expect([evening, morning].filter((each) => isOnDuty(each, moment))).toHaveLength(1);
    }
  });
});
