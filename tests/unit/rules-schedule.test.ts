import { describe, expect, it } from 'vitest';
import { localTime, weekdayOf } from '../../src/platform/local-time.ts';
import type { Schedule, ScheduleDay } from '../../src/rules/rule.ts';
import { isWithin } from '../../src/rules/schedule.ts';
import { shippedCalendar } from '../harness/ticket-estate.ts';

const calendar = shippedCalendar();
const daily: ScheduleDay[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minute = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

const windows = (...given: [from: string, to: string, days?: ScheduleDay[]][]): Schedule => ({
  timeZone: 'Asia/Shanghai',
  windows: given.map(([from, to, days = daily]) => ({ days, from: minute(from), to: minute(to) })),
});
/** Local time of Shanghai. */
const within = (schedule: Schedule, text: string) =>
  isWithin(schedule, Date.parse(`${text.replace(' ', 'T')}:00+08:00`), calendar);

describe('a schedule', () => {
  it('begins with its first minute and ends before its last', () => {
    const office = windows(['08:30', '12:00']);
    expect(['08:29', '08:30', '11:59', '12:00'].map((time) => within(office, `2026-11-20 ${time}`))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('passes midnight, by the day on which the window began', () => {
    const night = windows(['22:00', '06:00', ['fri']]);
    // 2026-11-20 is a Friday.
    expect(within(night, '2026-11-20 21:59')).toBe(false);
    expect(within(night, '2026-11-20 22:00')).toBe(true);
    expect(within(night, '2026-11-21 05:59')).toBe(true);
    expect(within(night, '2026-11-21 06:00')).toBe(false);
    expect(within(night, '2026-11-20 05:00')).toBe(false);
    expect(within(night, '2026-11-21 22:30')).toBe(false);
  });

  it('has several windows, and whole days', () => {
    const meals = windows(['06:00', '08:00'], ['17:00', '19:00'], ['00:00', '24:00', ['sun']]);
    expect(within(meals, '2026-11-20 07:00')).toBe(true);
    expect(within(meals, '2026-11-20 18:00')).toBe(true);
    expect(within(meals, '2026-11-20 12:00')).toBe(false);
    expect(within(meals, '2026-11-22 12:00')).toBe(true);
    expect(within(windows(['07:00', '07:00']), '2026-11-20 03:00')).toBe(true);
  });

  it('knows the holidays of the country, and the weekends on which it works', () => {
    const work = windows(['08:00', '18:00', ['workday']]);
    const free = windows(['08:00', '18:00', ['holiday']]);
    for (const [day, isWork] of [
      ['2026-11-20', true],
      ['2026-11-21', false],
      ['2026-10-05', false],
      ['2026-10-10', true],
    ] as const) {
      expect(within(work, `${day} 10:00`)).toBe(isWork);
      expect(within(free, `${day} 10:00`)).toBe(!isWork);
    }
    const before = windows(['22:00', '06:00', ['workday']]);
    expect(within(before, '2026-10-01 03:00')).toBe(true);
    expect(within(before, '2026-10-02 03:00')).toBe(false);
  });

  it('goes by the clock of its zone when that is put forward or back', () => {
    const berlin: Schedule = { ...windows(['06:00', '22:00']), timeZone: 'Europe/Berlin' };
    const at = (utc: string) => isWithin(berlin, Date.parse(utc), calendar);
    expect([at('2026-03-28T04:59:00Z'), at('2026-03-28T05:00:00Z')]).toEqual([false, true]);
    expect([at('2026-03-29T03:59:00Z'), at('2026-03-29T04:00:00Z')]).toEqual([false, true]);
    expect([at('2026-10-25T04:59:00Z'), at('2026-10-25T05:00:00Z')]).toEqual([false, true]);
    expect([at('2026-10-24T03:59:00Z'), at('2026-10-24T04:00:00Z')]).toEqual([false, true]);
  });
});

describe('local time', () => {
  it('is what the platform says, in every zone and on days on which the clocks change', () => {
    for (const timeZone of ['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe']) {
      const local = localTime(timeZone);
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
      const shown = (at: number) => {
        const day = new Date(local.dayOf(at) * 86_400_000).toISOString().slice(0, 10);
        const time = local.minuteOf(at);
        return `${day} ${String(Math.floor(time / 60)).padStart(2, '0')}:${String(time % 60).padStart(2, '0')}`;
      };
      for (let at = Date.UTC(2026, 2, 27); at < Date.UTC(2026, 10, 3); at += 7_333_333)
        expect(shown(at)).toBe(format.format(at));
    }
  });

  it('finds the moment at which the clock shows a minute', () => {
    const local = localTime('Europe/Berlin');
    for (let day = 20_530; day < 20_530 + 365; day++) {
      const at = local.at(day, 600);
      expect([local.dayOf(at), local.minuteOf(at)]).toEqual([day, 600]);
    }
  });

  it('counts the week from Monday', () => {
    expect([Date.UTC(2026, 10, 16), Date.UTC(2026, 10, 22)].map((at) => weekdayOf(at / 86_400_000))).toEqual([
      1, 7,
    ]);
  });
});
